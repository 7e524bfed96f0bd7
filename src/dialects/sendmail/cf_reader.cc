#include "dialects/sendmail/cf_reader.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t largest_file = std::size_t{16} << 20U;
constexpr std::size_t longest_line = std::size_t{64} << 10U;
constexpr std::size_t most_rules = 50'000;

// A line with those that continue it: they begin with a blank. `place` moves behind them.
std::string folded_line(std::string_view text, std::size_t& place, std::size_t& lines) {
  std::string out;
  while (place < text.size() && out.size() <= longest_line) {
    const std::size_t end = std::min(text.find('\n', place), text.size());
    std::string_view line = text.substr(place, end - place);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    out += line;
    place = end + 1;
    ++lines;
    if (place >= text.size() || (text[place] != ' ' && text[place] != '\t')) break;
    out += '\n';
  }
  return out;
}

}  // namespace

CfReader::CfReader(const FileSystem& files, std::string path, const CfHost& host)
    : files_(files), host_(host) {
  cf_.file = std::move(path);
  cf_.files.push_back(cf_.file);
  define_host();
}

CfReader::Reader CfReader::reader_of(char key) {
  static constexpr std::array<std::pair<char, Reader>, 15> readers = {
      {{'R', &CfReader::read_rule},
       {'S', &CfReader::read_rule_set},
       {'D', &CfReader::read_macro},
       {'C', &CfReader::read_class},
       {'T', &CfReader::read_trusted},
       {'F', &CfReader::read_class_file},
       {'M', &CfReader::read_mailer},
       {'O', &CfReader::read_option},
       {'K', &CfReader::read_map},
       {'V', &CfReader::read_version},
       {'X', &CfReader::read_milter},
       {'H', &CfReader::skip},
       {'P', &CfReader::skip},
       {'Q', &CfReader::skip},
       {'E', &CfReader::skip}}};
  for (const auto& [written, reader] : readers) {
    if (written == key) return reader;
  }
  return nullptr;
}

std::optional<Error> CfReader::read(std::string_view text) {
  if (text.size() > largest_file) {
    return Error{"larger than any sendmail.cf", SourceRange{cf_.file, 0, 0}};
  }
  std::size_t place = 0, lines = 0, rules = 0;
  while (place < text.size()) {
    const SourceRange where{cf_.file, lines + 1, 1};
    const std::string raw = folded_line(text, place, lines);
    if (raw.size() > longest_line) return Error{"longer than any line of a sendmail.cf", where};
    const std::size_t zero = raw.find('\0');
    if (zero != std::string::npos) {
      return Error{"a zero byte: this is no sendmail.cf",
                   SourceRange{cf_.file, where.line, zero + 1}};
    }
    if (raw.empty() || raw.front() == '#') continue;
    if (raw.front() == 'R' && ++rules > most_rules) {
      return Error{"more rules than any sendmail.cf has", where};
    }
    std::vector<std::string> complaints;
    const std::string internal = to_internal(raw, cf_.level, cf_.names, complaints);
    for (std::string& each : complaints) problem(std::move(each), where);
    const Reader reader = reader_of(internal.front());
    if (reader == nullptr) {
      problem(fmt::format("unknown configuration line \"{}\"", escape_foreign(raw, 60)), where);
      continue;
    }
    (this->*reader)(Line{internal.substr(1), raw, where});
  }
  return std::nullopt;
}

void CfReader::skip(const Line& /*line*/) {}

void CfReader::problem(std::string says, const SourceRange& where, bool fatal) {
  constexpr std::size_t most = 1000;
  if (cf_.problems.size() < most) cf_.problems.push_back({std::move(says), where, fatal});
}

Cf CfReader::finish() && {
  const std::string domain = cf_.macro("m");
  if (!domain.empty()) add_member('m', domain, {});
  const CfOption* probe = cf_.option("DontProbeInterfaces");
  const bool probes =
      probe == nullptr ||
      std::string_view("tTyY").find(probe->value.substr(0, 1)) == std::string_view::npos ||
      probe->value.empty();
  if (probes) {
    for (const std::string& address : host_.addresses) add_address(address);
    add_address("127.0.0.1");
    add_address("::1");
  }
  const std::string name = cf_.macro("j");
  add_member('w', name.empty() ? "localhost" : name, {});
  cf_.version = cf_.macro("Z");
  if (cf_.operators.empty()) tokenizer();
  if (cf_.maps.find("host") == cf_.maps.end()) {
    cf_.maps.emplace("host", CfMap{"host", "host", "-a. -D", {}});
  }
  return std::move(cf_);
}

Result<Cf> read_cf_text(std::string_view text, const std::string& path, const FileSystem& files,
                        const CfHost& host) {
  CfReader reader(files, path, host);
  if (auto error = reader.read(text)) return tl::unexpected(std::move(*error));
  return std::move(reader).finish();
}

Result<Cf> read_cf(const FileSystem& files, const std::string& path, const CfHost& host) {
  const auto content = files.read(path);
  if (!content) return tl::unexpected(content.error());
  return read_cf_text(**content, path, files, host);
}

}  // namespace relayproof::sendmail
