// The exit statuses of monitoring plugins, which the program keeps to in all its commands.
#pragma once

#include "probe/observation.h"

namespace relayproof::cli {

inline constexpr int ok = 0;
inline constexpr int warning = 1;
inline constexpr int critical = 2;
inline constexpr int unknown = 3;

int exit_status(const probe::Run& run);
/// Of several targets: critical before unknown before warning before ok.
int worse(int a, int b);

}  // namespace relayproof::cli
