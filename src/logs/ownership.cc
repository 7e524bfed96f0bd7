#include "logs/ownership.h"

#include "base/text.h"
#include "mail/ip_address.h"

namespace relayproof::logs {
namespace {

constexpr std::size_t longest_domain = 255;
// Mail servers listen below; content filters and re-injection above (10024, 10025, 8891, …).
constexpr std::uint16_t first_filter_port = 1024;
constexpr std::uint16_t submission_beside = 2525;

// A host that hands mail back rather than on: this one, or a neighbour at a port of no mail server.
bool is_filter(const Delivery& delivery) {
  if (delivery.relay_address.empty()) return false;
  const char first = delivery.relay_address.front();
  constexpr std::string_view may_be_near = "1:fF";  // 127, 10, 172, 192; ::1, fc00::/7, fe80::/10
  if (may_be_near.find(first) == std::string_view::npos) return false;
  const auto address = mail::IpAddress::parse(delivery.relay_address);
  if (!address) return false;
  const auto relay = address->unmapped();
  if (relay.is_loopback()) return delivery.agent == Agent::network || delivery.relay_port != 24;
  return relay.is_private() && delivery.relay_port >= first_filter_port &&
         delivery.relay_port != submission_beside;
}

// True if the asked address carries the other one, as `user%other.example@ours.example` does.
bool carries(std::string_view asked, std::string_view domain) {
  const auto at = asked.rfind('@');
  const auto local = asked.substr(0, at);
  if (starts_with_ignoring_case(local, "SRS0") || starts_with_ignoring_case(local, "SRS1")) {
    return false;  // signed by the server itself, so that bounces find their way back
  }
  if (local.find_first_of("%!@") != std::string_view::npos) return true;
  return contains_ignoring_case(local, to_lower(domain));
}

}  // namespace

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

Ownership::Ownership(const std::vector<std::string>& domains) {
  for (const auto& domain : domains) domains_.insert(to_lower(domain));
}

bool Ownership::is_ours(std::string_view domain) const {
  if (domain.empty()) return true;  // a name without domain is one of this server
  if (domain.size() > longest_domain) return false;
  const std::string lower = to_lower(domain);
  std::string_view rest = lower;
  while (true) {
    if (domains_.contains(std::string(rest))) return true;
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos || lower.front() == '[') return false;
    rest.remove_prefix(dot + 1);
  }
}

bool Ownership::is_forward(const Delivery& delivery) const {
  if (delivery.asked_recipient.empty()) return false;
  const auto asked = domain_of(delivery.asked_recipient);
  const auto domain = domain_of(delivery.recipient);
  const bool of_ours = known() ? is_ours(asked) : !equals_ignoring_case(asked, domain);
  return of_ours && !carries(delivery.asked_recipient, domain);
}

Place Ownership::place_of(const Delivery& delivery) const {
  if (is_filter(delivery)) return Place::filter;
  if (known() && is_ours(domain_of(delivery.recipient))) {
    return delivery.agent == Agent::program ? Place::filter : Place::inside;
  }
  switch (delivery.agent) {
    case Agent::mailbox:
      return Place::inside;
    case Agent::program:
      return Place::filter;
    case Agent::none:
      if (!known()) return Place::nowhere;
      break;
    case Agent::network:
      break;
  }
  return is_forward(delivery) ? Place::forward : Place::outside;
}

}  // namespace relayproof::logs
