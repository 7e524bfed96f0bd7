// Everything a prober asks of the machine it runs on: connections, names, routes. An interface, so
// that tests can be the network.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mail/ip_address.h"
#include "net/stream.h"

namespace relayproof::net {

struct Endpoint {
  mail::IpAddress address;
  std::uint16_t port = 25;
};

template <class T>
using IoResult = tl::expected<T, IoFailure>;

struct MailExchanger {
  unsigned preference = 0;
  std::string host;  ///< lower case, no trailing dot; "" is the null MX of RFC 7505
};

/// What DNS said. `failed` is "no answer", which is not "there is none"; what was found before is
/// kept then (the IPv4 addresses where nothing answered for IPv6).
template <class T>
struct Lookup {
  std::vector<T> found;
  bool failed = false;
  std::string why;  ///< if failed: one clause
};

class Network {
 public:
  virtual ~Network() = default;

  virtual Clock& clock() = 0;
  /// `source`: the local address to use; nullopt lets the system choose.
  virtual Task<IoResult<std::unique_ptr<Stream>>> connect(Endpoint to,
                                                          std::optional<mail::IpAddress> source,
                                                          TimePoint deadline) = 0;

  /// Every IPv4 and IPv6 address of a name, as any program on this machine would find them (hosts
  /// file, search list), IPv4 first; an address gives itself.
  virtual Task<Lookup<mail::IpAddress>> addresses_of(std::string host, TimePoint deadline) = 0;
  /// By preference; empty if the domain has none.
  virtual Task<Lookup<MailExchanger>> exchangers_of(std::string domain, TimePoint deadline) = 0;
  /// The PTR names of an address, lower case, no trailing dot.
  virtual Task<Lookup<std::string>> names_of(mail::IpAddress address, TimePoint deadline) = 0;

  /// The address this machine would use towards `target`; a Failure if there is no route.
  virtual IoResult<mail::IpAddress> source_towards(mail::IpAddress target) = 0;
  /// Every address of this machine's interfaces.
  virtual std::vector<mail::IpAddress> own_addresses() = 0;
};

}  // namespace relayproof::net
