// What the server itself answers to the attempts that the proof rests on (`--ask-mta`).
#pragma once

#include <vector>

#include "cli/instances.h"
#include "report/check.h"

namespace relayproof::cli {

/// For each door a witness, or a stranger where there is none: a session up to RCPT that the
/// server plays by itself (`exim -bh`), or with XCLIENT on loopback where it allows that, and
/// `postmap -q` for the tables in the lines to blame. What could not be asked says why.
void add_second_opinions(const FoundInstance& instance, const questions::Audit& audit,
                         std::vector<report::SecondOpinion>& to);

}  // namespace relayproof::cli
