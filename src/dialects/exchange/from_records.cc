#include "dialects/exchange/from_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/exchange/export_text.h"

namespace relayproof::exchange {
namespace {

struct Named {
  std::string_view name;
  unsigned value;
};
constexpr std::array<Named, 7> group_names = {{{"none", 0},
                                               {"anonymoususers", anonymous_users},
                                               {"exchangeusers", exchange_users},
                                               {"exchangeservers", exchange_servers},
                                               {"exchangelegacyservers", exchange_legacy_servers},
                                               {"partners", partners},
                                               {"custom", custom}}};
constexpr std::array<Named, 7> mechanism_names = {
    {{"none", 0},
     {"tls", tls},
     {"integrated", integrated},
     {"basicauth", basic_auth},
     {"basicauthrequiretls", basic_auth_require_tls},
     {"exchangeserver", exchange_server},
     {"externalauthoritative", external_authoritative}}};
// In the order of the enumeration AcceptedDomainType.
constexpr std::array<std::string_view, 3> domain_types = {"authoritative", "externalrelay",
                                                          "internalrelay"};

// Of the enumeration ActiveDirectoryRights; it is part of GenericAll.
constexpr unsigned extended_right = 256;

tl::unexpected<Error> wrong(const std::string& what, std::string_view text,
                            const SourceRange& where) {
  return failure(what + ": `" + escape_foreign(text, 80) + '`', where);
}

std::string shown(const Property& property) {
  return excerpt(property.name + ": " + fmt::format("{}", fmt::join(property.values, ", ")));
}

Place place_of(const Record& record, std::string_view name) {
  const auto* property = record.find(name);
  if (property == nullptr) return {record.where, std::string(name)};
  return {property->where, shown(*property)};
}

std::optional<unsigned> number_of(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Flags by name or as the number that the enumeration is.
template <std::size_t size>
Result<unsigned> flags_of(const Property& property, const std::array<Named, size>& names) {
  unsigned flags = 0;
  for (const auto& value : property.values) {
    for (const auto& piece : pieces_of(value)) {
      const auto* const named = std::find_if(names.begin(), names.end(), [&](const Named& each) {
        return equals_ignoring_case(each.name, piece);
      });
      const auto number = number_of(piece);
      if (named == names.end() && (!number || *number > 63)) {
        return wrong(property.name + " has a value that is not known", piece, property.where);
      }
      flags |= named == names.end() ? *number : named->value;
    }
  }
  return flags;
}

Result<bool> truth_of(const Record& record, std::string_view name, bool otherwise) {
  const auto text = record.text(name);
  if (text.empty()) return otherwise;
  if (equals_ignoring_case(text, "true")) return true;
  if (equals_ignoring_case(text, "false")) return false;
  const auto& property = *record.find(name);
  return wrong(property.name + " is neither True nor False", text, property.where);
}

std::string server_of(const Record& record, std::string_view identity, const ConnectorId& id) {
  const auto text = record.text("server");
  const bool is_path = text.find_first_of("=/") != std::string::npos;
  if (!text.empty()) return is_path ? connector_id(text).name : text;
  const auto backslash = identity.find('\\');
  return backslash == std::string_view::npos ? id.server
                                             : std::string(identity.substr(0, backslash));
}

class ConnectorReader {
 public:
  ConnectorReader(const Record& record, std::size_t number) : record_(record), number_(number) {}

  Result<Connector> run() {
    name();
    const std::array<Result<bool> (ConnectorReader::*)(), 5> steps = {
        &ConnectorReader::switches, &ConnectorReader::bindings, &ConnectorReader::ranges,
        &ConnectorReader::groups, &ConnectorReader::mechanisms};
    for (const auto step : steps) {
      const auto done = (this->*step)();
      if (!done) return tl::unexpected(done.error());
    }
    capabilities();
    return std::move(to_);
  }

 private:
  void name() {
    const auto identity = record_.text("identity");
    const auto id = connector_id(identity.empty() ? record_.text("distinguishedname") : identity);
    to_.server = server_of(record_, identity, id);
    to_.name = record_.text("name");
    if (to_.name.empty()) {
      const auto slash = identity.find('\\');
      to_.name = slash == std::string::npos ? identity : identity.substr(slash + 1);
    }
    if (to_.name.empty()) to_.name = "connector " + std::to_string(number_);
    to_.id = {to_lower(to_.server), to_lower(to_.name)};
    to_.place = {record_.where, to_.name};
    to_.role = record_.text("transportrole");
    if (to_.role == "32") to_.role = "HubTransport";
    if (to_.role == "16384") to_.role = "FrontendTransport";
  }

  Result<bool> switches() {
    const auto enabled = truth_of(record_, "enabled", true);
    if (!enabled) return enabled;
    const auto requires_tls = truth_of(record_, "requiretls", false);
    if (!requires_tls) return requires_tls;
    to_.enabled = *enabled;
    to_.requires_tls = *requires_tls;
    return true;
  }

  Result<bool> bindings() {
    to_.bindings_place = place_of(record_, "bindings");
    const auto* property = record_.find("bindings");
    if (property->cut_off) {
      return failure(
          "the list of Bindings is cut off: set $FormatEnumerationLimit = -1 and export "
          "again",
          property->where);
    }
    for (const auto& value : property->values) {
      for (const auto& piece : pieces_of(value)) {
        const auto binding = parse_binding(piece);
        if (!binding) return wrong("not an address and a port", piece, property->where);
        to_.bindings.push_back(*binding);
      }
    }
    return true;
  }

  Result<bool> ranges() {
    to_.ranges_place = place_of(record_, "remoteipranges");
    const auto* property = record_.find("remoteipranges");
    to_.ranges_cut_off = property->cut_off;
    for (const auto& value : property->values) {
      for (const auto& piece : pieces_of(value)) {
        if (piece == "...") {
          to_.ranges_cut_off = true;
          continue;
        }
        auto clients = parse_range(piece);
        if (!clients) return wrong("not an address, a network or a range", piece, property->where);
        to_.ranges.push_back({piece, std::move(*clients)});
      }
    }
    // Every connector has some: where none is shown they were lost on the way.
    if (to_.ranges.empty()) to_.ranges_cut_off = true;
    return true;
  }

  Result<bool> groups() {
    to_.groups_place = place_of(record_, "permissiongroups");
    const auto* property = record_.find("permissiongroups");
    if (property == nullptr || property->values.empty()) return true;
    const auto groups = flags_of(*property, group_names);
    if (!groups) return tl::unexpected(groups.error());
    to_.groups = *groups;
    to_.groups_known = !property->cut_off;
    return true;
  }

  Result<bool> mechanisms() {
    to_.mechanisms_place = place_of(record_, "authmechanism");
    const auto* property = record_.find("authmechanism");
    if (property == nullptr || property->values.empty()) return true;
    const auto mechanisms = flags_of(*property, mechanism_names);
    if (!mechanisms) return tl::unexpected(mechanisms.error());
    to_.mechanisms = *mechanisms;
    to_.mechanisms_known = !property->cut_off;
    return true;
  }

  // `Domain:Capability`; whoever has the domain's certificate is whom the owner means.
  void capabilities() {
    to_.capabilities_place = place_of(record_, "tlsdomaincapabilities");
    const auto* property = record_.find("tlsdomaincapabilities");
    if (property == nullptr) return;
    for (const auto& value : property->values) {
      const auto lower = to_lower(value);
      const bool grants = lower.find("crossforest") != std::string::npos;
      const bool anybody = lower.starts_with("no-tls") || lower.starts_with("*:");
      to_.gives_rights_by_tls = to_.gives_rights_by_tls || property->cut_off || (grants && anybody);
    }
  }

  const Record& record_;
  std::size_t number_;
  Connector to_;
};

bool is_true(const Record& record, std::string_view name) {
  return equals_ignoring_case(record.text(name), "true");
}

}  // namespace

Result<Connector> connector_of(const Record& record, std::size_t number) {
  return ConnectorReader(record, number).run();
}

Permission permission_of(const Record& record) {
  Permission to;
  to.connector = connector_id(record.text("identity"));
  to.user = record.text("user");
  to.sid = record.text("usersid");
  to.denies = is_true(record, "deny");
  to.is_inherited = is_true(record, "isinherited");
  const auto* access = record.find("accessrights");
  bool extended = access == nullptr || access->values.empty();
  for (const auto& value : access == nullptr ? std::vector<std::string>{} : access->values) {
    const auto lower = to_lower(value);
    to.has_all_rights = to.has_all_rights || lower.find("genericall") != std::string::npos;
    const auto flags = number_of(value);
    extended = extended || lower.find("extendedright") != std::string::npos ||
               (flags && (*flags & extended_right) != 0);
  }
  const auto* rights = record.find("extendedrights");
  if (rights == nullptr) rights = record.find("rights");
  if (rights != nullptr) {
    to.cut_off = rights->cut_off;
    for (const auto& value : rights->values) {
      for (const auto& piece : pieces_of(value)) {
        to.cut_off = to.cut_off || piece == "...";
        to.rights.push_back(to_lower(piece));
      }
    }
  }
  if (access != nullptr && !access->values.empty() && extended && to.rights.empty()) {
    to.has_all_rights = true;
  }
  to.place = {record.where, excerpt(to.user + (to.denies ? " may not: " : " may: ") +
                                    fmt::format("{}", fmt::join(to.rights, ", ")))};
  return to;
}

Result<AcceptedDomain> domain_of(const Record& record) {
  AcceptedDomain to;
  const auto& property = *record.find("domainname");
  auto name = to_lower(trim(record.text("domainname")));
  const auto matches = truth_of(record, "matchsubdomains", false);
  if (!matches) return tl::unexpected(matches.error());
  if (name.starts_with("*.")) {
    name = name.substr(2);
    to.with_subdomains = true;
  }
  to.with_subdomains = to.with_subdomains || *matches;
  if (name.empty() || (name != "*" && name.find('*') != std::string::npos)) {
    return wrong("not the name of a domain", record.text("domainname"), property.where);
  }
  to.name = std::move(name);
  to.is_default = is_true(record, "default");
  to.identity = record.text("identity");
  if (to.identity.empty()) to.identity = record.text("name");
  const auto type = record.text("domaintype");
  const auto number = number_of(type);
  for (std::size_t i = 0; i < domain_types.size(); ++i) {
    if (equals_ignoring_case(domain_types[i], type) || number == i) {
      to.type = static_cast<AcceptedDomain::Type>(i);
    }
  }
  to.place = {property.where, shown(property)};
  return to;
}

}  // namespace relayproof::exchange
