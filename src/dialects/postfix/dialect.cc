#include "dialects/postfix/dialect.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/coverage.h"
#include "dialects/postfix/findings.h"
#include "dialects/postfix/lower.h"
#include "dialects/postfix/postconf_script.h"
#include "dialects/postfix/postconf_script_load.h"
#include "dialects/postfix/remedies.h"
#include "dialects/postfix/runs.h"
#include "dialects/postfix/table_shelf.h"

namespace relayproof::dialects::postfix {
namespace {

namespace native = relayproof::postfix;

// What people ask for when they ask who may relay.
constexpr std::array shown_settings = std::to_array<std::string_view>({
    "compatibility_level",
    "myhostname",
    "mydomain",
    "myorigin",
    "inet_interfaces",
    "inet_protocols",
    "proxy_interfaces",
    "mynetworks",
    "mynetworks_style",
    "mydestination",
    "relay_domains",
    "virtual_alias_domains",
    "virtual_mailbox_domains",
    "virtual_alias_maps",
    "transport_maps",
    "relayhost",
    "content_filter",
    "parent_domain_matches_subdomains",
    "smtpd_delay_reject",
    "smtpd_helo_required",
    "smtpd_client_restrictions",
    "smtpd_helo_restrictions",
    "smtpd_sender_restrictions",
    "smtpd_relay_restrictions",
    "smtpd_recipient_restrictions",
    "smtpd_data_restrictions",
    "smtpd_end_of_data_restrictions",
    "smtpd_relay_before_recipient_restrictions",
    "smtpd_restriction_classes",
    "smtpd_reject_unlisted_recipient",
    "permit_mx_backup_networks",
    "allow_untrusted_routing",
    "allow_percent_hack",
    "swap_bangpath",
    "smtpd_sasl_auth_enable",
    "smtpd_sasl_security_options",
    "smtpd_tls_security_level",
    "smtpd_tls_auth_only",
    "smtpd_tls_ask_ccert",
    "smtpd_tls_req_ccert",
    "smtpd_tls_CAfile",
    "relay_clientcerts",
    "smtpd_authorized_xclient_hosts",
    "smtpd_upstream_proxy_protocol",
    "qmqpd_authorized_clients",
});

bool is_shown(std::string_view name) {
  return std::find(shown_settings.begin(), shown_settings.end(), name) != shown_settings.end();
}

SourceRange place_of(const native::Value& value) {
  return value.setting->is_default() ? SourceRange{} : value.setting->where;
}

std::vector<EffectiveSetting> settings_of(const native::Config& config) {
  std::vector<EffectiveSetting> settings;
  for (const auto name : shown_settings) {
    const auto value = config.effective(name);
    settings.push_back({std::string(name), value.text,
                        std::string(to_string(value.setting->provenance)), place_of(value)});
  }
  for (const auto& service : config.services()) {
    std::set<std::string> seen;
    for (const auto& override : service.overrides) {
      if (!is_shown(override->name) || !seen.insert(override->name).second) continue;
      const auto value = config.effective(service, override->name);
      settings.push_back(
          {override->name, value.text, "master.cf " + service.id() + " -o", place_of(value)});
    }
  }
  return settings;
}

Understood understood(native::Support support) {
  switch (support) {
    case native::Support::understood:
      return Understood::understood;
    case native::Support::irrelevant:
      return Understood::irrelevant;
    case native::Support::unsupported:
      return Understood::unsupported;
    case native::Support::unrecognised:
      break;
  }
  return Understood::unrecognised;
}

void cover(const native::Config& config, Loaded& loaded) {
  for (const auto& line : native::coverage(config)) {
    const auto how = understood(line.support);
    loaded.coverage.push_back({line.where, line.text, how, line.why});
    if (how == Understood::unsupported) {
      loaded.assumptions.push_back(
          {line.where, line.text, line.why.empty() ? "is not followed" : line.why, true});
    }
  }
}

void list_files(const native::Config& config, const native::TableShelf& shelf, Loaded& loaded) {
  std::set<std::string> seen;
  const auto add = [&](const std::string& path) {
    if (path.empty() || !seen.insert(path).second) return;
    loaded.files.push_back(relative(path, config.folder()));
  };
  add(config.main_cf());
  add(config.master_cf());
  for (const auto& [name, table] : shelf.opened()) {
    if (table->standing != native::Standing::read || table->file.empty()) continue;
    ++loaded.tables;
    add(table->file);
  }
}

native::Host host_of(const Host& host) {
  native::Host own;
  own.hostname = host.hostname;
  own.interfaces = host.interfaces;
  own.mta_version = host.mta_version;
  own.environment = host.environment;
  return own;
}

// Before 3.0 there was no compatibility_level, and smtpd_relay_restrictions had a gate by default.
// A configuration that says nothing of either, and with which no service of a newer Postfix would
// run, was written for an older one: nobody leaves a server like that.
bool is_for_older_postfix(const native::Config& config, const native::Lowered& lowered) {
  if (config.version_is_known() || config.find("compatibility_level") != nullptr) return false;
  const auto& listeners = lowered.policy.listeners;
  return lowered.runs && !listeners.empty() &&
         std::all_of(listeners.begin(), listeners.end(), [](const policy::Listener& listener) {
           return !listener.runs && native::is_for_want_of_a_gate(listener.why_not);
         });
}

Result<Loaded> load(const FileSystem& files, const std::string& path, const Host& host);

// Nothing, if that one would not run either.
std::optional<Loaded> load_as_older(const FileSystem& files, const std::string& path, Host host) {
  host.mta_version = "2.11";
  auto loaded = load(files, path, host);
  if (!loaded || !loaded->runs) return std::nullopt;
  loaded->version.reset();
  loaded->assumptions.push_back(
      {{},
       "--mta-version",
       "the version of Postfix is not known: 2.11 is assumed, since none from 3.0 on would run "
       "with this configuration (no gate, no compatibility_level)",
       false});
  return std::move(*loaded);
}

Loaded loaded_of(const native::Config& config, const native::TableShelf& shelf,
                 native::Lowered lowered, const Host& host) {
  Loaded loaded;
  loaded.policy = std::move(lowered.policy);
  if (config.version_is_known()) loaded.version = host.mta_version;
  loaded.runs = lowered.runs;
  loaded.why_not = lowered.why_not;
  for (const auto& assumption : config.assumptions()) {
    loaded.assumptions.push_back({{}, assumption.name, assumption.says, false});
  }
  for (const auto& note : lowered.notes) {
    loaded.assumptions.push_back({note.where, note.text, note.says, note.decisive});
  }
  cover(config, loaded);
  loaded.settings = settings_of(config);
  list_files(config, shelf, loaded);
  return loaded;
}

Result<Loaded> load(const FileSystem& files, const std::string& path, const Host& host) {
  if (const auto scripts = native::find_scripts(files, path, host.environment)) {
    return load_scripts(files, *scripts, host_of(host),
                        [&](const native::Config& config, const native::TableShelf& shelf,
                            native::Lowered lowered) {
                          return loaded_of(config, shelf, std::move(lowered), host);
                        });
  }
  const auto config = native::read(files, path, host_of(host));
  if (!config) return tl::unexpected(config.error());
  native::TableShelf shelf(files, *config);
  auto lowered = native::lower(*config, shelf);
  if (is_for_older_postfix(*config, lowered)) {
    if (auto older = load_as_older(files, path, host)) return std::move(*older);
  }
  auto loaded = loaded_of(*config, shelf, std::move(lowered), host);
  loaded.findings = native::findings(*config, shelf);
  return loaded;
}

bool is_scripted(const FileSystem& files, const std::string& path) {
  return native::find_scripts(files, path, {}).has_value();
}

std::vector<Remedy> remedies(const FileSystem& files, const std::string& path, const Host& host,
                             const RemedyRequest& request) {
  if (const auto scripts = native::find_scripts(files, path, host.environment)) {
    const auto loaded = load(files, path, host);
    return {{by_hand(*scripts, loaded ? loaded->findings : std::vector<Finding>{}), {}, 1, {}}};
  }
  return native::remedies(files, path, host_of(host), request);
}

Upkeep upkeep(const FileSystem& files, const std::string& path, const Host& host,
              const std::vector<std::string>& edited) {
  if (is_scripted(files, path)) return {};
  return native::upkeep(files, path, host_of(host), edited);
}

bool is_folder_of_postfix(const FileSystem& files, const std::string& path) {
  return files.info(path_in(path, "main.cf")).kind == FileInfo::Kind::file;
}

// A name that Postfix has, in front of the `=` of most lines.
bool has_parameters(const FileSystem& files, const std::string& path) {
  const auto content = files.read(path);
  if (!content) return false;
  std::size_t known = 0;
  std::size_t lines = 0;
  for (const auto line : split(**content, '\n')) {
    if (line.empty() || line.front() == '#' || line.front() == ' ' || line.front() == '\t') {
      continue;
    }
    ++lines;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    if (native::find_parameter(trim(line.substr(0, equals))) != nullptr) ++known;
  }
  return known > 0 && 2 * known >= lines;
}

bool recognise(const FileSystem& files, const std::string& path) {
  switch (files.info(path).kind) {
    case FileInfo::Kind::folder:
      return is_folder_of_postfix(files, path) || is_scripted(files, path);
    case FileInfo::Kind::file:
      return path.ends_with("main.cf") || has_parameters(files, path) || is_scripted(files, path);
    case FileInfo::Kind::missing:
    case FileInfo::Kind::other:
      break;
  }
  return false;
}

// What tests/lab/fidelity found last; `run --record` writes the file.
constexpr std::string_view fidelity =
#include "dialects/postfix/fidelity.inc"
    ;

}  // namespace

std::string relative(const std::string& path, const std::string& folder) {
  if (folder.empty() || path.size() <= folder.size() + 1) return path;
  if (path.compare(0, folder.size(), folder) != 0 || path[folder.size()] != '/') return path;
  return path.substr(folder.size() + 1);
}

const Dialect dialect = {
    .name = "postfix",
    .title = "Postfix",
    .usual_place = "/etc/postfix",
    .recognise = recognise,
    .load = load,
    .fidelity = fidelity,
    .remedies = remedies,
    .upkeep = upkeep,
    .log_files = "/var/log/postfix.log",
    .journal_units = "postfix*",
    .reads_once = "main.cf master.cf",
};

}  // namespace relayproof::dialects::postfix
