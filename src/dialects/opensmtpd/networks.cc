#include "dialects/opensmtpd/networks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/text.h"

namespace relayproof::opensmtpd {
namespace {

std::optional<unsigned> number(std::string_view text, unsigned limit) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + static_cast<unsigned>(c - '0');
  }
  return value > limit ? std::nullopt : std::optional(value);
}

unsigned class_length(std::uint8_t first) {
  if (first >= 240) return 32;
  if (first >= 224) return 8;
  if (first >= 192) return 24;
  return first >= 128 ? 16 : 8;
}

std::optional<mail::IpSet> parse_v4(std::string_view text) {
  const auto slash = text.find('/');
  std::array<std::uint8_t, 4> bytes{};
  unsigned count = 0;
  for (const auto part : split(text.substr(0, slash), '.')) {
    const auto value = number(part, 255);
    if (!value || count == bytes.size()) return std::nullopt;
    bytes.at(count++) = static_cast<std::uint8_t>(*value);
  }
  unsigned length = std::max(class_length(bytes[0]), 8 * count);
  if (slash != std::string_view::npos) {
    const auto given = number(text.substr(slash + 1), 32);
    if (!given) return std::nullopt;
    length = *given;
  } else if (length == 8 && bytes[0] == 224) {
    length = 4;
  }
  return mail::IpSet::of(mail::Network{mail::IpAddress::v4(bytes), length});
}

std::optional<mail::IpSet> parse_v6(std::string_view text) {
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    if (starts_with_ignoring_case(text, "ipv6:")) text.remove_prefix(5);
    if (!text.ends_with(']')) return std::nullopt;
    text.remove_suffix(1);
  }
  const auto slash = text.find('/');
  const auto address = mail::IpAddress::parse(text.substr(0, slash));
  if (!address || !address->is_v6()) return std::nullopt;
  if (slash == std::string_view::npos) return mail::IpSet::of(*address);
  const auto length = number(text.substr(slash + 1), 128);
  if (!length) return std::nullopt;
  return mail::IpSet::of(mail::Network{*address, *length});
}

}  // namespace

std::optional<mail::IpSet> parse_network(std::string_view text) {
  if (starts_with_ignoring_case(text, "ipv6:")) text.remove_prefix(5);
  if (auto network = parse_v4(text)) return network;
  return parse_v6(text);
}

}  // namespace relayproof::opensmtpd
