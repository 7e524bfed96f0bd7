// What this machine is called, and the addresses it has.
#pragma once

#include "dialects/dialect.h"

namespace relayproof::cli {

/// `given`, completed by what this machine says of itself where nothing was given.
dialects::Host completed_by_this_machine(dialects::Host given);

}  // namespace relayproof::cli
