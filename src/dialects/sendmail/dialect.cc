#include "dialects/sendmail/dialect.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/config.h"
#include "dialects/sendmail/fidelity.h"
#include "dialects/sendmail/findings.h"
#include "dialects/sendmail/lower.h"
#include "dialects/sendmail/mail_settings.h"
#include "dialects/sendmail/remedies.h"
#include "dialects/sendmail/rule_decision.h"

namespace relayproof::dialects::sendmail {
namespace {

namespace native = relayproof::sendmail;

// Paths as they really are, and in a folder relative to it.
class Paths {
 public:
  Paths(const native::MailSettings& settings, std::string folder)
      : settings_(settings), folder_(std::move(folder)) {}

  void move(SourceRange& where) const { where.file = settings_.place_of(where.file); }

  std::string shown(const std::string& path) const {
    const auto real = settings_.place_of(path);
    return real.starts_with(folder_ + '/') ? real.substr(folder_.size() + 1) : real;
  }

 private:
  const native::MailSettings& settings_;
  std::string folder_;
};

void cover(const native::Config& config, Loaded& loaded) {
  for (const auto& each : config.statements) {
    loaded.coverage.push_back({each.place.where, each.place.text, each.how, each.why});
  }
}

void list_settings(const native::Config& config, const std::string& hostname, const Paths& paths,
                   Loaded& loaded) {
  const auto add = [&](std::string name, std::string value, const SourceRange& where) {
    loaded.settings.push_back({std::move(name), std::move(value), paths.shown(where.file), where});
  };
  loaded.settings.push_back({"$j", hostname, "host", {}});
  for (const auto& [feature, place] : config.features) {
    add("FEATURE", std::string(native::to_string(feature)), place.where);
  }
  for (const auto* name : {"w", "R", "m", "TrustAuthMech", "VirtHost"}) {
    for (const auto& [member, where] : config.class_of(name).members) {
      add("class " + std::string(name), member, where);
    }
  }
  for (const auto& daemon : config.daemons) {
    add("DaemonPortOptions", daemon.place.text, daemon.place.where);
  }
  for (const auto& [name, place] : config.relays) add(name, place.text, place.where);
}

void take_problems(const native::Config& config, const Paths& paths, Loaded& loaded) {
  if (config.problems.empty()) return;
  const auto& first = config.problems.front();
  loaded.runs = false;
  loaded.why_not = paths.shown(first.where.file);
  if (first.where.line > 0) loaded.why_not += ": line " + std::to_string(first.where.line);
  loaded.why_not += ": " + first.says;
}

void take_doubts(const std::vector<native::Doubt>& doubts, Loaded& loaded) {
  for (const auto& each : doubts) {
    loaded.assumptions.push_back({each.place.where, each.place.text, each.says, each.decisive});
  }
}

void move_places(const Paths& paths, Loaded& loaded) {
  for (auto& origin : loaded.policy.origins) paths.move(origin.range);
  for (auto& table : loaded.policy.tables) {
    SourceRange where{table.file, 0, 0};
    paths.move(where);
    table.file = where.file;
  }
  for (auto& each : loaded.assumptions) paths.move(each.where);
  for (auto& each : loaded.findings) paths.move(each.where);
  for (auto& each : loaded.coverage) paths.move(each.where);
  for (auto& each : loaded.settings) paths.move(each.where);
}

Result<Loaded> load(const FileSystem& files, const std::string& path, const Host& host) {
  const auto config = native::read(files, path, host);
  if (!config) return tl::unexpected(config.error());
  const native::MailSettings settings(files, config->folder);
  const Paths paths(settings, config->folder);
  const auto access = native::read_access(settings, *config);
  auto lowered = native::lower(settings, *config, access, host);
  Loaded loaded;
  loaded.policy = std::move(lowered.policy);
  if (!config->version.empty()) loaded.version = config->version;
  take_problems(*config, paths, loaded);
  take_doubts(config->doubts, loaded);
  take_doubts(lowered.notes, loaded);
  cover(*config, loaded);
  std::set<std::string> seen;
  for (const auto& file : config->files) {
    if (seen.insert(file).second) loaded.files.push_back(paths.shown(file));
  }
  if (access.standing == native::Access::Standing::read) {
    loaded.files.push_back(paths.shown(access.map.file));
    ++loaded.tables;
  }
  list_settings(*config, native::hostname_of(*config, host), paths, loaded);
  loaded.findings = native::findings(settings, *config, access);
  native::decide_by_rules(settings, *config, host, loaded);
  move_places(paths, loaded);
  return loaded;
}

bool recognise(const FileSystem& files, const std::string& path) {
  const auto kind = files.info(path).kind;
  if (kind != FileInfo::Kind::folder && kind != FileInfo::Kind::file) return false;
  const auto main = native::main_file(files, path);
  if (main.empty()) return false;
  const auto content = files.read(main);
  return content && (native::looks_like_mc(**content) || native::looks_like_cf(**content));
}

}  // namespace

const Dialect dialect = {
    .name = "sendmail",
    .title = "Sendmail",
    .usual_place = "/etc/mail",
    .recognise = recognise,
    .load = load,
    .fidelity = native::fidelity,
    .remedies = native::remedies,
    .upkeep = native::upkeep,
    .listens_as = "sendmail sendmail-mta",
    .reads_once = "sendmail.cf local-host-names relay-domains trusted-users",
};

}  // namespace relayproof::dialects::sendmail
