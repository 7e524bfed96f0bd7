#include "dialects/exchange/address_reading.h"

#include <algorithm>

#include "base/text.h"
#include "mail/address.h"
#include "mail/domain.h"

namespace relayproof::exchange {
namespace {

// https://learn.microsoft.com/exchange/mail-flow/mail-routing/recipient-resolution
constexpr std::size_t longest_local = 315;
constexpr std::size_t longest_domain = 255;

// `@a,@b:user@c` as `user@c` (RFC 5321 section 4.1.1.3: the route is to be ignored).
std::string_view without_route(std::string_view path) {
  if (!path.starts_with('@')) return path;
  const auto colon = path.find(':');
  return colon == std::string_view::npos ? path : path.substr(colon + 1);
}

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > longest_domain) return false;
  if (text.front() == '[') return mail::literal_address(text).has_value();
  return mail::is_domain_name(text);
}

// The path without brackets and what follows it.
std::optional<std::string_view> path_of(std::string_view wire) {
  wire = trim(wire);
  if (!wire.starts_with('<')) return wire.substr(0, wire.find(' '));
  bool quoted = false;
  for (std::size_t at = 1; at < wire.size(); ++at) {
    if (wire[at] == '\\') {
      ++at;
    } else if (wire[at] == '"') {
      quoted = !quoted;
    } else if (wire[at] == '>' && !quoted) {
      return wire.substr(1, at - 1);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_path(std::string_view wire, std::string_view domain,
                                     bool is_sender) {
  const auto path = path_of(wire);
  if (!path) return std::nullopt;
  const auto mailbox = without_route(*path);
  if (is_sender && mailbox.empty()) return std::string();
  if (!is_sender && equals_ignoring_case(mailbox, "postmaster") && !domain.empty()) {
    return "postmaster@" + std::string(domain);
  }
  const auto address = mail::Address::parse(mailbox);
  if (!address || !address->has_domain || !is_domain(address->domain)) return std::nullopt;
  if (address->local.empty() || address->local.size() > longest_local) return std::nullopt;
  // What needs quotes and has none is no address: `a@b@c`.
  const bool good = mailbox.starts_with('"') || mail::is_dot_string(address->local);
  if (!good) return std::nullopt;
  return address->local + '@' + address->domain;
}

policy::Addresses make_addresses(std::string domain) {
  policy::Addresses addresses;
  addresses.read_sender = [domain](std::string_view wire) { return read_path(wire, domain, true); };
  addresses.read_recipient = [domain](std::string_view wire) {
    return read_path(wire, domain, false);
  };
  addresses.spell = [](std::string_view address) {
    const auto at = address.rfind('@');
    const auto local = address.substr(0, at);
    if (at == std::string_view::npos || local.empty() || mail::is_dot_string(local)) {
      return '<' + std::string(address) + '>';
    }
    return '<' + mail::quoted_string(local) + std::string(address.substr(at)) + '>';
  };
  addresses.transform = [](std::string_view, std::string_view address) {
    return std::string(address);
  };
  addresses.targets = [](std::string_view value, std::string_view) {
    return std::vector<std::string>{std::string(value)};
  };
  return addresses;
}

}  // namespace relayproof::exchange
