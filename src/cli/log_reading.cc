#include "cli/log_reading.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <ctime>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>

#include "cli/log_blocks.h"
#include "logs/block_reader.h"
#include "logs/civil_time.h"

namespace relayproof::cli {
namespace {

constexpr unsigned most_threads = 8;

// Several threads take blocks in turn and read them side by side; each joins its block when those
// before it have been joined.
class Workshop {
 public:
  Workshop(LogBlocks& blocks, logs::Joiner& joiner) : blocks_(blocks), joiner_(joiner) {}

  Result<bool> run(unsigned threads) {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
    work();
    others.clear();
    if (thrown_) std::rethrow_exception(thrown_);
    if (failed_) return tl::unexpected(*failed_);
    return true;
  }

 private:
  void work() {
    try {
      LogBlock block;
      logs::Batch batch;
      std::uint64_t ticket = 0;
      while (take(block, ticket)) {
        logs::StampReader stamps(utc_of_local, block.written);
        stamps.go_on_from(block.latest);
        logs::read_block(block.lines(), stamps, batch);
        if (!join(batch, ticket)) return;
      }
    } catch (...) {
      const std::lock_guard lock(turn_mutex_);
      thrown_ = std::current_exception();
      stopped_ = true;
      turn_changed_.notify_all();
    }
  }

  bool take(LogBlock& block, std::uint64_t& ticket) {
    const std::lock_guard lock(blocks_mutex_);
    if (ended_) return false;
    const auto taken = blocks_.next(block);
    if (!taken) failed_ = taken.error();
    ended_ = !taken || !*taken;
    ticket = tickets_;
    if (!ended_) ++tickets_;
    return !ended_;
  }

  bool join(const logs::Batch& batch, std::uint64_t ticket) {
    std::unique_lock lock(turn_mutex_);
    turn_changed_.wait(lock, [&] { return turn_ == ticket || stopped_; });
    if (stopped_) return false;
    joiner_.add(batch);
    ++turn_;
    turn_changed_.notify_all();
    return true;
  }

  LogBlocks& blocks_;
  logs::Joiner& joiner_;
  std::mutex blocks_mutex_;
  std::uint64_t tickets_ = 0;
  bool ended_ = false;
  std::optional<Error> failed_;
  std::mutex turn_mutex_;
  std::condition_variable turn_changed_;
  std::uint64_t turn_ = 0;
  bool stopped_ = false;
  std::exception_ptr thrown_;
};

std::tm to_tm(const logs::CivilTime& time) {
  std::tm out{};
  out.tm_year = time.year - 1900;
  out.tm_mon = time.month - 1;
  out.tm_mday = time.day;
  out.tm_hour = time.hour;
  out.tm_min = time.minute;
  out.tm_sec = time.second;
  out.tm_isdst = -1;
  return out;
}

// When the first line was written that has a stamp; when the file was, if none has.
Result<logs::Time> begin_of(const LogFile& file) {
  std::error_code ignored;  // what is read from a pipe is gone
  if (!std::filesystem::is_regular_file(file.path, ignored)) return file.written;
  const auto input = open_log(file);
  if (!input) return tl::unexpected(input.error());
  std::string head(std::size_t{1} << 14U, '\0');
  const auto size = (*input)->read(head.data(), head.size());
  if (!size) return tl::unexpected(size.error());
  logs::StampReader stamps(utc_of_local, file.written);
  const auto time = stamps.read(logs::first_stamp(std::string_view(head).substr(0, *size)));
  return time == logs::no_time ? file.written : time;
}

// What rotation called it: 2 for `mail.log.2.gz`, 0 for `mail.log`.
unsigned rotation_of(std::string_view path) {
  const auto number = [](std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
  };
  for (int parts = 0; parts < 2; ++parts) {  // the number, or the compression and the number
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) break;
    if (const auto found = number(path.substr(dot + 1)); found > 0) return found;
    path = path.substr(0, dot);
  }
  return 0;
}

struct Begun {
  logs::Time begin;
  LogFile file;
};

// A message may begin in one log and end in the next in the same second.
bool is_older(const Begun& a, const Begun& b) {
  if (a.begin != b.begin) return a.begin < b.begin;
  if (a.file.written != b.file.written) return a.file.written < b.file.written;
  return rotation_of(a.file.path) > rotation_of(b.file.path);
}

}  // namespace

logs::Time utc_of_local(logs::Time local) {
  auto fields = to_tm(logs::civil_of(local));
  return static_cast<logs::Time>(std::mktime(&fields));
}

logs::Time local_of_utc(logs::Time utc) {
  const auto time = static_cast<std::time_t>(utc);
  std::tm fields{};
  if (::localtime_r(&time, &fields) == nullptr) return utc;
  return utc + fields.tm_gmtoff;
}

Result<std::vector<LogFile>> in_order_of_time(std::vector<LogFile> files) {
  if (files.size() < 2) return files;
  std::vector<Begun> begun;
  for (auto& file : files) {
    const auto begin = begin_of(file);
    if (!begin) return tl::unexpected(begin.error());
    begun.push_back({*begin, std::move(file)});
  }
  std::stable_sort(begun.begin(), begun.end(), is_older);
  files.clear();
  for (auto& [begin, file] : begun) files.push_back(std::move(file));
  return files;
}

Result<bool> read_logs(const LogReading& reading, logs::Joiner& joiner) {
  auto files = in_order_of_time(reading.files);
  if (!files) return tl::unexpected(files.error());
  LogBlocks blocks(std::move(*files), reading.join.since);
  const auto processors = std::max(1U, std::thread::hardware_concurrency());
  const auto threads = reading.threads > 0 ? reading.threads : std::min(processors, most_threads);
  return Workshop(blocks, joiner).run(threads);
}

Result<logs::Summary> read_logs(LogReading reading) {
  logs::Joiner joiner(reading.join);
  const auto read = read_logs(reading, joiner);
  if (!read) return tl::unexpected(read.error());
  return joiner.finish(reading.queue);
}

Result<logs::Summary> read_own_logs(logs::Time since, std::vector<std::string> own_domains,
                                    mail::IpSet trusted) {
  LogReading reading;
  const auto files = usual_logs();
  for (const auto& file : files) {
    if (file.written >= since) reading.files.push_back(file);
  }
  if (reading.files.empty() && !files.empty()) return logs::Summary{};
  reading.join.since = since;
  reading.join.own_domains = std::move(own_domains);
  reading.join.trusted = std::move(trusted);
  return read_logs(std::move(reading));
}

Result<std::vector<logs::Seen>> find_in_logs(const std::vector<LogFile>& files,
                                             std::string_view token, logs::Time since) {
  std::vector<LogFile> recent;
  for (const auto& file : files) {
    if (file.written >= since) recent.push_back(file);
  }
  std::vector<logs::Seen> found;
  if (recent.empty() && !files.empty()) return found;
  LogBlocks blocks(std::move(recent), since);
  LogBlock block;
  for (;;) {
    const auto more = blocks.next(block);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return found;
    for (auto& seen : logs::find_seen(block.lines(), token)) found.push_back(std::move(seen));
  }
}

}  // namespace relayproof::cli
