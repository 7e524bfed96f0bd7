#include "dialects/exchange/export_writer.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace relayproof::exchange {
namespace {

// Keeps the order of members; bytes that are no UTF-8 are replaced when it is printed.
using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> domain_types = {"Authoritative", "ExternalRelay",
                                                          "InternalRelay"};

Json json_of(const Connector& connector) {
  Json bindings = Json::array();
  for (const auto& binding : connector.bindings) {
    const auto address = binding.address.to_string();
    bindings.push_back((binding.address.is_v6() ? '[' + address + ']' : address) + ':' +
                       std::to_string(binding.port));
  }
  Json ranges = Json::array();
  for (const auto& range : connector.ranges) ranges.push_back(range.text);
  if (connector.ranges_cut_off) ranges.push_back("...");
  Json object = {{"Identity", connector.identity()}, {"Name", connector.name},
                 {"Server", connector.server},       {"Enabled", connector.enabled},
                 {"TransportRole", connector.role},  {"Bindings", bindings},
                 {"RemoteIPRanges", ranges},         {"RequireTLS", connector.requires_tls}};
  if (connector.groups_known) object["PermissionGroups"] = connector.groups;
  if (connector.mechanisms_known) object["AuthMechanism"] = connector.mechanisms;
  if (connector.gives_rights_by_tls) object["TlsDomainCapabilities"] = "*:AcceptCrossForestMail";
  return object;
}

Json json_of(const Permission& permission) {
  const auto& id = permission.connector;
  Json object = {{"Identity", id.server.empty() ? id.name : id.server + '\\' + id.name},
                 {"User", permission.user},
                 {"UserSid", permission.sid},
                 {"Deny", permission.denies},
                 {"IsInherited", permission.is_inherited},
                 {"ExtendedRights", permission.rights}};
  if (permission.cut_off) object["ExtendedRights"].push_back("...");
  if (permission.has_all_rights) object["AccessRights"] = "GenericAll";
  return object;
}

Json json_of(const AcceptedDomain& domain) {
  return {{"Identity", domain.identity},
          {"DomainName", domain.name},
          {"MatchSubDomains", domain.with_subdomains},
          {"Default", domain.is_default},
          {"DomainType", domain_types.at(static_cast<std::size_t>(domain.type))}};
}

template <class Item>
Json those_of(const std::vector<Item>& items, const std::string& file) {
  Json list = Json::array();
  for (const auto& item : items) {
    if (item.place.where.file == file) list.push_back(json_of(item));
  }
  return list;
}

}  // namespace

std::string write_file(const Export& all, const std::string& file) {
  const Json object = {{"connectors", those_of(all.connectors, file)},
                       {"permissions", those_of(all.permissions, file)},
                       {"acceptedDomains", those_of(all.domains, file)}};
  return object.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace relayproof::exchange
