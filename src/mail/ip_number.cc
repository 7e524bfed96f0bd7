#include "mail/ip_number.h"

#include <algorithm>
#include <array>

namespace relayproof::mail {
namespace {

template <class Number>
Number number_of(const IpAddress& address) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(number << 8U) | address.bytes()[i];
  }
  return number;
}

template <class Number>
std::array<std::uint8_t, sizeof(Number)> bytes_of(Number number) {
  std::array<std::uint8_t, sizeof(Number)> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8U) {
    bytes[i] = static_cast<std::uint8_t>(number & 0xFFU);
  }
  return bytes;
}

template <class Number>
std::pair<IpAddress, IpAddress> ends(Number number, unsigned prefix) {
  constexpr unsigned width = sizeof(Number) * 8;
  const auto host = low_bits<Number>(width - std::min(prefix, width));
  return {address_of(static_cast<Number>(number & ~host)),
          address_of(static_cast<Number>(number | host))};
}

}  // namespace

std::uint32_t number_v4(const IpAddress& address) { return number_of<std::uint32_t>(address); }
Uint128 number_v6(const IpAddress& address) { return number_of<Uint128>(address); }
IpAddress address_of(std::uint32_t number) { return IpAddress::v4(bytes_of(number)); }
IpAddress address_of(Uint128 number) { return IpAddress::v6(bytes_of(number)); }

std::pair<IpAddress, IpAddress> ends_of(const Network& network) {
  return network.address.is_v6() ? ends(number_v6(network.address), network.prefix)
                                 : ends(number_v4(network.address), network.prefix);
}

}  // namespace relayproof::mail
