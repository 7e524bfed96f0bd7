#include "logs/block_reader.h"

#include <cstring>

#include "logs/dialect.h"
#include "logs/hash.h"
#include "logs/journal_parser.h"
#include "logs/syslog_parser.h"

namespace relayproof::logs {
namespace {

// The next line without its line feed.
std::string_view take_line(std::string_view& block) {
  const auto* end = static_cast<const char*>(std::memchr(block.data(), '\n', block.size()));
  const auto size = end == nullptr ? block.size() : static_cast<std::size_t>(end - block.data());
  const auto line = block.substr(0, size);
  block.remove_prefix(end == nullptr ? size : size + 1);
  return line;
}

std::string as_syslog(std::string_view block) {
  std::string out;
  while (!block.empty()) {
    const auto line = take_line(block);
    if (append_journal_line(line, out) || is_journal_line(line)) continue;
    out += line;
    out += '\n';
  }
  return out;
}

class Reader {
 public:
  Reader(StampReader& stamps, Batch& out) : stamps_(stamps), out_(out) {}

  void add(std::string_view text) {
    LogLine line;
    if (!read_syslog_line(text, line)) return;
    const auto* dialect = read(line, record_.event);
    if (dialect == nullptr) return;
    record_.when = stamps_.read(line.stamp);
    if (line.host != host_) {
      host_ = line.host;
      host_hash_ = hash_of(host_);
    }
    record_.host = host_hash_;
    do {
      auto& record = out_.records.emplace_back(record_);
      record.key = queue_key(record.event.queue_id, record.event.instance, host_hash_);
    } while (dialect->next != nullptr && dialect->next(record_.event));
  }

 private:
  // Whose line it is; nullptr if it says nothing that counts.
  static const LogDialect* read(const LogLine& line, Event& event) {
    event.ends_unsaid = false;
    for (const auto* dialect : log_dialects()) {
      if (dialect->read(line, event)) return dialect;
    }
    return nullptr;
  }

  StampReader& stamps_;
  Batch& out_;
  Record record_;  // most lines become none
  std::string_view host_;
  std::uint64_t host_hash_ = hash_of({});
};

}  // namespace

void Batch::clear() {
  records.clear();
  made.clear();
  lines = 0;
  bytes = 0;
}

std::uint64_t queue_key(std::string_view queue_id, std::string_view instance, std::uint64_t host) {
  const auto seed = instance.empty() ? host : mixed(host ^ hash_of(instance));
  return hash_of(queue_id, seed) | 1;
}

void read_block(std::string_view block, StampReader& stamps, Batch& out) {
  out.clear();
  out.bytes = block.size();
  if (is_journal_line(block)) {
    out.made = as_syslog(block);
    block = out.made;
  }
  Reader reader(stamps, out);
  while (!block.empty()) {
    reader.add(take_line(block));
    ++out.lines;
  }
}

std::string first_stamp(std::string_view block) {
  std::string made;
  if (is_journal_line(block)) {
    made = as_syslog(block);
    block = made;
  }
  while (!block.empty()) {
    LogLine line;
    if (read_syslog_line(take_line(block), line) && !line.stamp.empty()) {
      return std::string(line.stamp);
    }
  }
  return {};
}

}  // namespace relayproof::logs
