#include "dialects/exchange/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/exchange/node.h"
#include "dialects/exchange/recognise.h"

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

// A connector of Exchange takes some 1,300.
constexpr std::size_t most_ranges = 20'000;
constexpr std::size_t most_connectors = 2'000;

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
    extended = extended || lower.find("extendedright") != std::string::npos;
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

bool is_same(const Connector& one, const Connector& other) {
  const auto same_range = [](const RemoteRange& a, const RemoteRange& b) {
    return a.clients == b.clients;
  };
  return one.enabled == other.enabled && one.bindings == other.bindings &&
         one.groups == other.groups && one.mechanisms == other.mechanisms &&
         one.requires_tls == other.requires_tls && one.ranges_cut_off == other.ranges_cut_off &&
         std::equal(one.ranges.begin(), one.ranges.end(), other.ranges.begin(), other.ranges.end(),
                    same_range);
}

class Reader {
 public:
  explicit Reader(const FileSystem& files) : files_(files) {}

  Result<Export> run(const std::string& path) {
    const bool is_folder = files_.info(path).kind == FileInfo::Kind::folder;
    const auto paths = is_folder ? export_files(files_, path) : std::vector<std::string>{path};
    std::optional<Error> script;
    for (const auto& file : paths) {
      const auto done = add_file(file);
      if (done) continue;
      // A script beside the export is no part of it.
      if (!is_script_) return tl::unexpected(done.error());
      if (!script) script = done.error();
    }
    if (!to_.connectors.empty()) {
      tell_servers_apart();
      return std::move(to_);
    }
    if (script) return tl::unexpected(*script);
    return failure(
        "no receive connectors here, with Bindings and RemoteIPRanges: export with "
        "`Get-ReceiveConnector | ConvertTo-Json -Depth 4`",
        {path, 0, 0});
  }

 private:
  void tell_servers_apart() {
    const auto& first = to_.connectors.front().id.server;
    const bool several =
        std::any_of(to_.connectors.begin(), to_.connectors.end(),
                    [&](const Connector& each) { return each.id.server != first; });
    for (auto& connector : to_.connectors) connector.with_server = several;
  }

  Result<bool> add_file(const std::string& file) {
    const auto bytes = files_.read(file);
    if (!bytes) return tl::unexpected(bytes.error());
    is_script_ = content_of(**bytes) == Content::script;
    if (is_script_) {
      return failure(
          "this is a script that works on receive connectors, not what they are: run "
          "contrib/exchange/Export-RelayproofExchange.ps1 on the server, and audit its folder",
          {file, 1, 1});
    }
    const auto text = ExportText::decode(file, **bytes);
    if (!text) return tl::unexpected(text.error());
    const auto records = records_in(*text);
    if (!records) return tl::unexpected(records.error());
    to_.files.push_back(file);
    for (const auto& record : *records) {
      const auto added = add(record);
      if (!added) return added;
    }
    return true;
  }

  static Result<std::vector<Record>> records_in(const ExportText& text) {
    const auto begins = trim(text.text());
    if (!begins.starts_with('<') && !begins.starts_with('{') && !begins.starts_with('[')) {
      return parse_list(text);
    }
    // `[PS] C:\>Get-ReceiveConnector` is the prompt above a list.
    if (begins.starts_with("[PS]")) return parse_list(text);
    const auto root = begins.starts_with('<') ? parse_clixml(text) : parse_json(text);
    if (!root) return tl::unexpected(root.error());
    return records_of(*root);
  }

  // The same one exported twice is one.
  Result<bool> add(Connector connector) {
    for (const auto& known : to_.connectors) {
      if (known.id != connector.id) continue;
      if (is_same(known, connector)) return true;
      return failure("a connector of this name is in " + to_string(known.place.where) +
                         " already, with other settings: export Identity, too, and once",
                     connector.place.where);
    }
    ranges_ += connector.ranges.size() + connector.bindings.size();
    if (ranges_ > most_ranges || to_.connectors.size() >= most_connectors) {
      return failure("more connectors and RemoteIPRanges than any server has",
                     connector.ranges_place.where);
    }
    to_.connectors.push_back(std::move(connector));
    return true;
  }

  Result<bool> add(const Record& record) {
    using dialects::Understood;
    auto how = Understood::understood;
    std::string what;
    if (record.has("bindings") && record.has("remoteipranges")) {
      auto connector = ConnectorReader(record, to_.connectors.size() + 1).run();
      if (!connector) return tl::unexpected(connector.error());
      what = "connector " + connector->name;
      const auto added = add(std::move(*connector));
      if (!added) return added;
    } else if (record.has("user") && (record.has("extendedrights") || record.has("rights") ||
                                      record.has("accessrights"))) {
      to_.permissions.push_back(permission_of(record));
      what = to_.permissions.back().place.text;
    } else if (record.has("domainname")) {
      auto domain = domain_of(record);
      if (!domain) return tl::unexpected(domain.error());
      what = domain->place.text;
      to_.domains.push_back(std::move(*domain));
    } else {
      how = record.has("bindings") ? Understood::unrecognised : Understood::irrelevant;
      const auto version = record.text("admindisplayversion");
      if (!version.empty()) to_.version = version;
      what = record.text("name");
    }
    to_.coverage.push_back({record.where, excerpt(what), how,
                            how == Understood::understood   ? ""
                            : how == Understood::irrelevant ? "nothing that relaying hangs on"
                                                            : "no RemoteIPRanges"});
    return true;
  }

  const FileSystem& files_;
  Export to_;
  std::size_t ranges_ = 0;
  bool is_script_ = false;
};

std::string last_part(std::string_view text, char separator) {
  const auto at = text.rfind(separator);
  return to_lower(at == std::string_view::npos ? text : text.substr(at + 1));
}

// CN=Name,CN=SMTP Receive Connectors,CN=Protocols,CN=Server,...
ConnectorId of_distinguished_name(std::string_view text) {
  std::vector<std::string> parts;
  for (const auto part : split(text, ',')) {
    const auto equals = part.find('=');
    parts.push_back(to_lower(part.substr(equals == std::string_view::npos ? 0 : equals + 1)));
  }
  const auto protocols = std::find(parts.begin(), parts.end(), "protocols");
  const bool has_server = protocols != parts.end() && protocols + 1 != parts.end();
  return {has_server ? *(protocols + 1) : std::string(), parts.front()};
}

// forest/Configuration/.../Servers/Server/Protocols/SMTP Receive Connectors/Name
ConnectorId of_canonical_name(std::string_view text) {
  const auto parts = split(text, '/');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (equals_ignoring_case(parts[i], "protocols")) {
      return {to_lower(parts[i - 1]), to_lower(parts.back())};
    }
  }
  return {"", to_lower(parts.back())};
}

}  // namespace

ConnectorId connector_id(std::string_view identity) {
  identity = trim(identity);
  const auto backslash = identity.find('\\');
  if (starts_with_ignoring_case(identity, "CN=")) return of_distinguished_name(identity);
  if (backslash != std::string_view::npos) {
    return {to_lower(identity.substr(0, backslash)), last_part(identity, '\\')};
  }
  if (identity.find('/') != std::string_view::npos) return of_canonical_name(identity);
  return {"", to_lower(identity)};
}

mail::IpSet Connector::clients() const {
  mail::IpSetBuilder all;
  for (const auto& range : ranges) all.add(range.clients);
  return all.build();
}

Result<Export> read(const FileSystem& files, const std::string& path) {
  return Reader(files).run(path);
}

}  // namespace relayproof::exchange
