// The subcommands. Each returns the exit status.
#pragma once

#include "cli/arguments.h"

namespace relayproof::cli {

int run_command(const Arguments& arguments);

int check(const Arguments& arguments);
int probe(const Arguments& arguments);
int audit(const Arguments& arguments);
int explain(const Arguments& arguments);
int diff(const Arguments& arguments);
int fix(const Arguments& arguments);
int logs(const Arguments& arguments);
int finding(const Arguments& arguments);
int techniques(const Arguments& arguments);
int canary(const Arguments& arguments);
int demo(const Arguments& arguments);

/// `relayproof: …` on standard error; returns `unknown`.
int complain(const Error& error);

}  // namespace relayproof::cli
