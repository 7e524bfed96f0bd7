// Where the daemon listens: daemon_smtp_ports, local_interfaces, tls_on_connect_ports
// (specification, chapter 13).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

struct Port {
  std::uint16_t number = 25;
  bool tls = false;                    ///< from the start
  std::vector<std::string> addresses;  ///< as bound
  mail::IpSet clients;                 ///< who can reach them
};

std::vector<Port> listening_ports(Lowering& to);

}  // namespace relayproof::exim
