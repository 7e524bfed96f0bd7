#include "net/dns_rdata.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "mail/domain.h"

namespace relayproof::net {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

/// The labels joined by dots; "" is the root. nullopt unless the name ends where the bytes end.
std::optional<std::string> parse_name(std::string_view bytes) {
  std::string name;
  while (!bytes.empty()) {
    const std::size_t length = byte_at(bytes, 0);
    bytes.remove_prefix(1);
    if (length == 0) {
      if (!bytes.empty()) return {};
      return name;
    }
    // RFC 1035 4.1.4: more than 63 is a pointer, and there is no message to point into.
    if (length > 63 || length > bytes.size()) return {};
    const std::string_view label = bytes.substr(0, length);
    // A dot inside a label would be read as two labels.
    if (label.find('.') != std::string_view::npos) return {};
    if (!name.empty()) name += '.';
    name += label;
    bytes.remove_prefix(length);
  }
  return {};
}

}  // namespace

std::optional<mail::IpAddress> parse_address(std::string_view rdata) {
  if (rdata.size() == 4) {
    std::array<std::uint8_t, 4> bytes{};
    std::copy(rdata.begin(), rdata.end(), bytes.begin());
    return mail::IpAddress::v4(bytes);
  }
  if (rdata.size() == 16) {
    std::array<std::uint8_t, 16> bytes{};
    std::copy(rdata.begin(), rdata.end(), bytes.begin());
    return mail::IpAddress::v6(bytes);
  }
  return {};
}

std::optional<std::string> parse_pointer(std::string_view rdata) {
  const auto name = parse_name(rdata);
  if (!name || !mail::is_domain_name(*name)) return {};
  return mail::normalised_domain(*name);
}

std::optional<MailExchanger> parse_exchanger(std::string_view rdata) {
  if (rdata.size() < 3) return {};
  const auto host = parse_name(rdata.substr(2));
  if (!host || (!host->empty() && !mail::is_domain_name(*host))) return {};
  const unsigned preference = byte_at(rdata, 0) * 256U + byte_at(rdata, 1);
  return MailExchanger{preference, mail::normalised_domain(*host)};
}

}  // namespace relayproof::net
