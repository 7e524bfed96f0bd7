#include "cli/ways_out.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "base/text.h"
#include "cli/disk_files.h"
#include "cli/moved_files.h"
#include "deployment/rearrange.h"
#include "questions/causes.h"
#include "repair/plan.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t most_ways = 3;
constexpr std::size_t most_trials = 100;
constexpr auto patience = std::chrono::seconds(10);

std::string place(const SourceRange& where) {
  if (where.file.empty()) return {};
  const std::string name = where.file.substr(where.file.rfind('/') + 1);
  return where.line == 0 ? name : fmt::format("{}:{}", name, where.line);
}

class Seeker {
 public:
  Seeker(const FoundInstance& instance, const InsideArguments& arguments,
         const std::optional<PastUse>& use, std::vector<report::WayOut>& to)
      : instance_(instance), arguments_(arguments), use_(use), to_(to) {
    audit_.trusted = trusted_of(arguments, instance.configuration.host);
    audit_.strict = arguments.strict;
  }

  void add_edits() {
    const auto& configuration = instance_.configuration;
    const DiskFiles disk(instance_.master ? instance_.master->root : std::string());
    const MovedFiles files(disk, configuration.path,
                           std::string(configuration.dialect->usual_place));
    const repair::Subject subject{configuration.dialect,  &files,
                                  configuration.path,     configuration.host,
                                  arguments_.responsible, instance_.surroundings};
    repair::PlanOptions options;
    options.audit = audit_;
    options.networks = arguments_.trusted;
    options.ways = most_ways;
    options.trials = most_trials;
    options.patience = patience;
    const auto plan = repair::plan(subject, options);
    if (!plan) return;
    for (const auto& way : plan->ways) {
      std::string says;
      for (const auto& step : way.steps) says += (says.empty() ? "" : "; ") + step;
      add(std::move(says), way.losses, way.asks, true);
    }
  }

  void add_rearrangements() {
    if (!instance_.deployed) return;
    auto options = instance_.deployed->options;
    auto plain = reloaded();
    if (!plain) return;
    auto applied = deployment::apply(instance_.deployed->deployment, options, plain->policy);
    if (!applied) return;
    const auto name = applied->front.empty() ? applied->container : applied->front;
    for (const auto& one : deployment::rearrangements(instance_.deployed->deployment, name)) {
      auto loaded = reloaded();
      if (!loaded || !apply_deployment(one.after, options, *loaded)) continue;
      const auto audit = questions::audit(*loaded, audit_);
      if (audit.verdict != questions::Verdict::closed || !audit.runs) continue;
      std::vector<std::string> costs;
      if (!one.costs.empty()) costs.push_back(one.costs);
      const auto at = place(one.where.where);
      add(at.empty() ? one.says : at + "  " + one.says, {}, costs, false);
    }
  }

 private:
  // The configuration without what stands before it.
  std::optional<dialects::Loaded> reloaded() const {
    const auto& configuration = instance_.configuration;
    const DiskFiles disk(instance_.master ? instance_.master->root : std::string());
    const MovedFiles files(disk, configuration.path,
                           std::string(configuration.dialect->usual_place));
    auto loaded = configuration.dialect->load(files, configuration.path, configuration.host);
    if (!loaded) return std::nullopt;
    auto& claims = loaded->policy.answers_for;
    claims.insert(claims.end(), arguments_.responsible.begin(), arguments_.responsible.end());
    return std::move(*loaded);
  }

  void add(std::string says, const questions::Losses& losses, const std::vector<std::string>& asks,
           bool by_fix) {
    report::WayOut way;
    way.instance = instance_.name;
    way.says = std::move(says);
    way.by_fix = by_fix;
    way.loses = asks;
    const auto inner = losses.no_longer() & mail::private_use();
    if (!inner.empty()) {
      const auto used = use_ ? use_of(*use_, inner) : std::string();
      way.loses.push_back(questions::clients_in_words(inner) + ", who relay no longer" +
                          (used.empty() ? "" : " (" + used + ")"));
    }
    for (const auto& loss : losses.found) {
      if (!loss.legitimate) continue;
      way.loses.push_back(fmt::format("{} at {}: {}", questions::clients_in_words(loss.clients),
                                      escape_foreign(loss.door, 40), to_string(loss.kind)));
    }
    to_.push_back(std::move(way));
  }

  const FoundInstance& instance_;
  const InsideArguments& arguments_;
  const std::optional<PastUse>& use_;
  std::vector<report::WayOut>& to_;
  questions::AuditOptions audit_;
};

}  // namespace

void add_ways_out(const FoundInstance& instance, const InsideArguments& arguments,
                  const std::optional<PastUse>& use, std::vector<report::WayOut>& to) {
  Seeker seeker(instance, arguments, use, to);
  seeker.add_rearrangements();
  seeker.add_edits();
}

}  // namespace relayproof::cli
