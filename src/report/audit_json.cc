#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/audit.h"
#include "report/document.h"
#include "report/foreign.h"
#include "report/inside_json.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;
using questions::AuditedDoor;
using questions::AuditedExposure;

Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(json_text(text));
}

Json texts(const std::vector<std::string>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(json_text(item));
  return list;
}

Json place(const SourceRange& where) {
  return {{"file", or_null(where.file)},
          {"line", where.line == 0 ? Json(nullptr) : Json(where.line)}};
}

Json cause_json(const questions::Cause& cause) {
  Json object = place(cause.where);
  object["text"] = json_text(cause.text);
  object["says"] = json_text(cause.says);
  return object;
}

Json exposure_json(const AuditedExposure& exposure) {
  const auto set = clients_json(exposure.exposure.clients);
  Json networks = set["ipv4"];
  for (const auto& network : set["ipv6"]) networks.push_back(network);
  Json object = {{"clients", networks},
                 {"surely", exposure.exposure.surely},
                 {"needs", texts(exposure.needs)},
                 {"witness", attempt_json(exposure.exposure.witness)},
                 {"because", Json::array()}};
  for (const auto& cause : exposure.because) object["because"].push_back(cause_json(cause));
  return object;
}

// Who appears as whom: several entries where clients come in several ways.
Json seen_json(const policy::Policy& policy, const policy::Door& door) {
  Json list = Json::array();
  for (const auto& seen : door.seen) {
    const auto& origin = policy.origins.at(seen.origin);
    Json entry = {{"clients", clients_json(seen.clients)},
                  {"as", seen.as.to_string()},
                  {"how", json_text(seen.how)}};
    entry.update(place(origin.range));
    entry["text"] = or_null(origin.text);
    list.push_back(entry);
  }
  return list;
}

Json door_json(const AuditedDoor& door) {
  Json object = {{"name", json_text(door.name)},
                 {"addresses", texts(door.addresses)},
                 {"port", door.port},
                 {"verdict", questions::to_string(door.verdict)},
                 {"runs", door.runs},
                 {"loopback_only", door.loopback_only},
                 {"reason", json_text(door.runs ? door.reason : door.why_not)},
                 {"relay_without_auth", clients_json(door.relays)},
                 {"may_relay_without_auth", clients_json(door.may_relay)},
                 {"exposures", Json::array()},
                 {"premises", texts(door.premises)},
                 {"assumptions", Json::array()}};
  for (const auto& exposure : door.exposures)
    object["exposures"].push_back(exposure_json(exposure));
  for (const auto& assumption : door.assumptions) {
    Json entry = place(assumption.where);
    entry["text"] = json_text(assumption.text);
    entry["says"] = json_text(assumption.says);
    object["assumptions"].push_back(entry);
  }
  return object;
}

}  // namespace

Json finding_document(const Finding& finding, const FindingNames& names) {
  const auto known = names.find(finding.code);
  const FindingName name = known == names.end() ? FindingName{} : known->second;
  Json object = {{"code", finding.code},
                 {"name", or_null(name.name)},
                 {"severity", to_string(finding.severity)},
                 {"title", or_null(name.title)}};
  object.update(place(finding.where));
  object["says"] = json_text(finding.says);
  object["remedy"] = json_text(finding.remedy);
  return object;
}

Json audit_document(const Audited& audited, const FindingNames& names) {
  const auto& [title, mta, loaded, audit, trusted, seconds] = audited;
  Json object = {{"schema", "relayproof/audit/1"},
                 {"mta", mta},
                 {"version", loaded.version ? Json(json_text(*loaded.version)) : Json(nullptr)},
                 {"files", texts(loaded.files)},
                 {"verdict", questions::to_string(audit.verdict)},
                 {"evidence", "proved"},
                 {"runs", audit.runs},
                 {"responsible_for", texts(loaded.policy.answers_for)},
                 {"listeners", Json::array()},
                 {"findings", Json::array()},
                 {"assumptions", Json::array()},
                 {"settings", Json::array()}};
  for (std::size_t i = 0; i < audit.doors.size(); ++i) {
    object["listeners"].push_back(door_json(audit.doors[i]));
    object["listeners"].back()["seen_as"] = seen_json(loaded.policy, loaded.policy.doors.at(i));
  }
  for (const auto& finding : audit.findings) {
    object["findings"].push_back(finding_document(finding, names));
  }
  for (const auto& assumption : loaded.assumptions) {
    Json entry = place(assumption.where);
    entry["text"] = json_text(assumption.text);
    entry["says"] = json_text(assumption.says);
    entry["decisive"] = assumption.decisive;
    object["assumptions"].push_back(entry);
  }
  for (const auto& setting : loaded.settings) {
    Json entry = {{"name", json_text(setting.name)},
                  {"value", json_text(setting.value)},
                  {"provenance", json_text(setting.provenance)}};
    entry.update(place(setting.where));
    object["settings"].push_back(entry);
  }
  return object;
}

std::string audit_json(const Audited& audited, const FindingNames& names) {
  return audit_document(audited, names).dump(2) + "\n";
}

std::string audit_json_line(const Audited& audited, const FindingNames& names) {
  return audit_document(audited, names).dump() + "\n";
}

std::string audit_run_json(const std::vector<PlacedAudit>& run, const FindingNames& names) {
  auto worst = questions::Verdict::closed;
  auto results = Json::array();
  for (const auto& [path, audited] : run) {
    worst = std::max(worst, audited.audit.verdict);
    results.push_back({{"path", json_text(path)}, {"audit", audit_document(audited, names)}});
  }
  const Json document = {{"schema", "relayproof/audit-run/1"},
                         {"verdict", questions::to_string(worst)},
                         {"results", results}};
  return document.dump(2) + "\n";
}

}  // namespace relayproof::report
