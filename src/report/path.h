// The way of clients to a server that sees them under another address: who, through what, as whom.
#pragma once

#include <string>

#include "report/audit.h"

namespace relayproof::report {

/// `main.cf:14`, `default`: a place without its folders.
std::string place(const SourceRange& where);

/// `proved: every IPv6 client, because Postfix sees all of them as 172.22.1.1, which main.cf:14
/// trusts`; empty unless that is the whole of why it is open.
std::string lost_address_words(const Audited& audited);

/// A line for each way on which clients lose their address.
std::string path_lines(const Audited& audited, const TextOptions& options);

}  // namespace relayproof::report
