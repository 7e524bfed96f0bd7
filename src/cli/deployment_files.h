// The files of `--deployment`, read in their order, with the variables that they need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "deployment/deployment.h"

namespace relayproof::cli {

/// A folder stands for the compose files in it. `.env` files, those named and the one beside each
/// compose file, give variables; `environment` (`--env`) goes before them. An error is one line
/// with file, line and column.
Result<deployment::Deployment> read_deployment(
    const FileSystem& files, const std::vector<std::string>& paths,
    const std::map<std::string, std::string>& environment);

}  // namespace relayproof::cli
