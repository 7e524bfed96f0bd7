#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "logs/civil_time.h"
#include "report/foreign.h"
#include "report/logs.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;

// Of each standing; the rest is counted in `left_out`.
constexpr std::size_t most_sources = 1000;

Json time_or_null(logs::Time time) {
  return time == logs::no_time ? Json(nullptr) : Json(logs::utc_text(time));
}

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(json_text(text));
}

Json example_json(const logs::Example& example) {
  return {{"when", time_or_null(example.when)},        {"queue_id", json_text(example.queue_id)},
          {"client", text_or_null(example.client)},    {"sender", json_text(example.sender)},
          {"recipient", json_text(example.recipient)}, {"outcome", example.outcome}};
}

Json oddity_json(const logs::Oddity& oddity) {
  return {{"kind", to_string(oddity.kind)},
          {"count", oddity.count},
          {"usual", oddity.usual},
          {"when", time_or_null(oddity.when)}};
}

Json source_json(const logs::Source& source) {
  Json examples = Json::array();
  for (const auto& example : source.examples) examples.push_back(example_json(example));
  Json odd = Json::array();
  for (const auto& oddity : source.oddities) odd.push_back(oddity_json(oddity));
  return {{"standing", to_string(source.standing)},
          {"name", json_text(source.name)},
          {"client", source.client ? Json(source.client->to_string()) : Json(nullptr)},
          {"client_name", text_or_null(source.client_name)},
          {"messages", source.messages},
          {"sent", source.sent},
          {"deferred", source.deferred},
          {"bounced", source.bounced},
          {"domains", source.domains},
          {"sender_domains", source.sender_domains},
          {"clients", source.clients},
          {"exact", source.counts_are_exact},
          {"queued", source.queued},
          {"first", time_or_null(source.first)},
          {"last", time_or_null(source.last)},
          {"odd", std::move(odd)},
          {"examples", std::move(examples)}};
}

Json document(const ReadLogs& read) {
  const auto& summary = read.summary;
  Json sources = Json::array();
  std::size_t of_standing = 0;
  std::uint64_t left_out = 0;
  for (std::size_t i = 0; i < summary.sources.size(); ++i) {
    const auto& source = summary.sources[i];
    const bool same = i > 0 && summary.sources[i - 1].standing == source.standing;
    of_standing = same ? of_standing + 1 : 1;
    if (of_standing <= most_sources) {
      sources.push_back(source_json(source));
    } else {
      ++left_out;
    }
  }
  constexpr std::array<std::string_view, 3> verdicts = {"abused", "odd", "quiet"};
  Json files = Json::array();
  for (const auto& file : read.files) files.push_back(json_text(file));
  return {{"schema", "relayproof/logs/1"},
          {"verdict", verdicts[static_cast<std::size_t>(verdict_of(summary))]},
          {"files", std::move(files)},
          {"own_domains_known", summary.own_domains_known},
          {"queue_known", read.queue_known},
          {"from", time_or_null(summary.first)},
          {"to", time_or_null(summary.last)},
          {"lines", summary.lines},
          {"bytes", summary.bytes},
          {"messages", summary.messages},
          {"forwarded", summary.forwarded},
          {"doubtful", summary.doubtful},
          {"forgotten", summary.forgotten},
          {"sources", std::move(sources)},
          {"left_out", left_out}};
}

}  // namespace

LogsVerdict verdict_of(const logs::Summary& summary) {
  auto verdict = LogsVerdict::quiet;
  for (const auto& source : summary.sources) {
    if (source.standing == logs::Standing::stranger) return LogsVerdict::abused;
    if (source.standing == logs::Standing::unclear || !source.oddities.empty()) {
      verdict = LogsVerdict::odd;
    }
  }
  return verdict;
}

std::string logs_json(const ReadLogs& read) { return document(read).dump(2) + "\n"; }

std::string logs_json_line(const ReadLogs& read) { return document(read).dump() + "\n"; }

std::string alert_json_line(const RelayAlert& alert) {
  const Json json = {{"schema", "relayproof/logs-alert/1"},
                     {"when", time_or_null(alert.when)},
                     {"standing", to_string(alert.standing)},
                     {"name", json_text(alert.name)},
                     {"client_name", text_or_null(alert.client_name)},
                     {"queue_id", json_text(alert.queue_id)},
                     {"sender", json_text(alert.sender)},
                     {"recipient", json_text(alert.recipient)},
                     {"messages", alert.messages}};
  return json.dump() + "\n";
}

}  // namespace relayproof::report
