// The tables that make up the catalogue, each in a file of its own. A new technique is a row in one
// of them: nothing else changes.
#pragma once

#include <span>

#include "techniques/technique.h"

namespace relayproof::techniques {

/// The recipient is spelt plainly: who the client and the sender claim to be is what is asked.
std::span<const Technique> plain_rows();
/// The recipient's spelling leads outside by way of the server.
std::span<const Technique> spelled_rows();
/// The lists of the nineties to the letter: senders or recipients without angle brackets.
std::span<const Technique> bare_rows();

}  // namespace relayproof::techniques
