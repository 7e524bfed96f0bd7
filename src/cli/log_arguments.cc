#include "cli/log_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <chrono>

#include "base/text.h"
#include "cli/log_reading.h"

namespace relayproof::cli {
namespace {

// `7d`: seconds.
std::optional<logs::Time> parse_span(std::string_view text) {
  constexpr std::string_view units = "mhdw";
  constexpr std::array<logs::Time, 4> seconds = {60, 3600, 86400, 604800};
  if (text.size() < 2 || text.size() > 6) return std::nullopt;
  const auto unit = units.find(text.back());
  logs::Time count = 0;
  const auto* end = text.data() + text.size() - 1;
  const auto read = std::from_chars(text.data(), end, count);
  if (unit == std::string_view::npos || read.ptr != end || count < 0) return std::nullopt;
  return count * seconds[unit];
}

std::optional<Error> read_moment(const char* option, const std::string& text,
                                 std::optional<logs::Time>& to) {
  if (text.empty()) return std::nullopt;
  using namespace std::chrono;
  const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  to = parse_moment(text, now);
  if (to) return std::nullopt;
  return Error{fmt::format("{}: '{}' is no time; write 2026-11-19, '2026-11-19 02:14', or 7d for "
                           "the last seven days",
                           option, escape_foreign(text, 60)),
               std::nullopt};
}

}  // namespace

std::optional<logs::Time> parse_moment(std::string_view text, logs::Time now) {
  if (const auto span = parse_span(text)) return now - *span;
  constexpr std::string_view whole = "0000-00-00T00:00:00";
  std::string stamp(text);
  if (stamp.size() >= 10 && (stamp.size() < whole.size())) stamp += whole.substr(stamp.size());
  if (stamp.size() < whole.size()) return std::nullopt;
  if (stamp[10] == ' ') stamp[10] = 'T';
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool digit = stamp[i] >= '0' && stamp[i] <= '9';
    if (whole[i] == '0' ? !digit : stamp[i] != whole[i]) return std::nullopt;
  }
  logs::StampReader reader(utc_of_local, now);
  const auto time = reader.read(stamp);
  return time == logs::no_time ? std::nullopt : std::optional(time);
}

void add_log_options(CLI::App& app, LogArguments& to, LogRaw& raw) {
  app.add_option("FILE", to.files,
                 "Mail logs, compressed ones too; - is standard input; none: this machine's")
      ->option_text("");
  app.add_option("--since", raw.since, "Count from then on: 2026-11-19, '2026-11-19 02:14', 7d")
      ->option_text("TIME");
  app.add_option("--until", raw.until, "Count until then")->option_text("TIME");
  app.add_option("--client", raw.clients, "Count mail of this network only (repeatable)")
      ->option_text("NETWORK")
      ->allow_extra_args(false);
  app.add_option("--queue", to.queue_file, "What is queued: the output of postqueue -j")
      ->option_text("FILE");
  app.add_option("--config", to.config, "The server's configuration, for its own domains")
      ->option_text("PATH");
  app.add_flag("-f,--follow", to.follow, "Go on, and tell of each relayed message as it happens");
}

std::optional<Error> finish_logs(const LogRaw& raw, LogArguments& to) {
  for (const auto& text : raw.clients) {
    const auto address = mail::IpAddress::parse(text);
    const auto network = address
                             ? std::optional(mail::Network{*address, address->is_v6() ? 128U : 32U})
                             : mail::Network::parse(text);
    if (!network) {
      return Error{fmt::format("--client: '{}' is no address or network such as 192.0.2.0/24",
                               escape_foreign(text, 60)),
                   std::nullopt};
    }
    to.clients.push_back(*network);
  }
  if (auto error = read_moment("--since", raw.since, to.since)) return error;
  return read_moment("--until", raw.until, to.until);
}

}  // namespace relayproof::cli
