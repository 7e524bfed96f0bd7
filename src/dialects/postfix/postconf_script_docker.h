// A Dockerfile, as far as it runs a shell or sets variables for one (docs.docker.com, Dockerfile
// reference).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/postconf_script_run.h"

namespace relayproof::postfix {

/// True if its first instruction is one that a Dockerfile can begin with.
bool is_dockerfile(std::string_view text);

/// Notes in `run` what the last stage's RUN, COPY, ADD, ENV do, and what ENTRYPOINT and CMD do
/// that have their commands in them. The result is the base names of the programs that the
/// container starts: `docker-entrypoint.sh`.
std::vector<std::string> run_dockerfile(std::string_view text, const std::string& file,
                                        ScriptRun& run);

}  // namespace relayproof::postfix
