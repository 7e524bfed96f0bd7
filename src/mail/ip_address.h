// Addresses of hosts and networks (RFC 791, RFC 4291), and what kind of place they are.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relayproof::mail {

enum class Family { ipv4, ipv6 };

/// An IPv4 or IPv6 address, without port and zone. An IPv4-mapped IPv6 address is IPv6 until
/// unmapped() is asked for.
class IpAddress {
 public:
  IpAddress() = default;  ///< 0.0.0.0

  /// From the text of RFC 4291 section 2.2 or dotted-quad IPv4; nullopt for anything else.
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress v4(const std::array<std::uint8_t, 4>& bytes);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);

  Family family() const { return family_; }
  bool is_v6() const { return family_ == Family::ipv6; }
  /// Network order; the first 4 bytes count for IPv4.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  /// `192.0.2.1` or the canonical text of RFC 5952.
  std::string to_string() const;
  /// The address literal of RFC 5321 section 4.1.3: `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
  std::string literal() const;
  /// The name asked for its PTR: `1.2.0.192.in-addr.arpa`, `….ip6.arpa`.
  std::string reverse_name() const;
  /// ::ffff:192.0.2.1 as 192.0.2.1; any other address as it is.
  IpAddress unmapped() const;

  bool is_loopback() const;
  bool is_unspecified() const;
  bool is_link_local() const;
  /// RFC 1918, RFC 6598 (shared space), RFC 4193 (unique local), link-local: a place whose
  /// addresses the whole internet reuses. Documentation networks do not count: they stand for
  /// routable ones in examples and tests.
  bool is_private() const;

  auto operator<=>(const IpAddress&) const = default;  // NOLINT(modernize-use-nullptr): none here

 private:
  Family family_ = Family::ipv4;
  std::array<std::uint8_t, 16> bytes_{};
};

/// An address with a prefix length; host bits are kept as given.
struct Network {
  IpAddress address;
  unsigned prefix = 0;

  /// `address/prefix`; nullopt if the prefix is missing, too long or not decimal.
  static std::optional<Network> parse(std::string_view text);
  bool contains(const IpAddress& other) const;
};

}  // namespace relayproof::mail
