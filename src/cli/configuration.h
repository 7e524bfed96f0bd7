// The configuration that a command is about: found, recognised, read.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/inside_arguments.h"
#include "deployment/apply.h"
#include "dialects/dialect.h"

namespace relayproof::cli {

/// A configuration with the dialect that read it.
struct Configuration {
  const dialects::Dialect* dialect = nullptr;
  std::string path;
  dialects::Host host;  ///< as it was completed
  dialects::Loaded loaded;
};

/// `path` empty: what is installed here, with the facts of this machine unless they were given.
/// `-`: standard input. An error is one line with file, line and column.
Result<Configuration> load_configuration(const InsideArguments& arguments, const std::string& path);

/// Changes the doors as the deployment has them; what had to be taken for granted becomes an
/// assumption.
Result<bool> apply_deployment(const deployment::Deployment& deployment,
                              const deployment::ApplyOptions& options, dialects::Loaded& loaded);

/// Applies what stands before a server to what was loaded; null: nothing does.
using Surroundings = std::function<Result<bool>(dialects::Loaded&)>;

/// What `--deployment` names, for configurations of this host.
Result<Surroundings> surroundings_of(const InsideArguments& arguments, const dialects::Host& host);

/// Who may relay by right: loopback, the host's own addresses, and `--trusted`.
mail::IpSet trusted_of(const InsideArguments& arguments, const dialects::Host& host);

}  // namespace relayproof::cli
