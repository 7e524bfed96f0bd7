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
/// Check and delivery take the recipient's text apart differently.
std::span<const Technique> reading_rows();
/// Forwarders and gateways take a foreign address out of the local part.
std::span<const Technique> gateway_rows();
/// The recipient's domain is an address.
std::span<const Technique> literal_rows();
/// More that a client can claim: senders and names for HELO.
std::span<const Technique> claim_rows();
/// The session itself is what is tried: logins, XCLIENT, PROXY, no HELO.
std::span<const Technique> session_rows();
/// The lists of the nineties to the letter: senders or recipients without angle brackets.
std::span<const Technique> bare_rows();

}  // namespace relayproof::techniques
