#include <nlohmann/json.hpp>

#include "report/check.h"
#include "report/document.h"
#include "report/foreign.h"
#include "report/inside_json.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;

Json door_json(const probe::Target& door) {
  return {{"address", door.address.to_string()},
          {"port", door.port},
          {"tls", mail::to_string(door.tls)}};
}

Json agreement_json(const crosscheck::Agreement& both) {
  return {{"instance", both.instance.empty() ? Json(nullptr) : Json(json_text(both.instance))},
          {"door", door_json(both.door)},
          {"relation", to_string(both.relation)},
          {"outside", json_text(both.outside)},
          {"inside", json_text(both.inside)},
          {"code", both.code.empty() ? Json(nullptr) : Json(both.code)},
          {"says", json_text(both.says)},
          {"compared", both.compared},
          {"differing", both.differing}};
}

Json seen_json(const crosscheck::SeenAs& seen) {
  return {{"door", door_json(seen.door)},
          {"asked_from", seen.asked_from.to_string()},
          {"seen_as", seen.saw.to_string()},
          {"evidence", seen.by_log ? "demonstrated" : "observed"},
          {"log", seen.log.empty() ? Json(nullptr) : Json(json_text(seen.log))},
          {"line", sentence(seen.line, json_text_bytes)}};
}

Json opinion_json(const SecondOpinion& opinion) {
  return {{"instance", json_text(opinion.instance)},
          {"how", json_text(opinion.how)},
          {"attempt", attempt_json(opinion.attempt)},
          {"predicted", to_string(opinion.predicted)},
          {"answered", opinion.answered ? Json(to_string(*opinion.answered)) : Json(nullptr)},
          {"words", sentence(opinion.words, json_text_bytes)}};
}

Json abuse_json(const Abuse& abuse) {
  Json clients = Json::array();
  for (const auto& client : abuse.clients) clients.push_back(json_text(client));
  return {{"instance", json_text(abuse.instance)},
          {"log", json_text(abuse.log)},
          {"messages", abuse.messages},
          {"queued", abuse.queued},
          {"clients", std::move(clients)},
          {"says", json_text(abuse.says)}};
}

Json way_json(const WayOut& way) {
  Json loses = Json::array();
  for (const auto& text : way.loses) loses.push_back(json_text(text));
  return {{"instance", json_text(way.instance)},
          {"says", sentence(way.says, json_text_bytes)},
          {"loses", std::move(loses)},
          {"by_fix", way.by_fix}};
}

Json document(const Checked& checked, const FindingNames& names, const Meta& meta) {
  const auto& cross = checked.cross;
  Json object = {
      {"schema", "relayproof/check/1"},
      {"verdict", questions::to_string(cross.verdict)},
      {"evidence", cross.evidence},
      {"reason", json_text(cross.reason)},
      {"outside", checked.run == nullptr ? Json(nullptr) : run_document(*checked.run, meta)},
      {"inside", Json::array()},
      {"agreement", Json::array()},
      {"seen_as", Json::array()},
      {"second_opinions", Json::array()},
      {"findings", Json::array()},
      {"abuse", Json::array()},
      {"ways_out", Json::array()},
      {"not_read", Json::array()},
      {"next", Json::array()}};
  for (const auto& one : checked.inside) {
    object["inside"].push_back(
        {{"instance", json_text(one.name)}, {"audit", audit_document(one.audited, names)}});
  }
  for (const auto& both : cross.agreement) object["agreement"].push_back(agreement_json(both));
  for (const auto& seen : checked.seen) object["seen_as"].push_back(seen_json(seen));
  for (const auto& opinion : checked.opinions) {
    object["second_opinions"].push_back(opinion_json(opinion));
  }
  for (const auto& finding : cross.findings) {
    object["findings"].push_back(finding_document(finding, names));
  }
  for (const auto& abuse : checked.abuse) object["abuse"].push_back(abuse_json(abuse));
  for (const auto& way : checked.ways) object["ways_out"].push_back(way_json(way));
  for (const auto& text : checked.not_read) object["not_read"].push_back(json_text(text));
  for (const auto& text : checked.next) object["next"].push_back(json_text(text));
  return object;
}

}  // namespace

std::string checked_json(const Checked& checked, const FindingNames& names, const Meta& meta) {
  return document(checked, names, meta).dump(2) + "\n";
}

std::string checked_json_line(const Checked& checked, const FindingNames& names, const Meta& meta) {
  return document(checked, names, meta).dump() + "\n";
}

}  // namespace relayproof::report
