// Items of host lists (specification, section 10.13 on): addresses, networks, and names that are
// looked up.
#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/list_lowering.h"
#include "dialects/exim/lookups.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

std::optional<mail::IpSet> network_of(std::string_view text) {
  if (const auto address = mail::IpAddress::parse(text)) return mail::IpSet::of(*address);
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = mail::IpAddress::parse(text.substr(0, slash));
  const auto bits = text.substr(slash + 1);
  const bool digits = !bits.empty() && bits.size() < 4 &&
                      bits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!address || !digits) return std::nullopt;
  const auto prefix = static_cast<unsigned>(std::stoul(std::string(bits)));
  const unsigned most = address->is_v6() ? 128 : 32;
  return mail::IpSet::of(mail::Network{*address, std::min(prefix, most)});
}

const Operand& client_name() {
  static const Operand name = Operand::of({Field::client_name, Part::whole, {}});
  return name;
}

}  // namespace

void ListLowering::host(std::string_view text, Item& item) {
  item.holds = builder().constant(false);
  if (text.empty()) return;  // only mail that comes without a host
  if (text == "*") {
    item.clients = {mail::IpSet::all()};
    return;
  }
  if (text == "@[]") {
    item.clients = {own_hosts()};
    return;
  }
  if (const auto network = network_of(text)) {
    item.clients = {*network};
    return;
  }
  const auto digits = text.find_first_not_of("0123456789.");
  const bool malformed = digits == std::string_view::npos || (digits > 0 && text[digits] == '/');
  if (malformed) return unknown_host(item);
  if (host_lookup(text, item)) return;
  if (by_address_only) return unknown_host(item);
  const std::string name = text == "@" ? to_.primary_hostname() : std::string(text);
  if (is_host_name(name)) return host_by_name(name, item);
  by_name(item, pattern(text, client_name(), true));
}

// As a name that is not found.
void ListLowering::unknown_host(Item& item) {
  item.may_fail = true;
  item.fails = builder().constant(true);
}

void ListLowering::by_name(Item& item, ConditionId matches) {
  const auto has_name = builder().condition(policy::Present{Field::client_name});
  item.may_fail = true;
  item.fails = builder().negation(has_name);
  item.holds = builder().all({has_name, matches});
}

// `net-lsearch;`, `net24-lsearch;`, `lsearch;` by name.
bool ListLowering::host_lookup(std::string_view text, Item& item) {
  const auto semicolon = text.find(';');
  if (semicolon == std::string_view::npos) return false;
  auto how = text.substr(0, semicolon);
  const std::string file(trim(text.substr(semicolon + 1)));
  std::optional<unsigned> bits;
  bool by_address = by_address_only;
  if (how.starts_with("net")) {
    std::size_t at = 3;
    while (at < how.size() && std::isdigit(static_cast<unsigned char>(how[at])) != 0) ++at;
    if (at < how.size() && how[at] == '-' && at <= 6) {
      if (at > 3) bits = static_cast<unsigned>(std::stoul(std::string(how.substr(3, at - 3))));
      how.remove_prefix(at + 1);
      by_address = true;
    }
  }
  const auto type = parse_lookup_type(how);
  if (!type) {
    item.holds = hidden(std::string(text), "is not followed");
  } else if (by_address) {
    item.holds = client_is_found(to_, *type, file, bits, scope_);
  } else {
    by_name(item, is_found(to_, *type, file, client_name(), scope_));
  }
  return true;
}

// A name without wildcards is looked up, and its addresses compared. Who has a name that the owner
// wrote down is no stranger; a client whose own confirmed name it is has its address.
void ListLowering::host_by_name(const std::string& name, Item& item) {
  if (equals_ignoring_case(name, "localhost")) {
    item.clients = {mail::IpSet::of(*mail::IpAddress::parse("127.0.0.1")) |
                    mail::IpSet::of(*mail::IpAddress::parse("::1"))};
    return;
  }
  if (equals_ignoring_case(name, to_.primary_hostname())) {
    item.clients = {own_hosts()};
    return;
  }
  to_.mentioned.push_back(name);
  to_.note(scope_.line, "the addresses of " + name + " are the owner's hosts", false);
  item.holds = builder().is_one_of({name}, client_name().subject, scope_.origin);
}

mail::IpSet ListLowering::own_hosts() const {
  mail::IpSetBuilder own;
  for (const auto& address : to_.own_addresses()) own.add(address);
  return own.build();
}

}  // namespace relayproof::exim
