// What check, probe and demo have in common: one target, from its name to its judged run.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "net/network.h"
#include "report/render.h"

namespace relayproof::cli {

/// Called with the plan before the first connection.
using Announce = std::function<void(const probe::Plan&)>;

/// Resolves, announces, asks. A failure is a target that cannot be asked at all.
net::Task<Result<probe::Run>> ask(net::Network& network, probe::RunOptions options,
                                  Announce announce);

/// The announcement of a plan, for a person.
std::string announcement(const probe::Plan& plan);

/// How text is shown: colour on a terminal unless NO_COLOR is set, UTF-8 by locale.
report::TextOptions text_options(const Arguments& arguments);

/// The dialogues on standard error, if they were asked for and do not stand in the text.
void show_transcripts(const Arguments& arguments, const probe::Run& run);

report::Meta meta();

}  // namespace relayproof::cli
