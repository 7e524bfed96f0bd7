// Processes of this machine that take connections and make new ones to a mail server beside them:
// socat, a TCP proxy. Whoever comes through one of them appears as this machine itself.
#pragma once

#include <vector>

#include "cli/listening.h"
#include "policy/policy.h"

namespace relayproof::cli {

struct Front {
  mail::IpAddress at;      ///< where it listens; unspecified: any
  std::uint16_t port = 0;  ///< where it listens
  mail::IpAddress to;      ///< the server's address, by its own command line
  std::uint16_t to_port = 0;
  mail::IpSet clients;  ///< whom it takes
  std::string how;      ///< `socat`: foreign bytes
  std::string text;     ///< its process and command line: foreign bytes
};

/// Those that hand on from a port of mail to one of these addresses. What a program does with an
/// address on its command line is not known: only ports 25, 465, 587, 2525 and its target's own are
/// taken for mail.
std::vector<Front> fronts_of(const std::vector<Listening>& listening,
                             const std::vector<mail::IpAddress>& own);

/// A door for each of them, to the listener that it leads to.
void add_fronts(const std::vector<Front>& fronts, policy::Policy& policy);

}  // namespace relayproof::cli
