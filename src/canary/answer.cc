#include "canary/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/text.h"

namespace relayproof::canary {
namespace {

constexpr int told = 250;
constexpr int nothing_yet = 252;
constexpr std::string_view opening = "2.1.5 relayproof canary: ";
// A reply line, its code and line end included, is at most 512 bytes (RFC 5321 4.5.3.1.5).
constexpr std::size_t longest_text = 480;

long seconds_of(Time when) {
  return std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
}

std::string line(std::string_view name, std::string_view value) {
  std::string text = fmt::format("{} {}", name, value.substr(0, longest_text));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, '?');
  return text;
}

// Each sets one field; what it cannot read leaves the field as it is.
struct Reader {
  std::string_view name;
  void (*read)(std::string_view value, Arrival& arrival);
};

void read_when(std::string_view value, Arrival& arrival) {
  long seconds = 0;
  std::from_chars(value.data(), value.data() + value.size(), seconds);
  // The clock counts in finer units than seconds: it ends in the year 2262.
  if (seconds < 0 || seconds > seconds_of(Time::max())) return;
  arrival.when = Time(std::chrono::seconds(seconds));
}

constexpr std::array readers{
    Reader{"when", read_when},
    Reader{"from",
           [](std::string_view value, Arrival& arrival) {
             if (const auto address = mail::IpAddress::parse(value)) arrival.from = *address;
           }},
    Reader{"helo", [](std::string_view value, Arrival& arrival) { arrival.helo = value; }},
    Reader{"tls", [](std::string_view value, Arrival& arrival) { arrival.tls = value == "yes"; }},
    Reader{"sender", [](std::string_view value, Arrival& arrival) { arrival.mail_from = value; }},
    Reader{"recipient", [](std::string_view value, Arrival& arrival) { arrival.rcpt_to = value; }},
    Reader{"hop",
           [](std::string_view value, Arrival& arrival) {
             if (arrival.received.size() < most_hops) arrival.received.emplace_back(value);
           }},
};

}  // namespace

mail::Reply answer_about(const Arrival* arrival) {
  if (arrival == nullptr) return {nothing_yet, {"2.1.5 relayproof canary: nothing came yet"}};
  mail::Reply reply{told, {std::string(opening) + std::string(to_string(arrival->kind))}};
  auto& lines = reply.lines;
  lines.push_back(line("when", std::to_string(seconds_of(arrival->when))));
  lines.push_back(line("from", arrival->from.to_string()));
  lines.push_back(line("helo", arrival->helo));
  lines.push_back(line("tls", arrival->tls ? "yes" : "no"));
  lines.push_back(line("sender", arrival->mail_from));
  lines.push_back(line("recipient", arrival->rcpt_to));
  for (const auto& hop : arrival->received) lines.push_back(line("hop", hop));
  return reply;
}

std::optional<Arrival> read_answer(const mail::Reply& reply) {
  if (reply.code != told || reply.lines.empty()) return std::nullopt;
  std::string_view kind = reply.lines.front();
  if (!kind.starts_with(opening)) return std::nullopt;
  kind.remove_prefix(opening.size());
  Arrival arrival;
  if (kind == to_string(Kind::proof)) {
    arrival.kind = Kind::proof;
  } else if (kind == to_string(Kind::bounce)) {
    arrival.kind = Kind::bounce;
  } else {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {
    const std::string_view text = reply.lines[i];
    const std::size_t blank = std::min(text.find(' '), text.size());
    for (const auto& reader : readers) {
      if (text.substr(0, blank) != reader.name) continue;
      reader.read(text.substr(std::min(blank + 1, text.size())), arrival);
    }
  }
  return arrival;
}

Errand greeting_errand() { return {"canary", "greeting"}; }

mail::Reply answer_to_greeting() { return {told, {std::string(opening) + "ready"}}; }

Standing read_greeting(const mail::Reply& reply) {
  if (reply.lines.empty() || !reply.lines.front().starts_with(opening)) return Standing::no_canary;
  return reply.code == told ? Standing::ready : Standing::other_key;
}

}  // namespace relayproof::canary
