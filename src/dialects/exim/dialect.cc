#include "dialects/exim/dialect.h"

#include <array>
#include <set>

#include "base/text.h"
#include "dialects/exim/config.h"
#include "dialects/exim/coverage.h"
#include "dialects/exim/debian.h"
#include "dialects/exim/fidelity.h"
#include "dialects/exim/findings.h"
#include "dialects/exim/locate.h"
#include "dialects/exim/lower.h"
#include "dialects/exim/lowering.h"
#include "dialects/exim/other_places.h"
#include "dialects/exim/remedies.h"

namespace relayproof::dialects::exim {
namespace {

namespace native = relayproof::exim;

// What people ask for when they ask who may relay.
constexpr auto shown_settings = std::to_array<std::string_view>(
    {"primary_hostname",      "qualify_domain",        "qualify_recipient",
     "acl_smtp_connect",      "acl_smtp_helo",         "acl_smtp_mail",
     "acl_smtp_rcpt",         "acl_smtp_predata",      "acl_smtp_data",
     "daemon_smtp_ports",     "local_interfaces",      "tls_on_connect_ports",
     "tls_advertise_hosts",   "auth_advertise_hosts",  "percent_hack_domains",
     "allow_domain_literals", "host_lookup",           "hosts_proxy",
     "hosts_require_helo",    "host_reject_connection"});

std::vector<EffectiveSetting> settings_of(const native::Config& config) {
  std::vector<EffectiveSetting> settings;
  for (const auto name : shown_settings) {
    const auto* option = config.find(name);
    if (option == nullptr) continue;
    settings.push_back({option->name, option->value, option->line.where.file, option->line.where});
  }
  for (const auto& list : config.lists) {
    settings.push_back({list.name, list.value, list.line.where.file, list.line.where});
  }
  return settings;
}

std::string relative(const std::string& path, const std::string& folder) {
  if (path.size() <= folder.size() + 1 || !path.starts_with(folder) || path[folder.size()] != '/') {
    return path;
  }
  return path.substr(folder.size() + 1);
}

// Names of the system's users count only where nothing else knows more of them (nsswitch.conf).
std::optional<std::vector<std::string>> read_users(const FileSystem& files) {
  const auto services = files.read("/etc/nsswitch.conf");
  const auto users = files.read("/etc/passwd");
  if (!services || !users) return std::nullopt;
  bool only_files = false;
  for (const auto line : split(**services, '\n')) {
    const auto text = trim(line.substr(0, line.find('#')));
    if (text.starts_with("passwd:")) only_files = trim(text.substr(7)) == "files";
  }
  if (!only_files) return std::nullopt;
  std::vector<std::string> names;
  for (const auto line : split(**users, '\n')) {
    const auto name = line.substr(0, line.find(':'));
    if (!name.empty() && name.size() < line.size()) names.emplace_back(name);
  }
  return names;
}

// What is told beside the policy.
void describe(const native::Config& config, const native::Lowering& lowering,
              const std::string& folder, Loaded& loaded) {
  if (!config.read.problems.empty()) {
    loaded.runs = false;
    const auto& first = config.read.problems.front();
    loaded.why_not = to_string(first.where) + ": " + first.says;
  }
  for (const auto& gap : config.read.gaps) {
    loaded.assumptions.push_back({gap.where, gap.text, gap.why, true});
  }
  for (const auto& note : lowering.notes) {
    loaded.assumptions.push_back({note.where, note.text, note.says, note.decisive});
  }
  loaded.coverage = native::coverage(lowering);
  for (const auto& name : config.read.files) loaded.files.push_back(relative(name, folder));
  for (const auto& name : lowering.table_files) loaded.files.push_back(relative(name, folder));
  loaded.tables = lowering.table_files.size();
  loaded.settings = settings_of(config);
}

Result<Loaded> load(const FileSystem& disk, const std::string& path, const Host& host) {
  const auto file = native::locate(disk, path);
  if (!file) return failure("no configuration of Exim", {path, 0, 0});
  const native::OtherPlaces files(disk, path_in(*file, ".."));
  const auto content = files.read(*file);
  if (!content) return tl::unexpected(content.error());
  Loaded loaded;
  native::Source source{*file, **content, {}};
  if (native::is_debian_answers(**content)) {
    auto generated = native::generate_debian(files, *file, host.hostname);
    if (!generated) return tl::unexpected(generated.error());
    source = std::move(generated->source);
    if (generated->stands_in) {
      loaded.assumptions.push_back({{*file, 0, 0},
                                    "exim4.conf.template",
                                    "is not here: Debian's own stands in",
                                    generated->lacks_parts});
    }
  }
  const auto config = native::parse(native::read_lines(files, source), *file);
  native::PolicyBuilder builder(loaded.policy);
  native::Lowering lowering{config, files, host, builder};
  lowering.users = read_users(files);
  native::lower(lowering);
  loaded.findings = native::findings(lowering);
  describe(config, lowering, path_in(*file, ".."), loaded);
  loaded.version = host.mta_version;
  return loaded;
}

bool recognise(const FileSystem& files, const std::string& path) {
  return native::locate(files, path).has_value();
}

}  // namespace

const Dialect dialect = {
    .name = "exim",
    .title = "Exim",
    .usual_place = "/etc/exim4",
    .recognise = recognise,
    .load = load,
    .fidelity = native::fidelity,
    .remedies = native::remedies,
    .upkeep = native::upkeep,
    .listens_as = "exim4 exim",
    .log_files = "/var/log/exim4/mainlog /var/log/exim/mainlog /var/log/exim/main.log",
    .rehearse = native::rehearse,
};

}  // namespace relayproof::dialects::exim
