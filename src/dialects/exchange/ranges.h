// RemoteIPRanges and Bindings: which clients, which door.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_set.h"

namespace relayproof::exchange {

/// `10.0.0.1`, `10.0.0.1-10.0.0.9`, `10.0.0.0/24`, `10.0.0.0(255.255.255.0)`; of IPv6 the same.
/// nullopt: it is none of them.
std::optional<mail::IpSet> parse_range(std::string_view text);

/// True if it holds fewer addresses. Both are of one family.
bool is_narrower(const mail::IpSet& one, const mail::IpSet& other);

struct Binding {
  mail::IpAddress address;  ///< unspecified: every address of its family
  std::uint16_t port = 0;
  bool operator==(const Binding&) const = default;
};

/// `0.0.0.0:25`, `[::]:25`.
std::optional<Binding> parse_binding(std::string_view text);

/// The pieces of lists that were printed as one text: between commas and blanks.
std::vector<std::string> pieces_of(std::string_view text);

}  // namespace relayproof::exchange
