// Names and addresses as every program on this machine finds them: hosts file, search list, DNS.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <vector>

#include "mail/ip_address.h"
#include "net/network.h"

namespace relayproof::net {

Task<Lookup<mail::IpAddress>> system_addresses_of(boost::asio::any_io_executor executor,
                                                  std::string host, TimePoint deadline);
Task<Lookup<std::string>> system_names_of(boost::asio::any_io_executor executor,
                                          mail::IpAddress address, TimePoint deadline);

/// Without repetition, IPv4 before IPv6, otherwise in the order given.
std::vector<mail::IpAddress> in_order_of_use(const std::vector<mail::IpAddress>& addresses);

/// What a lookup says that got no answer in time.
inline constexpr const char* no_answer_in_time = "no answer in time";

}  // namespace relayproof::net
