// Which rows of a list of clients are no owner's network.
#pragma once

#include <string_view>

namespace relayproof::dialects {

/// True if the text is a network with globally routable addresses by the million: of IPv4 a /8 and
/// more, of IPv6 more than a /32.
bool is_wide_network(std::string_view text);

}  // namespace relayproof::dialects
