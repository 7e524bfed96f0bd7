// The exit statuses of monitoring plugins, which the program keeps to in all its commands.
#pragma once

#include <span>

#include "crosscheck/crosscheck.h"
#include "probe/observation.h"
#include "questions/audit.h"

namespace relayproof::cli {

inline constexpr int ok = 0;
inline constexpr int warning = 1;
inline constexpr int critical = 2;
inline constexpr int unknown = 3;

int exit_status(const probe::Run& run);
/// Closed with findings of severity medium or worse is a warning.
int exit_status(const questions::Audit& audit);
/// Of a check: its verdict, then the findings of both sides.
int exit_status(const crosscheck::CrossCheck& cross, std::span<const questions::Audit> audits);
/// Of several targets: critical before unknown before warning before ok.
int worse(int a, int b);

}  // namespace relayproof::cli
