#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/audit.h"
#include "report/foreign.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;
using questions::AuditedDoor;
using questions::AuditedExposure;

// Networks beyond these are not listed one by one; the number of addresses stays exact.
constexpr std::size_t most_networks = 4096;

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

Json clients(const mail::IpSet& set) {
  Json object = {{"ipv4", Json::array()}, {"ipv6", Json::array()}};
  std::size_t count = 0;
  for (const auto& network : set.prefixes()) {
    if (++count > most_networks) break;
    object[network.address.is_v6() ? "ipv6" : "ipv4"].push_back(network.address.to_string() + "/" +
                                                                std::to_string(network.prefix));
  }
  object["addresses"] = set.size_v4();
  object["addresses_ipv6"] = set.size_v6_text();
  object["complete"] = count <= most_networks;
  return object;
}

Json witness_json(const policy::Attempt& attempt) {
  Json object = {{"client", attempt.client.to_string()},
                 {"helo", attempt.helo ? Json(json_text(*attempt.helo)) : Json(nullptr)},
                 {"mail_from", json_text(attempt.mail_from)},
                 {"rcpt_to", json_text(attempt.rcpt_to)}};
  if (attempt.reverse_name) {
    object["ptr"] = json_text(*attempt.reverse_name);
    object["ptr_confirmed"] = attempt.name_confirmed;
  }
  if (attempt.tls) object["tls"] = true;
  if (attempt.certificate != policy::Attempt::Certificate::none) {
    object["client_cert"] =
        attempt.certificate == policy::Attempt::Certificate::trusted ? "trusted" : "self-signed";
  }
  if (attempt.user) object["auth"] = json_text(*attempt.user);
  if (attempt.speaks_for) object["speaks_for"] = attempt.speaks_for->to_string();
  if (attempt.port != 25) object["port"] = attempt.port;
  if (!attempt.after.empty()) object["after"] = texts(attempt.after);
  if (!attempt.headers.empty()) {
    object["headers"] = Json::object();
    for (const auto& line : attempt.headers) {
      const auto colon = line.find(": ");
      object["headers"][json_text(line.substr(0, colon))] =
          colon == std::string::npos ? "" : json_text(line.substr(colon + 2));
    }
  }
  return object;
}

Json cause_json(const questions::Cause& cause) {
  Json object = place(cause.where);
  object["text"] = json_text(cause.text);
  object["says"] = json_text(cause.says);
  return object;
}

Json exposure_json(const AuditedExposure& exposure) {
  const auto set = clients(exposure.exposure.clients);
  Json networks = set["ipv4"];
  for (const auto& network : set["ipv6"]) networks.push_back(network);
  Json object = {{"clients", networks},
                 {"surely", exposure.exposure.surely},
                 {"needs", texts(exposure.needs)},
                 {"witness", witness_json(exposure.exposure.witness)},
                 {"because", Json::array()}};
  for (const auto& cause : exposure.because) object["because"].push_back(cause_json(cause));
  return object;
}

Json door_json(const AuditedDoor& door) {
  Json object = {{"name", json_text(door.name)},
                 {"addresses", texts(door.addresses)},
                 {"port", door.port},
                 {"verdict", questions::to_string(door.verdict)},
                 {"runs", door.runs},
                 {"loopback_only", door.loopback_only},
                 {"reason", json_text(door.runs ? door.reason : door.why_not)},
                 {"relay_without_auth", clients(door.relays)},
                 {"may_relay_without_auth", clients(door.may_relay)},
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

Json finding_json(const Finding& finding, const FindingNames& names) {
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

Json document(const Audited& audited, const FindingNames& names) {
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
  for (const auto& door : audit.doors) object["listeners"].push_back(door_json(door));
  for (const auto& finding : audit.findings) {
    object["findings"].push_back(finding_json(finding, names));
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

}  // namespace

std::string audit_json(const Audited& audited, const FindingNames& names) {
  return document(audited, names).dump(2) + "\n";
}

std::string audit_json_line(const Audited& audited, const FindingNames& names) {
  return document(audited, names).dump() + "\n";
}

}  // namespace relayproof::report
