#include "mail/address.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace relayproof::mail {
namespace {

/// RFC 5322 section 3.2.3, as RFC 5321 section 4.1.2 refers to it.
bool is_atom_byte(char byte) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~";
  return allowed.find(byte) != std::string_view::npos;
}

struct Scan {
  std::size_t last_at = std::string_view::npos;  ///< outside quotes
  bool closed = true;                            ///< every quote and backslash has its other half
};

/// Calls `keep` with each byte that means itself, in order.
template <class Keep>
Scan scan(std::string_view text, const Keep& keep) {
  Scan result;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
      continue;
    }
    if (text[i] == '\\') {
      if (++i == text.size()) {
        result.closed = false;
        return result;
      }
    } else if (text[i] == '@' && !quoted) {
      result.last_at = i;
    }
    keep(text[i]);
  }
  result.closed = !quoted;
  return result;
}

}  // namespace

std::size_t last_unquoted_at(std::string_view mailbox) {
  const Scan found = scan(mailbox, [](char) {});
  return found.closed ? found.last_at : std::string_view::npos;
}

std::optional<Address> Address::parse(std::string_view mailbox) {
  const Scan found = scan(mailbox, [](char) {});
  if (!found.closed) return {};
  Address address;
  if (found.last_at != std::string_view::npos) {
    address.domain = mailbox.substr(found.last_at + 1);
    address.has_domain = true;
    mailbox = mailbox.substr(0, found.last_at);
  }
  address.local.reserve(mailbox.size());
  scan(mailbox, [&](char byte) { address.local += byte; });
  return address;
}

std::string Address::to_wire() const {
  if (local.empty() && !has_domain) return "";
  std::string text = is_dot_string(local) ? local : quoted_string(local);
  if (has_domain) text += "@" + domain;
  return text;
}

std::string Address::to_internal() const { return has_domain ? local + "@" + domain : local; }

bool is_dot_string(std::string_view text) {
  const auto atoms = split(text, '.');
  return std::all_of(atoms.begin(), atoms.end(), [](std::string_view atom) {
    return !atom.empty() && std::all_of(atom.begin(), atom.end(), is_atom_byte);
  });
}

std::string quoted_string(std::string_view text) {
  std::string quoted = "\"";
  quoted.reserve(text.size() + 2);
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') quoted += '\\';
    quoted += byte;
  }
  return quoted += '"';
}

std::optional<IpAddress> literal_address(std::string_view domain) {
  if (domain.size() < 2 || domain.front() != '[' || domain.back() != ']') return {};
  std::string_view text = domain.substr(1, domain.size() - 2);
  constexpr std::string_view tag = "ipv6:";
  const bool tagged = starts_with_ignoring_case(text, tag);
  if (tagged) text.remove_prefix(tag.size());
  const auto address = IpAddress::parse(text);
  if (!address || address->is_v6() != tagged) return {};
  return address;
}

}  // namespace relayproof::mail
