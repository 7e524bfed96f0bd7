// Addresses as numbers in host order, for arithmetic.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>

#include "mail/ip_address.h"

namespace relayproof::mail {

__extension__ typedef unsigned __int128 Uint128;  // `using` would not please -Wpedantic

/// The family of the address must be the named one.
std::uint32_t number_v4(const IpAddress& address);
Uint128 number_v6(const IpAddress& address);
IpAddress address_of(std::uint32_t number);
IpAddress address_of(Uint128 number);

/// A number whose lowest `bits` bits are set, up to all of them.
template <class Number>
constexpr Number low_bits(unsigned bits) {
  return bits == 0 ? Number{0} : static_cast<Number>(~Number{0}) >> (sizeof(Number) * 8 - bits);
}

/// All bits for 0.
template <class Number>
unsigned trailing_zeros(Number number) {
  if constexpr (sizeof(Number) <= sizeof(std::uint64_t)) {
    return static_cast<unsigned>(std::countr_zero(number));
  } else {
    const auto low = static_cast<std::uint64_t>(number);
    const auto high = static_cast<std::uint64_t>(number >> 64U);
    return static_cast<unsigned>(low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(high));
  }
}

/// The lowest and highest address of the network; a prefix that is too long is a single address.
std::pair<IpAddress, IpAddress> ends_of(const Network& network);

}  // namespace relayproof::mail
