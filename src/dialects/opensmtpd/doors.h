// Where a `listen on` can be reached from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialects/opensmtpd/scope.h"

namespace relayproof::opensmtpd {

struct Bound {
  std::vector<std::string> addresses;  ///< as shown; empty: not known
  mail::IpSet clients;                 ///< who can reach it
};
/// An address, a name of loopback, or an interface, which may have any address.
Bound bound_of(const Listen& listen);
/// 25, 465, or as written; nullopt: a service whose number is not known.
std::optional<std::uint16_t> port_of(const Listen& listen);

}  // namespace relayproof::opensmtpd
