// The end that a person or a service manager asks for.
#pragma once

#include "net/loop.h"

namespace relayproof::net {

/// Returns when the process gets SIGINT or SIGTERM; until then neither ends it.
Task<void> told_to_end();

}  // namespace relayproof::net
