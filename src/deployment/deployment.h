// What stands between clients and a mail server, as its owner's files have it: containers, the
// networks they are in, the engine that publishes their ports, and the host's packet filter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/source_range.h"
#include "deployment/nat.h"
#include "mail/ip_set.h"

namespace relayproof::deployment {

/// Something that had to be taken for granted.
struct Note {
  SourceRange where;
  std::string text;
  std::string says;
  /// True if nothing may be called closed because of it; false: named only.
  bool decisive = false;
};

/// A port of a container that the engine opens on the host.
struct PublishedPort {
  Written written;
  std::string host_address;     ///< empty: every address of the host
  std::uint16_t host_port = 0;  ///< 0: the files do not say
  std::uint16_t container_port = 0;
  enum class Mode : std::uint8_t {
    usual,    ///< as the engine publishes ports
    ingress,  ///< through a swarm's ingress network
    host,     ///< of a swarm: on the node that runs the container
    proxied,  ///< by a process that takes the connections and makes new ones
    direct,   ///< not at all: the server's own address can be reached
  } mode = Mode::usual;
  std::string through;  ///< of `proxied`: the process
  mail::IpSet as;       ///< of `proxied`: its own address towards the server
};

/// A container's place in a network.
struct Attachment {
  std::string network;
  std::optional<mail::IpAddress> ipv4;
  std::optional<mail::IpAddress> ipv6;
};

struct Container {
  std::string name;            ///< of the service or the container
  std::string container_name;  ///< of the running container, if that is known
  std::string image;
  Written written;
  std::string network_mode;  ///< `host`, `service:front`, `slirp4netns:…`; empty: its networks
  Written mode_written;
  std::vector<Attachment> attachments;
  std::vector<PublishedPort> ports;
  bool runs = false;  ///< told by the engine itself, not by a file that may have changed since
  std::vector<Note> notes;
};

/// A network of the engine's.
struct BridgeNetwork {
  std::string name;
  Written written;
  std::string driver;     ///< empty: bridge
  std::string interface;  ///< the bridge's name on the host; empty: not known
  std::vector<mail::Network> subnets;
  std::vector<mail::IpAddress> gateways;
  std::optional<bool> ipv6;
  bool routed_v4 = false;  ///< reached without address translation
  bool routed_v6 = false;
  std::vector<Note> notes;
};

/// How the container engine is set up. What no file says is as it comes.
struct Engine {
  struct Switch {
    std::optional<bool> on;
    Written written;
  };
  Switch userland_proxy;
  Switch iptables;
  Switch ip6tables;
  Switch rootless;
  Switch swarm;
  bool podman = false;
  std::optional<unsigned> major_version;        ///< of Docker: 27
  std::optional<mail::IpAddress> publishes_at;  ///< daemon.json's `ip`
  Written publishes_at_written;
  /// daemon.json's `default-address-pools`: ranges, and the prefix of each network made of them.
  std::vector<std::pair<mail::Network, unsigned>> pools;
  bool is_told = false;  ///< some file told of it
};

struct Deployment {
  std::vector<Container> containers;
  std::vector<BridgeNetwork> networks;
  Engine engine;
  Translation nat;
  std::vector<Note> notes;
};

}  // namespace relayproof::deployment
