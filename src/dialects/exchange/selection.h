// Which connector takes a client: by the address and port it came to, then by the narrowest of the
// remote ranges that hold it.
// https://learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors#RemoteAddresses
#pragma once

#include <string>
#include <vector>

#include "dialects/exchange/config.h"

namespace relayproof::exchange {

/// Clients that come to one local address and port, and what takes them.
struct Taken {
  std::string server;
  Binding at;
  mail::IpSet clients;
  /// One, or several of which the export does not tell which it is.
  std::vector<const Connector*> by;
  bool perhaps_none = false;  ///< it may be that none of them does
  std::string doubt;          ///< why there are several
};

/// For every server, address and port of enabled connectors; the connectors outlive it. Clients
/// that no connector is for are in none.
std::vector<Taken> selection(const Export& all);

}  // namespace relayproof::exchange
