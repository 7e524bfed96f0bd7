// Who reaches a port of a server through a deployment, and under which address it sees them.
#pragma once

#include <string>
#include <vector>

#include "deployment/deployment.h"

namespace relayproof::deployment {

/// Clients who come in one way.
struct Appearance {
  mail::IpSet clients;
  mail::IpSet as;      ///< the server sees one of these; empty: each client as itself
  bool surely = true;  ///< false: or as themselves, the files do not settle it
  std::string how;     ///< `docker-proxy`, `masquerade`
  Written because;
};

struct Ways {
  std::vector<Appearance> seen;  ///< of disjoint clients; nobody else comes in
  bool everybody = false;        ///< the files change nothing: everybody comes in as himself
  std::vector<Note> notes;
};

/// To the port of a container.
Ways ways_to(const Deployment& deployment, const Container& container, std::uint16_t port);

/// To the port of a server outside of containers, behind the packet filter of `deployment` alone.
/// `server`: its addresses with their networks, as far as they are known.
Ways ways_to_host(const Deployment& deployment, const std::vector<mail::Network>& server,
                  std::uint16_t port);

/// The addresses that the container has, or may have, in its networks.
mail::IpSet addresses_of(const Deployment& deployment, const Container& container);

/// Its addresses with their networks; one of the network's where its own is not in the files.
std::vector<mail::Network> interfaces_in(const Deployment& deployment, const Container& container);

}  // namespace relayproof::deployment
