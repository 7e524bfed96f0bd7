#include "dialects/postfix/postconf_script_load.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "dialects/postfix/dialect.h"
#include "dialects/postfix/findings.h"
#include "dialects/postfix/postconf_script_doubt.h"

namespace relayproof::dialects::postfix {
namespace {

namespace native = relayproof::postfix;

// One way in which the scripts may go: these branches run.
struct Way {
  std::set<std::size_t> running;
  mail::IpSet strangers;  // who relay then
};

Result<Way> look_at(const FileSystem& files, const native::Scripts& scripts,
                    const std::set<std::size_t>& running, const native::Host& host) {
  const auto config = native::read(files, scripts, running, host);
  if (!config) return tl::unexpected(config.error());
  native::TableShelf shelf(files, *config);
  const auto lowered = native::lower(*config, shelf);
  Way way{running, {}};
  if (!lowered.runs) return way;
  mail::IpSet own;
  for (const auto& interface : host.interfaces) own = own | mail::IpSet::of(interface.address);
  way.strangers = native::strangers_who_relay(lowered.policy, own);
  return way;
}

constexpr std::size_t most_branches = 24;

// None of the branches that matter, each alone, all of them: more ways than that nobody means.
std::vector<std::set<std::size_t>> ways_of(const native::Scripts& scripts) {
  auto branches = native::telling_branches(scripts);
  std::vector<std::set<std::size_t>> ways{{}};
  if (branches.size() > 1) ways.emplace_back(branches.begin(), branches.end());
  if (branches.size() > most_branches) branches.resize(most_branches);
  for (const auto branch : branches) ways.push_back({branch});
  return ways;
}

// What is open only if a branch runs, or only if one does not, is not open for certain.
void hang_on_branch(const native::Scripts& scripts, const Way& shown, const Way& closed,
                    policy::Policy& policy) {
  const bool by_running = !shown.running.empty();
  const auto branch = by_running ? *shown.running.begin() : *closed.running.begin();
  const auto& what = scripts.reading.branches.at(branch);
  const std::string says = by_running ? "strangers may relay if this is done: "
                                      : "strangers may relay unless this is done: ";
  native::hang_on(policy,
                  {what.where, what.text, false, says + native::telling_edits(scripts, branch)});
}

// What a closed verdict would have to rest on besides.
std::vector<Assumption> what_is_missing(const native::Scripts& scripts, bool is_whole) {
  std::vector<Assumption> missing;
  const SourceRange where{scripts.files.front(), 0, 0};
  if (!is_whole) {
    missing.push_back(
        {where, "main.cf",
         "is edited here and lies elsewhere: Postfix's defaults stand for the rest. Ask where it "
         "runs: relayproof audit --container NAME, or postconf -n | relayproof audit -",
         true});
  }
  for (const auto& program : scripts.not_here) {
    missing.push_back(
        {where, program, "starts the server, is not here, and may edit main.cf, too", true});
  }
  for (const auto& file : scripts.reading.elsewhere) {
    missing.push_back({file.where, file.text, file.why, true});
  }
  return missing;
}

// Nothing is said of what is not in a file that nobody has seen, nor of tables in another machine.
void drop_findings_of_the_rest(bool is_whole, std::vector<Finding>& findings) {
  constexpr std::string_view missing_table = "RP1003";
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.code == missing_table || (!is_whole && finding.where.line == 0);
  });
}

Result<Loaded> load_way(const FileSystem& files, const native::Scripts& scripts, const Way& shown,
                        const Way* closed, const native::Host& host, const Finish& finish) {
  const auto config = native::read(files, scripts, shown.running, host);
  if (!config) return tl::unexpected(config.error());
  native::TableShelf shelf(files, *config);
  auto loaded = finish(*config, shelf, native::lower(*config, shelf));
  loaded.findings = native::findings(*config, shelf);
  drop_findings_of_the_rest(config->is_whole(), loaded.findings);
  if (!shown.strangers.empty()) {
    for (const auto& doubt : config->may_close()) native::hang_on(loaded.policy, doubt);
    if (closed != nullptr) hang_on_branch(scripts, shown, *closed, loaded.policy);
    if (native::telling_branches(scripts).size() > most_branches) {
      native::hang_on(loaded.policy, {{scripts.files.front(), 0, 0},
                                      "conditions",
                                      false,
                                      "there are more than can be followed"});
    }
  }
  // Who starts it may set what the script leaves to him: nothing is proved closed then.
  for (auto& assumption : loaded.assumptions) {
    if (config->is_whole() && assumption.text == "--env") assumption.decisive = true;
  }
  const auto missing = what_is_missing(scripts, config->is_whole());
  loaded.assumptions.insert(loaded.assumptions.begin(), missing.begin(), missing.end());
  for (std::size_t i = 1; i < scripts.files.size(); ++i) {
    loaded.files.push_back(relative(scripts.files[i], scripts.folder));
  }
  return loaded;
}

}  // namespace

std::string by_hand(const native::Scripts& scripts, const std::vector<Finding>& findings) {
  std::string text = "a script makes this configuration; edit it by hand";
  const auto worst = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity >= Severity::high && finding.where.line != 0;
  });
  if (worst != findings.end()) {
    text += ", at " + relative(to_string(worst->where), scripts.folder) + ": " + worst->says;
  }
  return text;
}

Result<Loaded> load_scripts(const FileSystem& files, const native::Scripts& scripts,
                            const native::Host& host, const Finish& finish) {
  std::vector<Way> ways;
  for (const auto& running : ways_of(scripts)) {
    auto way = look_at(files, scripts, running, host);
    if (!way) return tl::unexpected(way.error());
    ways.push_back(std::move(*way));
  }
  // The way that lets in most, of several the one that needs the fewest branches; and one that
  // keeps out some of them.
  const auto* shown = &ways.front();
  for (const Way& way : ways) {
    const auto rank = [](const Way& one) {
      return std::make_tuple(one.strangers.size_v4(), one.strangers.size_v6(),
                             most_branches + 1 - std::min(one.running.size(), most_branches));
    };
    if (rank(way) > rank(*shown)) shown = &way;
  }
  const Way* closed = nullptr;
  for (const Way& way : ways) {
    if (closed == nullptr && !shown->strangers.is_subset_of(way.strangers)) closed = &way;
  }
  return load_way(files, scripts, *shown, closed, host, finish);
}

}  // namespace relayproof::dialects::postfix
