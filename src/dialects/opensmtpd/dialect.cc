#include "dialects/opensmtpd/dialect.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/fidelity.h"
#include "dialects/opensmtpd/findings.h"
#include "dialects/opensmtpd/lower.h"
#include "dialects/opensmtpd/recognise.h"
#include "dialects/opensmtpd/remedies.h"

namespace relayproof::dialects::opensmtpd {
namespace {

namespace native = relayproof::opensmtpd;

std::string relative(const std::string& path, const std::string& folder) {
  if (folder.empty() || !path.starts_with(folder + '/')) return path;
  return path.substr(folder.size() + 1);
}

void cover(const native::Config& config, Loaded& loaded) {
  using How = native::Statement::How;
  for (const auto& statement : config.statements) {
    auto how = Understood::understood;
    if (statement.how == How::irrelevant) how = Understood::irrelevant;
    if (statement.how == How::broken) how = Understood::unrecognised;
    loaded.coverage.push_back({statement.place.where, statement.place.text, how, statement.why});
  }
}

void list_files(const native::Config& config, Loaded& loaded) {
  std::set<std::string> seen;
  for (const auto& file : config.files) {
    if (seen.insert(file).second) loaded.files.push_back(relative(file, config.folder));
  }
  for (const auto& table : config.tables) loaded.tables += table.file.empty() ? 0 : 1;
}

// smtpd's own words, as `smtpd -n` prints them.
void say_whether_it_runs(const native::Config& config, Loaded& loaded) {
  if (config.problems.empty()) return;
  const auto& first = config.problems.front();
  loaded.runs = false;
  loaded.why_not = first.where.file;
  if (first.where.line > 0) loaded.why_not += ':' + std::to_string(first.where.line);
  loaded.why_not += ": " + first.says;
}

std::string_view setting_of(std::string_view statement) {
  return statement.substr(0, statement.find(' '));
}

void list_settings(const native::Config& config, const std::string& hostname, Loaded& loaded) {
  loaded.settings.push_back(
      {"grammar", config.is_old() ? "accept (to 6.3)" : "match (from 6.4)", "smtpd.conf", {}});
  loaded.settings.push_back({"hostname", hostname, "host", {}});
  for (const auto& statement : config.statements) {
    if (statement.how != native::Statement::How::understood) continue;
    const auto& text = statement.place.text;
    const auto name = setting_of(text);
    loaded.settings.push_back(
        {std::string(name), text.substr(std::min(text.size(), name.size() + 1)),
         relative(statement.place.where.file, config.folder), statement.place.where});
  }
}

Result<Loaded> load(const FileSystem& files, const std::string& path, const Host& host) {
  const auto config = native::read(files, path);
  if (!config) return tl::unexpected(config.error());
  auto lowered = native::lower(files, *config, host);
  Loaded loaded;
  loaded.policy = std::move(lowered.policy);
  say_whether_it_runs(*config, loaded);
  for (const auto& note : lowered.notes) {
    loaded.assumptions.push_back({note.place.where, note.place.text, note.says, note.decisive});
  }
  cover(*config, loaded);
  list_files(*config, loaded);
  list_settings(*config, native::hostname_of(files, *config, host), loaded);
  loaded.findings = native::findings(files, *config, host);
  return loaded;
}

}  // namespace

const Dialect dialect = {
    .name = "opensmtpd",
    .title = "OpenSMTPD",
    .usual_place = "/etc/smtpd.conf",
    .recognise = native::recognise,
    .load = load,
    .fidelity = native::fidelity,
    .remedies = native::remedies,
    .upkeep = native::upkeep,
    .listens_as = "smtpd",
    .journal_units = "opensmtpd*",
};

}  // namespace relayproof::dialects::opensmtpd
