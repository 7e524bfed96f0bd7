#include "report/canary.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/foreign.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;
using canary::Arrival;
using canary::Kind;
using std::chrono::seconds;

constexpr std::size_t text_shown = 120;

std::string rfc3339(canary::Time when) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

std::string text_of(const Json& line, const char* name) {
  const auto found = line.find(name);
  return found == line.end() || !found->is_string() ? "" : found->get<std::string>();
}

std::optional<Kind> kind_of(const std::string& word) {
  for (const Kind kind :
       {Kind::proof, Kind::again, Kind::bounce, Kind::expired, Kind::forged, Kind::stranger}) {
    if (word == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::string shown(std::string_view foreign) { return escape_foreign(foreign, text_shown); }

}  // namespace

std::string canary_json_line(const Arrival& arrival) {
  Json line = {
      {"schema", "relayproof/canary/1"},
      {"when", rfc3339(arrival.when)},
      {"time", std::chrono::duration_cast<seconds>(arrival.when.time_since_epoch()).count()},
      {"kind", to_string(arrival.kind)},
      {"token", arrival.token.empty() ? Json(nullptr) : Json(arrival.token)},
      {"target", shown(arrival.errand.target)},
      {"technique", shown(arrival.errand.technique)},
      {"from", arrival.from.to_string()},
      {"helo", escape_foreign(arrival.helo, json_text_bytes)},
      {"tls", arrival.tls},
      {"mail_from", json_text(arrival.mail_from)},
      {"rcpt_to", json_text(arrival.rcpt_to)},
      {"received", Json::array()}};
  for (const auto& hop : arrival.received) {
    line["received"].push_back(escape_foreign(hop, json_text_bytes));
  }
  return line.dump() + "\n";
}

std::string canary_text_line(const Arrival& arrival) {
  std::string text =
      fmt::format("{}  {:<8}  from {}{}  to {}", rfc3339(arrival.when), to_string(arrival.kind),
                  arrival.from.to_string(), arrival.tls ? " by TLS" : "", shown(arrival.rcpt_to));
  if (arrival.kind != Kind::stranger) {
    text += fmt::format("  asked of {} by {}", shown(arrival.errand.target),
                        shown(arrival.errand.technique));
  }
  return text + "\n";
}

Result<Arrival> read_canary_line(std::string_view text) {
  const Json line = Json::parse(text, nullptr, false);
  if (!line.is_object() || text_of(line, "schema") != "relayproof/canary/1") {
    return failure("is no line of a canary's record");
  }
  const auto kind = kind_of(text_of(line, "kind"));
  const auto time = line.find("time");
  if (!kind || time == line.end() || !time->is_number_integer()) {
    return failure("lacks its kind or its time");
  }
  Arrival arrival;
  arrival.kind = *kind;
  arrival.when = canary::Time(seconds(time->get<std::int64_t>()));
  arrival.token = text_of(line, "token");
  arrival.errand = {text_of(line, "target"), text_of(line, "technique")};
  if (const auto from = mail::IpAddress::parse(text_of(line, "from"))) arrival.from = *from;
  arrival.helo = text_of(line, "helo");
  arrival.tls = line.value("tls", Json(false)) == Json(true);
  arrival.mail_from = text_of(line, "mail_from");
  arrival.rcpt_to = text_of(line, "rcpt_to");
  for (const auto& hop : line.value("received", Json::array())) {
    if (hop.is_string() && arrival.received.size() < canary::most_hops) {
      arrival.received.push_back(hop.get<std::string>());
    }
  }
  return arrival;
}

}  // namespace relayproof::report
