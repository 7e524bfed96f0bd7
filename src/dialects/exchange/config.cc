#include "dialects/exchange/config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dialects/exchange/from_records.h"
#include "dialects/exchange/node.h"
#include "dialects/exchange/recognise.h"

namespace relayproof::exchange {
namespace {

// A connector of Exchange takes some 1,300.
constexpr std::size_t most_ranges = 20'000;
constexpr std::size_t most_connectors = 2'000;
constexpr std::size_t most_bindings = 256;

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
    if (connector.bindings.size() > most_bindings) {
      return failure("more Bindings than any server has", connector.bindings_place.where);
    }
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
      auto connector = connector_of(record, to_.connectors.size() + 1);
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
