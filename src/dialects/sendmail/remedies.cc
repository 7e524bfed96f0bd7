#include "dialects/sendmail/remedies.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/config.h"
#include "dialects/sendmail/mail_settings.h"

namespace relayproof::sendmail {
namespace {

using dialects::Remedy;

struct Line {
  std::size_t begin = 0;
  std::size_t length = 0;  // with its end
  std::string_view text;   // without
};

std::optional<Line> line_at(std::string_view text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < number; ++line) {
    const auto end = text.find('\n', begin);
    if (end == std::string_view::npos) return std::nullopt;
    begin = end + 1;
  }
  if (number == 0 || begin >= text.size()) return std::nullopt;
  const auto end = std::min(text.find('\n', begin), text.size());
  const auto length = std::min(end + 1, text.size()) - begin;
  return Line{begin, length, text.substr(begin, end - begin)};
}

constexpr std::size_t most_rows = 256;

std::string hexadecimal(unsigned value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[value % 16]);
    value /= 16;
  } while (value > 0);
  return text;
}

// `198.51.100`, `IPv6:2001:db8`: so many octets or groups of it.
std::string key_of(const mail::IpAddress& address, std::size_t parts) {
  const auto& bytes = address.bytes();
  std::string key = address.is_v6() ? "IPv6" : "";
  for (std::size_t part = 0; part < parts; ++part) {
    if (address.is_v6()) {
      key += ':' + hexadecimal(bytes.at(2 * part) * 256U + bytes.at(2 * part + 1));
    } else {
      key += (part > 0 ? "." : "") + std::to_string(bytes.at(part));
    }
  }
  return key;
}

// The rows that are this network and nothing more; none if they are too many.
std::string rows_of(const mail::Network& network) {
  const unsigned width = network.address.is_v6() ? 16 : 8;
  const std::size_t parts = std::max(1U, (network.prefix + width - 1) / width);
  const std::size_t count = std::size_t{1} << (parts * width - network.prefix);
  if (count > most_rows || network.prefix == 0) return {};
  std::string rows;
  for (std::size_t number = 0; number < count; ++number) {
    auto bytes = network.address.bytes();
    auto& last = bytes.at(network.address.is_v6() ? 2 * parts - 1 : parts - 1);
    last = static_cast<std::uint8_t>((last & ~(count - 1)) | number);
    const auto address = network.address.is_v6()
                             ? mail::IpAddress::v6(bytes)
                             : mail::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
    rows += "Connect:" + key_of(address, parts) + "\tRELAY\n";
  }
  return rows;
}

class Proposals {
 public:
  Proposals(const FileSystem& files, const Config& config, const MailSettings& settings,
            const dialects::RemedyRequest& request)
      : files_(files), config_(config), settings_(settings), request_(request) {}

  std::vector<Remedy> run() {
    for (const auto& cause : request_.causes) {
      if (cause.line == 0 || !seen_.insert(to_string(cause)).second) continue;
      const auto content = files_.read(cause.file);
      if (!content) continue;
      const auto line = line_at(**content, cause.line);
      if (!line) continue;
      if (cause.file == config_.main) {
        if (config_.is_mc) about_macro(cause, *line);
      } else if (is_access(cause.file)) {
        about_row(cause, *line);
      } else {
        propose("take " + std::string(trim(line->text)) + " out", cause.file, *line, "", 1);
      }
    }
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Remedy& one, const Remedy& other) { return one.cost < other.cost; });
    return std::move(found_);
  }

 private:
  void propose(std::string says, const std::string& file, const Line& line, std::string text,
               unsigned cost) {
    found_.push_back(
        {std::move(says), {{file, line.begin, line.length, std::move(text)}}, cost, {}});
  }

  bool is_access(const std::string& file) const {
    return config_.access && settings_.place_of(config_.access->source) == file;
  }

  // `dnl` in front; a macro that goes on over several lines is left alone.
  void about_macro(const SourceRange& cause, const Line& line) {
    const auto open = std::count(line.text.begin(), line.text.end(), '(');
    if (open != std::count(line.text.begin(), line.text.end(), ')')) return;
    const auto hash = line.text.starts_with('#') ? 1U : 0U;
    propose("take `" + std::string(trim(line.text)) + "` out", cause.file, line,
            "dnl " + std::string(line.text.substr(hash)) + '\n', 1);
  }

  // The networks that were stated take the row's place.
  void about_row(const SourceRange& cause, const Line& line) {
    const auto parts = words(line.text);
    const bool of_client = parts.size() > 1 && (starts_with_ignoring_case(parts[0], "connect:") ||
                                                parts[0].find(':') == std::string_view::npos);
    std::string own;
    for (const auto& network : request_.networks) own += rows_of(network);
    const auto row = std::string(trim(line.text));
    if (of_client && !own.empty()) {
      propose("let only your own networks relay instead of " + row, cause.file, line, own, 1);
    }
    propose("take the row " + row + " out", cause.file, line, "", own.empty() ? 1 : 2);
  }

  const FileSystem& files_;
  const Config& config_;
  const MailSettings& settings_;
  const dialects::RemedyRequest& request_;
  std::set<std::string> seen_;
  std::vector<Remedy> found_;
};

// Beside a sendmail.mc lies the sendmail.cf that is made of it. Both names are equally long, so
// that in the folder where it is tried the one takes the other's place.
void make_cf(const FileSystem& files, const Config& config, const std::vector<std::string>& edited,
             dialects::Upkeep& due) {
  const auto made = path_in(config.folder, "sendmail.cf");
  const bool is_made_of_it = path_in(config.folder, "sendmail.mc") == config.main &&
                             files.info(made).kind == FileInfo::Kind::file;
  if (!is_made_of_it || std::find(edited.begin(), edited.end(), config.main) == edited.end())
    return;
  due.indexes.push_back(
      {config.main, made, {"sh", "-c", "m4 \"$1\" > \"$1.cf\" && mv \"$1.cf\" \"$1\"", "sh", "%"}});
}

}  // namespace

std::vector<Remedy> remedies(const FileSystem& files, const std::string& path,
                             const dialects::Host& host, const dialects::RemedyRequest& request) {
  const auto config = read(files, path, host);
  if (!config) return {};
  const MailSettings settings(files, config->folder);
  return Proposals(files, *config, settings, request).run();
}

dialects::Upkeep upkeep(const FileSystem& files, const std::string& path,
                        const dialects::Host& host, const std::vector<std::string>& edited) {
  dialects::Upkeep due;
  const auto config = read(files, path, host);
  if (!config || edited.empty()) return due;
  const MailSettings settings(files, config->folder);
  for (const auto* use : {&config->access, &config->virtusertable, &config->mailertable}) {
    if (!*use || (*use)->index.empty()) continue;
    const auto source = settings.place_of((*use)->source);
    if (std::find(edited.begin(), edited.end(), source) == edited.end()) continue;
    due.indexes.push_back(
        {source,
         settings.place_of((*use)->index),
         {"sh", "-c", "makemap " + (*use)->type + " \"$1\" < \"$1\"", "sh", "%"}});
  }
  if (config->is_mc) make_cf(files, *config, edited, due);
  if (!config->is_mc) {
    due.check.push_back({"sendmail", "-C", config->main, "-bv", "postmaster"});
  }
  due.status.push_back({"pgrep", "-x", "sendmail|sendmail-mta"});
  due.reload.push_back({"pkill", "-HUP", "-o", "-x", "sendmail|sendmail-mta"});
  return due;
}

}  // namespace relayproof::sendmail
