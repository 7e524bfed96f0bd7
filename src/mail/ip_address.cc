#include "mail/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace relayproof::mail {
namespace {

bool in(const IpAddress& address, std::string_view network) {
  const auto parsed = Network::parse(network);
  return parsed && parsed->contains(address);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton() wants a terminated string; no address is longer than this.
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return {};
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data()) == 1) return address;
  address.bytes_.fill(0);
  address.family_ = Family::ipv6;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  return {};
}

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  IpAddress address;
  address.family_ = Family::ipv6;
  address.bytes_ = bytes;
  return address;
}

std::string IpAddress::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(is_v6() ? AF_INET6 : AF_INET, bytes_.data(), text, sizeof text);
  return text;
}

std::string IpAddress::literal() const { return (is_v6() ? "[IPv6:" : "[") + to_string() + "]"; }

std::string IpAddress::reverse_name() const {
  std::string name;
  if (!is_v6()) {
    for (int i = 3; i >= 0; --i) name += std::to_string(bytes_[static_cast<std::size_t>(i)]) + ".";
    return name + "in-addr.arpa";
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = bytes_.size(); i-- > 0;) {
    name += digits[bytes_[i] & 0xFu];
    name += '.';
    name += digits[bytes_[i] >> 4];
    name += '.';
  }
  return name + "ip6.arpa";
}

IpAddress IpAddress::unmapped() const {
  if (!in(*this, "::ffff:0:0/96")) return *this;
  return v4({bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
}

bool IpAddress::is_loopback() const { return in(*this, "127.0.0.0/8") || in(*this, "::1/128"); }

bool IpAddress::is_unspecified() const { return in(*this, "0.0.0.0/32") || in(*this, "::/128"); }

bool IpAddress::is_link_local() const {
  return in(*this, "169.254.0.0/16") || in(*this, "fe80::/10");
}

bool IpAddress::is_private() const {
  return is_link_local() || in(*this, "10.0.0.0/8") || in(*this, "172.16.0.0/12") ||
         in(*this, "192.168.0.0/16") || in(*this, "100.64.0.0/10") || in(*this, "fc00::/7");
}

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return {};
  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  if (prefix > (address->is_v6() ? 128U : 32U)) return {};
  return Network{*address, prefix};
}

bool Network::contains(const IpAddress& other) const {
  if (other.family() != address.family()) return false;
  for (unsigned bit = 0; bit < prefix; bit += 8) {
    const unsigned left = std::min(8U, prefix - bit);
    const auto mask = static_cast<std::uint8_t>(0xFF00U >> left);
    const auto difference =
        static_cast<unsigned>(address.bytes()[bit / 8] ^ other.bytes()[bit / 8]);
    if ((difference & mask) != 0) return false;
  }
  return true;
}

}  // namespace relayproof::mail
