// The mail servers of this machine: installed, running, in containers, with the configuration that
// is in force for each, and the doors that this machine gives them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/configuration.h"
#include "cli/processes.h"
#include "deployment/deployment.h"

namespace relayproof::cli {

struct FoundInstance {
  std::string name;  ///< `/etc/postfix`, `container mail-postfix-1`
  Configuration configuration;
  std::optional<RunningMaster> master;  ///< nullopt: it does not run
  std::string container;                ///< its name for the engine; empty: none, or not known
  std::string engine;                   ///< `docker` or `podman`, where the container has a name
  std::map<std::uint16_t, std::uint16_t> published;  ///< port of this machine -> its own
  /// With a network of its own: all ports of this machine that lead to it. nullopt: not known.
  std::optional<std::set<std::uint16_t>> reached_at;
  std::optional<std::int64_t> changed_at;  ///< when one of its files changed last
  std::string changed_file;
  /// What stands before it; null: nothing does.
  struct Deployed {
    deployment::Deployment deployment;
    deployment::ApplyOptions options;
  };
  std::shared_ptr<const Deployed> deployed;
  Surroundings surroundings;  ///< applies that
};

struct Found {
  std::vector<FoundInstance> instances;
  std::vector<std::string> not_read;  ///< one sentence for each that could not be read
};

/// Every instance; with `--container` only that one. Fails if there is none, in one sentence.
Result<Found> find_instances(const InsideArguments& arguments);

}  // namespace relayproof::cli
