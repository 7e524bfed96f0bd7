// The documents of probe and check: every key is always there, null where nothing is known.
// schemas/*.json describe them; tests hold both together.
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <span>

#include "base/text.h"
#include "probe/places.h"
#include "report/document.h"
#include "report/foreign.h"
#include "report/render.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;

// RFC 3339 in UTC, whole seconds.
std::string rfc3339(std::chrono::system_clock::time_point when) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

double milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

template <class Enum>
Json name_or_null(const std::optional<Enum>& value) {
  return value ? Json(to_string(*value)) : Json(nullptr);
}

Json text_or_null(const std::string& bytes) {
  return bytes.empty() ? Json(nullptr) : Json(json_text(bytes));
}

Json foreign_list(const std::vector<std::string>& items) {
  Json list = Json::array();
  for (const std::string& item : items) list.push_back(escape_foreign(item, json_text_bytes));
  return list;
}

void put_attempt(Json& object, const mail::Attempt& attempt) {
  object["helo"] = json_text(attempt.helo);
  object["mail_from"] = json_text(attempt.mail_from);
  object["rcpt_to"] = json_text(attempt.rcpt_to);
}

void put_reply(Json& object, const std::optional<mail::Reply>& reply) {
  const auto enhanced = reply ? reply->enhanced() : std::nullopt;
  object["code"] = reply ? Json(reply->code) : Json(nullptr);
  object["enhanced"] = enhanced ? Json(enhanced->to_string()) : Json(nullptr);
  object["text"] = reply ? Json(escape_foreign(reply->text(), json_text_bytes)) : Json(nullptr);
}

// Beside the control whose message it was.
Json bounce_json(const canary::Arrival& bounce) {
  return {
      {"token", bounce.token}, {"when", rfc3339(bounce.when)}, {"from", bounce.from.to_string()}};
}

Json control_json(const probe::Control& control) {
  Json object;
  object["name"] = json_text(control.name);
  put_attempt(object, control.attempt);
  const auto prelude = to_string(control.prelude);
  object["prelude"] = prelude.empty() ? Json(nullptr) : Json(prelude);
  object["outcome"] = to_string(control.kind);
  object["refused_as"] = name_or_null(control.refused_as);
  put_reply(object, control.reply);
  if (control.bounce) object["bounce"] = bounce_json(*control.bounce);
  return object;
}

Json by_hand_json(const ByHand& lines) {
  return {{"swaks", lines.swaks.empty() ? Json(nullptr) : Json(lines.swaks)},
          {"swaks_exact", lines.swaks_exact},
          {"nc", lines.nc}};
}

// Of a technique with which messages were sent.
Json delivery_json(const probe::Outcome& outcome) {
  Json object = {{"tokens", outcome.tokens}, {"arrived", outcome.arrival.has_value()}};
  if (!outcome.arrival) return object;
  const canary::Arrival& arrival = *outcome.arrival;
  object["when"] = rfc3339(arrival.when);
  object["from"] = arrival.from.to_string();
  object["helo"] = escape_foreign(arrival.helo, json_text_bytes);
  object["tls"] = arrival.tls;
  object["rcpt_to"] = escape_foreign(arrival.rcpt_to, json_text_bytes);
  object["received"] = foreign_list(arrival.received);
  return object;
}

Json outcome_json(const probe::DoorResult& door, const probe::Outcome& outcome) {
  Json object;
  object["technique"] = outcome.technique;
  put_attempt(object, outcome.attempt);
  if (outcome.prelude == techniques::Prelude::no_hello) object["helo"] = nullptr;
  const auto prelude = to_string(outcome.prelude);
  object["prelude"] = prelude.empty() ? Json(nullptr) : Json(prelude);
  if (!outcome.attempt.first_rcpt.empty()) {
    object["after"] = Json::array({json_text(outcome.attempt.first_rcpt)});
  }
  object["phase"] = outcome.phase;
  object["outcome"] = to_string(outcome.kind);
  object["refused_as"] = name_or_null(outcome.refused_as);
  object["counts_as"] = name_or_null(outcome.counts_as);
  object["twin"] = outcome.twin ? Json(json_text(*outcome.twin)) : Json(nullptr);
  put_reply(object, outcome.reply);
  object["not_run_because"] = outcome.not_run_because.empty()
                                  ? Json(nullptr)
                                  : Json(sentence(outcome.not_run_because, json_text_bytes));
  if (!outcome.tokens.empty()) object["delivery"] = delivery_json(outcome);
  if (outcome.counts_as == probe::CountsAs::relay) {
    object["by_hand"] = by_hand_json(by_hand(door, outcome));
  }
  return object;
}

Json weaknesses_json(const probe::DoorResult& door) {
  Json list = Json::array();
  for (const auto& weakness : door.weaknesses) {
    list.push_back({{"code", weakness.code},
                    {"evidence", to_string(weakness.evidence)},
                    {"says", sentence(weakness.says, json_text_bytes)}});
  }
  return list;
}

