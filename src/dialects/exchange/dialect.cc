#include "dialects/exchange/dialect.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialects/exchange/config.h"
#include "dialects/exchange/fidelity.h"
#include "dialects/exchange/findings.h"
#include "dialects/exchange/internet_mail_service.h"
#include "dialects/exchange/lower.h"
#include "dialects/exchange/recognise.h"
#include "dialects/exchange/remedies.h"

namespace relayproof::dialects::exchange {
namespace {

namespace native = relayproof::exchange;

std::string relative(const std::string& path, const std::string& folder) {
  if (folder.empty() || !path.starts_with(folder + '/')) return path;
  return path.substr(folder.size() + 1);
}

void add_setting(const native::Connector& connector, const native::Place& place,
                 std::string_view name, Loaded& loaded) {
  const auto colon = place.text.find(": ");
  if (colon == std::string::npos) return;
  loaded.settings.push_back({connector.title() + ' ' + std::string(name),
                             place.text.substr(colon + 2), "export", place.where});
}

void list_settings(const native::Export& all, Loaded& loaded) {
  for (const auto& connector : all.connectors) {
    add_setting(connector, connector.bindings_place, "Bindings", loaded);
    add_setting(connector, connector.ranges_place, "RemoteIPRanges", loaded);
    add_setting(connector, connector.groups_place, "PermissionGroups", loaded);
    add_setting(connector, connector.mechanisms_place, "AuthMechanism", loaded);
    if (!connector.enabled) {
      loaded.settings.push_back(
          {connector.title() + " Enabled", "False", "export", connector.place.where});
    }
  }
}

// A file, or the only one of its kind in a folder.
std::optional<std::string> registry_export(const FileSystem& files, const std::string& path) {
  const bool is_folder = files.info(path).kind == FileInfo::Kind::folder;
  const auto candidates =
      is_folder ? native::export_files(files, path) : std::vector<std::string>{path};
  for (const auto& file : candidates) {
    const auto bytes = files.read(file);
    if (bytes && native::content_of(**bytes) == native::Content::registry) return file;
  }
  return std::nullopt;
}

Result<Loaded> load_registry(const FileSystem& files, const std::string& file) {
  const auto bytes = files.read(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto text = native::ExportText::decode(file, **bytes);
  if (!text) return tl::unexpected(text.error());
  const auto service = native::parse_registry(*text);
  if (!service) return tl::unexpected(service.error());
  auto lowered = native::lower(*service);
  Loaded loaded;
  loaded.policy = std::move(lowered.policy);
  loaded.assumptions = std::move(lowered.assumptions);
  loaded.version = "5.5";
  loaded.files = {file.substr(file.rfind('/') + 1)};
  loaded.coverage = {{service->key, "MSExchangeIMC\\Parameters", Understood::understood, {}}};
  loaded.findings = native::findings(*service);
  return loaded;
}

Result<Loaded> load(const FileSystem& files, const std::string& path, const Host& host) {
  if (const auto registry = registry_export(files, path)) return load_registry(files, *registry);
  auto all = native::read(files, path);
  if (!all) return tl::unexpected(all.error());
  auto lowered = native::lower(*all, host);
  Loaded loaded;
  loaded.policy = std::move(lowered.policy);
  loaded.assumptions = std::move(lowered.assumptions);
  loaded.version = all->version;
  for (const auto& file : all->files) loaded.files.push_back(relative(file, path));
  loaded.coverage = all->coverage;
  loaded.findings = native::findings(*all);
  list_settings(*all, loaded);
  return loaded;
}

}  // namespace

const Dialect dialect = {
    .name = "exchange",
    .title = "Exchange",
    .usual_place = {},
    .recognise = native::recognise,
    .load = load,
    .fidelity = native::fidelity,
    .remedies = native::remedies,
};

}  // namespace relayproof::dialects::exchange
