#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "logs/civil_time.h"
#include "report/layout.h"
#include "report/logs.h"

namespace relayproof::report {
namespace {

using logs::Oddity;
using logs::Source;
using logs::Standing;

constexpr std::size_t name_columns = 27;
constexpr std::size_t longest_name = 60;
constexpr std::size_t longest_address = 60;
constexpr std::size_t most_rows = 10;

std::string grouped_number(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

std::string how_many(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped_number(count), count == 1 ? one : many);
}

// `2026-11-19 02:14`, in the machine's own time.
std::string minute(logs::Time time, const ReadLogs& read) {
  if (time == logs::no_time) return "-";
  auto text = logs::utc_text(read.local ? read.local(time) : time).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::span<const Source> of_standing(const logs::Summary& summary, Standing standing) {
  const auto& all = summary.sources;
  const auto is = [&](const Source& source) { return source.standing == standing; };
  const auto begin = std::find_if(all.begin(), all.end(), is);
  const auto end = std::find_if_not(begin, all.end(), is);
  return {begin, end};
}

std::uint64_t total(std::span<const Source> sources, std::uint64_t Source::*what) {
  std::uint64_t sum = 0;
  for (const auto& source : sources) sum += source.*what;
  return sum;
}

std::string coloured(std::string text, LogsVerdict verdict, const TextOptions& options) {
  if (!options.colour) return text;
  constexpr std::array<std::string_view, 3> colours = {"\033[1;31m", "\033[1;33m", "\033[1;32m"};
  return fmt::format("{}{}\033[0m", colours[static_cast<std::size_t>(verdict)], text);
}

std::string header(const ReadLogs& read) {
  const auto& summary = read.summary;
  const std::string where = read.files.empty()       ? "The journal"
                            : read.files.size() == 1 ? read.files.front()
                                                     : how_many(read.files.size(), "", "logs");
  return fmt::format("{}, {} to {}: {}, {}.  ({:.1f} s)\n", escape_foreign(where, 60),
                     minute(summary.first, read), minute(summary.last, read),
                     how_many(summary.lines, "line", "lines"),
                     how_many(summary.messages, "message", "messages"), read.seconds);
}

std::string headline(const ReadLogs& read, const TextOptions& options) {
  const auto verdict = verdict_of(read.summary);
  const auto strangers = of_standing(read.summary, Standing::stranger);
  if (verdict == LogsVerdict::abused) {
    const auto text =
        fmt::format("Relayed for strangers: {} to outside domains, for {} without a password",
                    how_many(total(strangers, &Source::messages), "message", "messages"),
                    how_many(strangers.size(), "address", "addresses"));
    return fmt::format("\n  {}\n", coloured(text, verdict, options));
  }
  return fmt::format("\n  {}\n",
                     coloured(verdict == LogsVerdict::odd
                                  ? "No mail relayed for strangers, but look at what is odd below"
                                  : "No mail relayed for strangers",
                              verdict, options));
}

std::string name_of(const Source& source, const TextOptions& options) {
  if (source.standing == Standing::machine && !source.client) {
    return source.name.empty() || source.name == "machine" ? "the server itself"
                                                           : "local user " + source.name;
  }
  if (source.standing == Standing::unknown) return "beginning not in the log";
  auto name = shown(source.name, longest_name, options);
  const bool named = !source.client_name.empty() && source.client_name != "unknown";
  if (named) name += " " + shown(source.client_name, longest_name, options);
  return name;
}

// What fills the first column; in a line of its own if it does not fit.
std::string first_column(std::string_view text) {
  if (columns(text) <= name_columns) return "  " + padded(text, name_columns);
  return fmt::format("  {}\n{}", text, std::string(name_columns + 2, ' '));
}

std::string row(const Source& source, const ReadLogs& read, const TextOptions& options) {
  const char* about = source.counts_are_exact ? "" : "~";
  auto text = fmt::format("{} {:>9} {:>9} {:>8} {:>8}  {}  {}\n",
                          first_column(name_of(source, options)), grouped_number(source.messages),
                          grouped_number(source.sent), about + grouped_number(source.domains),
                          grouped_number(source.queued), minute(source.first, read),
                          source.last == logs::no_time ? "-" : minute(source.last, read).substr(5));
  for (const auto& example : source.examples) {
    text +=
        paragraph("    e.g. ",
                  fmt::format("{}  {}  <{}> to <{}>  {}", minute(example.when, read),
                              shown(example.queue_id, 24, options),
                              shown(example.sender, longest_address, options),
                              shown(example.recipient, longest_address, options), example.outcome),
                  9);
    if (!options.verbose) break;
  }
  return text;
}

std::string says(const Oddity& oddity, const ReadLogs& read) {
  switch (oddity.kind) {
    case Oddity::Kind::many_networks:
      return fmt::format("used from {} networks on {}", oddity.count,
                         minute(oddity.when, read).substr(0, 10));
    case Oddity::Kind::sudden_volume:
      return oddity.usual == 0
                 ? fmt::format("{} recipients in the hour of {}", grouped_number(oddity.count),
                               minute(oddity.when, read))
                 : fmt::format("{} recipients in the hour of {}, otherwise {}",
                               grouped_number(oddity.count), minute(oddity.when, read),
                               grouped_number(oddity.usual));
    case Oddity::Kind::many_failures:
      return fmt::format("{} of {} recipients could not be reached", grouped_number(oddity.count),
                         grouped_number(oddity.usual));
    case Oddity::Kind::many_senders:
      break;
  }
  return fmt::format("sends as {} domains", grouped_number(oddity.count));
}

struct Group {
  Standing standing;
  std::string_view title;
  std::string_view hint;  // behind the rows; empty: none
};
constexpr std::array<Group, 7> groups{{
    {Standing::stranger, "strangers, without a password",
     "Whose are they? If yours: --trusted. If not: relayproof check tells why they may relay."},
    {Standing::unclear, "named by a content filter only",
     "The log of the first server tells more."},
    {Standing::account, "accounts", ""},
    {Standing::near, "private networks, without a password",
     "A gateway or proxy among them can stand for strangers: relayproof check."},
    {Standing::trusted, "trusted, without a password", ""},
    {Standing::machine, "this machine", ""},
    {Standing::unknown, "not attributed", ""},
}};

std::string group_text(const Group& group, const ReadLogs& read, const TextOptions& options) {
  const auto sources = of_standing(read.summary, group.standing);
  if (sources.empty()) return {};
  auto text = fmt::format("\n{} {:>9} {:>9} {:>8} {:>8}  {:<16}  last\n", first_column(group.title),
                          "messages", "sent", "domains", "queued", "first");
  const auto rows = options.verbose ? sources.size() : std::min(sources.size(), most_rows);
  for (const auto& source : sources.first(rows)) {
    text += row(source, read, options);
    for (const auto& oddity : source.oddities) {
      text += fmt::format("    odd  {}\n", says(oddity, read));
    }
  }
  if (rows < sources.size()) {
    text += fmt::format("  ... and {} more (--verbose)\n", grouped_number(sources.size() - rows));
  }
  if (!group.hint.empty()) text += paragraph("    ", group.hint, 4);
  return text;
}

std::string remarks(const ReadLogs& read) {
  const auto& summary = read.summary;
  std::vector<std::string> lines;
  if (!summary.own_domains_known) {
    lines.emplace_back(
        "Your own domains are not known: what goes into a mailbox here counts as inside, all that "
        "goes out by SMTP as outside. --responsible DOMAIN or --config PATH tells them.");
  }
  if (!read.queue_known) {
    lines.emplace_back("Queued: as the log has it; --queue FILE takes the output of postqueue -j.");
  }
  if (summary.forwarded > 0) {
    lines.push_back(fmt::format("{} went outside by the server's own aliases and are not counted.",
                                how_many(summary.forwarded, "delivery", "deliveries")));
  }
  if (summary.doubtful > 0) {
    lines.push_back(
        fmt::format("{} written so that a recipient can feign an outcome; counted as "
                    "outside.",
                    how_many(summary.doubtful, "line is", "lines are")));
  }
  if (summary.forgotten > 0) {
    lines.push_back(fmt::format("{} under way at once were too many to remember.",
                                how_many(summary.forgotten, "message", "messages")));
  }
  std::string text = lines.empty() ? "" : "\n";
  for (const auto& line : lines) text += paragraph("  ", line, 2);
  return text;
}

}  // namespace

std::string logs_text(const ReadLogs& read, const TextOptions& options) {
  std::string text = header(read) + headline(read, options);
  for (const auto& group : groups) text += group_text(group, read, options);
  return text + remarks(read);
}

std::string alert_text(const RelayAlert& alert, const ReadLogs& read, const TextOptions& options) {
  return fmt::format("{}  {} {}{}: <{}> to <{}>, {} so far  ({})\n", minute(alert.when, read),
                     to_string(alert.standing), shown(alert.name, longest_name, options),
                     alert.client_name.empty() || alert.client_name == "unknown"
                         ? ""
                         : " " + shown(alert.client_name, longest_name, options),
                     shown(alert.sender, longest_address, options),
                     shown(alert.recipient, longest_address, options),
                     grouped_number(alert.messages), shown(alert.queue_id, 24, options));
}

}  // namespace relayproof::report