void put_findings(Json& object, const probe::DoorResult& door) {
  object["verdict"] = to_string(door.verdict);
  object["evidence"] = to_string(door.evidence);
  object["reason"] = sentence(door.reason, json_text_bytes);
  object["reached"] = to_string(door.reached);
  object["place"] = door.trusted_place ? "trusted" : "outside";
  object["in_full"] = door.in_full;
  object["accepts_everything"] = door.accepts_everything;
  object["wants_password"] = door.wants_password;
  object["blocked_after"] = door.blocked_after == 0 ? Json(nullptr) : Json(door.blocked_after);
  object["seen_as"] =
      door.seen_as ? Json(escape_foreign(*door.seen_as, json_text_bytes)) : Json(nullptr);
}

Json door_json(const probe::Run& run, const probe::DoorResult& door, const Meta& meta) {
  Json object;
  object["schema"] = "relayproof/probe/1";
  object["run"] = run.id;
  object["when"] = rfc3339(run.when);
  object["program"] = meta.program;
  object["catalogue"] = meta.catalogue;
  object["vantage"] = {{"name", json_text(door.place)}, {"source", door.source.to_string()}};
  object["target"] = {{"host", json_text(door.target.host)},
                      {"address", door.target.address.to_string()},
                      {"port", door.target.port},
                      {"tls", to_string(door.target.tls)}};
  put_findings(object, door);
  object["server"] = {{"banner", escape_foreign(door.banner, json_text_bytes)},
                      {"software", to_string(door.software)},
                      {"extensions", foreign_list(door.extensions)},
                      {"certificate_names", foreign_list(door.certificate_names)}};
  object["own_domain"] = text_or_null(door.own_domain);
  object["controls"] = Json::array();
  for (const auto& control : door.controls) object["controls"].push_back(control_json(control));
  object["outcomes"] = Json::array();
  for (const auto& each : door.outcomes) object["outcomes"].push_back(outcome_json(door, each));
  object["weaknesses"] = weaknesses_json(door);
  object["round_trips"] = door.round_trips;
  object["connections"] = door.connections;
  object["seconds"] = milliseconds(door.seconds);
  return object;
}

// What the run as a whole came to, without its doors.
Json differences_json(const probe::Run& run) {
  Json all = Json::array();
  for (const auto& one : probe::disagreements(run)) {
    Json object = {{"code", one.code},        {"address", one.target.address.to_string()},
                   {"port", one.target.port}, {"tls", to_string(one.target.tls)},
                   {"open", Json::array()},   {"closed", Json::array()}};
    for (const auto& place : one.open) object["open"].push_back(json_text(place));
    for (const auto& place : one.closed) object["closed"].push_back(json_text(place));
    all.push_back(std::move(object));
  }
  return all;
}

Json run_json(const probe::Run& run) {
  Json object;
  object["run"] = run.id;
  object["when"] = rfc3339(run.when);
  object["host"] = json_text(run.host);
  object["mail_domain"] = text_or_null(run.mail_domain);
  object["our_name"] = text_or_null(run.our_name);
  object["places"] = Json::array();
  for (const auto& place : run.places) object["places"].push_back(json_text(place));
  object["sources"] = Json::array();
  for (const auto& source : run.sources) object["sources"].push_back(source.to_string());
  object["verdict"] = to_string(run.verdict);
  object["evidence"] = to_string(run.evidence);
  object["reason"] = sentence(run.reason, json_text_bytes);
  object["weak"] = run.weak;
  object["not_asked"] = Json::array();
  for (const auto& clause : run.not_asked) {
    object["not_asked"].push_back(sentence(clause, json_text_bytes));
  }
  object["differences"] = differences_json(run);
  object["techniques"] = run.techniques;
  object["seconds"] = milliseconds(run.seconds);
  return object;
}

const probe::Run* worst_of(std::span<const probe::Run> runs) {
  const probe::Run* worst = nullptr;
  for (const probe::Run& run : runs) {
    if (worst == nullptr || run.verdict > worst->verdict) worst = &run;
  }
  return worst;
}

Json runs_json(std::span<const probe::Run> runs, const Meta& meta) {
  const probe::Run* worst = worst_of(runs);
  Json object;
  object["schema"] = "relayproof/probe-run/1";
  object["program"] = meta.program;
  object["catalogue"] = meta.catalogue;
  object["verdict"] = to_string(worst ? worst->verdict : probe::Verdict::undecided);
  object["evidence"] = to_string(worst ? worst->evidence : probe::Evidence::observed);
  object["runs"] = Json::array();
  object["results"] = Json::array();
  for (const probe::Run& run : runs) {
    object["runs"].push_back(run_json(run));
    for (const auto& door : run.doors) object["results"].push_back(door_json(run, door, meta));
  }
  return object;
}

}  // namespace

std::string json(std::span<const probe::Run> runs, const Meta& meta) {
  return runs_json(runs, meta).dump(2) + "\n";
}

std::string json(const probe::Run& run, const Meta& meta) { return json(std::span(&run, 1), meta); }

Json run_document(const probe::Run& run, const Meta& meta) { return runs_json({&run, 1}, meta); }

std::string json_line(const probe::Run& run, const probe::DoorResult& door, const Meta& meta) {
  return door_json(run, door, meta).dump() + "\n";
}

}  // namespace relayproof::report
