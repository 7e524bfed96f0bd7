// How published ports are spelt: `25:25`, `127.0.0.1:2525:25/tcp`, `[::1]:25-26:25-26`.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "deployment/deployment.h"

namespace relayproof::deployment {

/// The TCP ports of a short form; empty for UDP. nullopt: it is none. `written` is left empty.
std::optional<std::vector<PublishedPort>> parse_published(std::string_view text);

/// `25` or `25-30`.
std::optional<Ports> parse_ports(std::string_view text);

}  // namespace relayproof::deployment
