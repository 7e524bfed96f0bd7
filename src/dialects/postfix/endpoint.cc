#include "dialects/postfix/endpoint.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

#include "base/text.h"
#include "mail/ip_address.h"

namespace relayproof::postfix {
namespace {

struct NamedPort {
  std::string_view name;
  std::uint16_t number;
};

// postconf(5) known_tcp_ports, then /etc/services of Debian, RHEL and Alpine.
constexpr NamedPort named_ports[] = {
    {"smtp", 25},   {"mail", 25},   {"lmtp", 24},      {"submission", 587}, {"submissions", 465},
    {"smtps", 465}, {"ssmtp", 465}, {"urd", 465},      {"qmqp", 628},       {"qmtp", 209},
    {"msp", 18},    {"msa", 587},   {"amavis", 10024},
};

bool is_host(std::string_view text) {
  return mail::IpAddress::parse(text).has_value() ||
         std::all_of(text.begin(), text.end(), [](char c) {
           return c == '-' || c == '.' || c == '_' || (c >= '0' && c <= '9') ||
                  (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

ParsedEndpoint checked(std::string_view host, std::string_view port) {
  if (port.empty()) return {std::nullopt, "missing service information"};
  if (!host.empty() && !is_host(host)) {
    return {std::nullopt, "valid hostname or network address required"};
  }
  if (is_digit(port.front()) && !std::all_of(port.begin(), port.end(), is_digit)) {
    return {std::nullopt, "garbage after numerical service"};
  }
  return {Endpoint{std::string(host), std::string(port), mail::IpAddress::parse(host),
                   port_number(port)},
          {}};
}

}  // namespace

std::optional<std::uint16_t> port_number(std::string_view text) {
  for (const NamedPort& port : named_ports) {
    if (port.name == text) return port.number;
  }
  std::uint16_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number == 0) return std::nullopt;
  return number;
}

ParsedEndpoint parse_endpoint(std::string_view text) {
  if (text.empty() || text.front() != '[') {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return checked({}, text);
    return checked(text.substr(0, colon), text.substr(colon + 1));
  }
  text.remove_prefix(1);
  constexpr std::string_view tag = "ipv6:";
  const bool tagged = starts_with_ignoring_case(text, tag);
  if (tagged) text.remove_prefix(tag.size());
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return {std::nullopt, "missing \"]\""};
  if (close == 0) return {std::nullopt, "valid hostname or network address required"};
  const std::string_view host = text.substr(0, close);
  const std::string_view rest = text.substr(close + 1);
  if (!rest.empty() && rest.front() != ':') return {std::nullopt, "garbage after \"]\""};
  if (tagged && host.find(':') == std::string_view::npos) {
    return {std::nullopt, "malformed IPv6 address"};
  }
  return checked(host, rest.empty() ? rest : rest.substr(1));
}

}  // namespace relayproof::postfix
