// What a container engine says of itself, as JSON: `docker inspect`, `docker network inspect`,
// `docker info --format json`, and its daemon.json. Podman's documents have the same shape.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "deployment/deployment.h"

namespace relayproof::deployment {

/// Adds what the document tells; what runs goes before what a compose file says. Fails on what is
/// no JSON or none of these documents.
Result<bool> read_engine(std::string_view text, const std::string& file, Deployment& to);

}  // namespace relayproof::deployment
