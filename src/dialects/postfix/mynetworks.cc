#include "dialects/postfix/mynetworks.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/cidr_table.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view address_characters = "01234567890.abcdefABCDEF:[]/";

/// A pattern without a mask and without a colon is compared with the address letter by letter.
std::optional<mail::Network> plain_ipv4(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto address = mail::IpAddress::parse(text);
  if (!address || address->is_v6()) return {};
  return mail::Network{*address, 32};
}

ClientPattern table_pattern(const MatchList& list, const ListElement& element) {
  ClientPattern pattern;
  pattern.negated = element.negated;
  const TableName& table = list.tables[element.table];
  if (table.table_class == TableClass::failing) {
    pattern.kind = ClientPattern::Kind::failing;
    pattern.says = table.problem;
    const auto bare = mail::IpAddress::parse(element.text.substr(0, element.text.find('/')));
    if (bare) pattern.says += "; an IPv6 address needs brackets";
  } else {
    pattern.kind = ClientPattern::Kind::table;
  }
  return pattern;
}

}  // namespace

ClientPattern client_pattern(const ListElement& element) {
  ClientPattern pattern;
  pattern.negated = element.negated;
  const std::string_view text = element.text;
  const bool colon = text.find(':') != text.npos;
  if (!colon && text.find('/') == text.npos) {
    if (const auto address = plain_ipv4(text)) {
      pattern.kind = ClientPattern::Kind::network;
      pattern.network = *address;
    }
    return pattern;
  }
  if (text.find_first_not_of(address_characters) != text.npos) return pattern;
  const auto network = parse_address_pattern(text);
  if (network) {
    pattern.kind = ClientPattern::Kind::network;
    pattern.network = *network;
  } else {
    pattern.kind = ClientPattern::Kind::failing;
    pattern.family = colon ? mail::Family::ipv6 : mail::Family::ipv4;
    pattern.says = network.error().message;
  }
  return pattern;
}

ClientList parse_client_list(const FileSystem& files, std::string_view value,
                             const Version& version) {
  ClientList clients;
  clients.list = parse_match_list(files, value, version);
  clients.patterns.reserve(clients.list.elements.size());
  for (const ListElement& element : clients.list.elements) {
    ClientPattern pattern;
    switch (element.kind) {
      case ListElement::Kind::text:
        pattern = client_pattern(element);
        break;
      case ListElement::Kind::table:
        pattern = table_pattern(clients.list, element);
        break;
      case ListElement::Kind::missing_file:
        pattern.kind = ClientPattern::Kind::failing;
        pattern.says = "the file " + std::string(element.text) + " cannot be read";
        break;
    }
    pattern.element = static_cast<std::uint32_t>(clients.patterns.size());
    clients.patterns.push_back(std::move(pattern));
  }
  return clients;
}

std::optional<NetworksStyle> parse_networks_style(std::string_view text) {
  constexpr std::array names = {"host", "subnet", "class"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equals_ignoring_case(trim(text), names[i])) return static_cast<NetworksStyle>(i);
  }
  return {};
}

namespace {

/// The length of the classful network mask (RFC 791); D stands for all of multicast.
std::optional<unsigned> class_prefix(const mail::IpAddress& address) {
  const unsigned first = address.bytes()[0];
  if (first < 128) return 8;
  if (first < 192) return 16;
  if (first < 224) return 24;
  if (first < 240) return 4;
  return {};
}

std::optional<unsigned> style_prefix(NetworksStyle style, const mail::Network& own) {
  if (style == NetworksStyle::host) return own.address.is_v6() ? 128U : 32U;
  // IPv6 has no classes: Postfix takes the subnet.
  if (style == NetworksStyle::subnet || own.address.is_v6()) return own.prefix;
  return class_prefix(own.address);
}

}  // namespace

std::optional<std::string> networks_of_style(NetworksStyle style,
                                             const std::vector<mail::Network>& addresses) {
  std::vector<std::string> networks;
  for (const auto& own : addresses) {
    const auto prefix = style_prefix(style, own);
    if (!prefix) return {};
    const std::string address = masked_address(own.address, *prefix).to_string();
    std::string network = own.address.is_v6() ? '[' + address + ']' : address;
    network += '/' + std::to_string(*prefix);
    if (std::find(networks.begin(), networks.end(), network) == networks.end()) {
      networks.push_back(std::move(network));
    }
  }
  std::string value;
  for (const auto& network : networks) value += network + ' ';
  return value;
}

}  // namespace relayproof::postfix
