#include "dialects/wide_network.h"

#include "mail/ip_set.h"

namespace relayproof::dialects {

bool is_wide_network(std::string_view text) {
  constexpr std::uint64_t millions = std::uint64_t{1} << 24U;
  const auto network = mail::Network::parse(text);
  if (!network) return false;
  const auto strangers = mail::IpSet::of(*network) & mail::globally_routable();
  const bool many_of_ipv6 = network->address.is_v6() && network->prefix < 32;
  return !strangers.empty() && (many_of_ipv6 || strangers.size_v4() >= millions);
}

}  // namespace relayproof::dialects
