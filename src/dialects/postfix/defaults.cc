#include "dialects/postfix/defaults.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/master_syntax.h"

namespace relayproof::postfix {
namespace {

// What every installation has; others differ in comments and in services that nobody can reach.
constexpr std::string_view stock_master_cf =
    "smtp inet n - - - - smtpd\n"
    "pickup unix n - - 60 1 pickup\n"
    "cleanup unix n - - - 0 cleanup\n"
    "qmgr unix n - n 300 1 qmgr\n"
    "tlsmgr unix - - - 1000? 1 tlsmgr\n"
    "rewrite unix - - - - - trivial-rewrite\n"
    "bounce unix - - - - 0 bounce\n"
    "defer unix - - - - 0 bounce\n"
    "trace unix - - - - 0 bounce\n"
    "verify unix - - - - 1 verify\n"
    "flush unix n - - 1000? 0 flush\n"
    "proxymap unix - - n - - proxymap\n"
    "proxywrite unix - - n - 1 proxymap\n"
    "smtp unix - - - - - smtp\n"
    "relay unix - - - - - smtp\n"
    "showq unix n - - - - showq\n"
    "error unix - - - - - error\n"
    "retry unix - - - - - error\n"
    "discard unix - - - - - discard\n"
    "local unix - n n - - local\n"
    "virtual unix - n n - - virtual\n"
    "lmtp unix - - - - - lmtp\n"
    "anvil unix - - - - 1 anvil\n"
    "scache unix - - - - 1 scache\n";

// RFC 791 section 3.2: what classes A, B and C gave to a network; 240.0.0.0/4 has none.
std::optional<unsigned> class_prefix(const mail::IpAddress& address) {
  const unsigned first = address.bytes()[0];
  if (first < 128) return 8;
  if (first < 192) return 16;
  if (first < 224) return 24;
  if (first < 240) return 4;
  return std::nullopt;
}

enum class Style { by_class, subnet, host };

std::optional<Style> style_of(std::string_view text) {
  constexpr std::pair<std::string_view, Style> styles[] = {
      {"class", Style::by_class}, {"subnet", Style::subnet}, {"host", Style::host}};
  for (const auto& [name, style] : styles) {
    if (equals_ignoring_case(name, text)) return style;
  }
  return std::nullopt;
}

mail::IpAddress masked(const mail::IpAddress& address, unsigned prefix) {
  std::array<std::uint8_t, 16> bytes = address.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned kept = prefix > i * 8 ? std::min(8U, prefix - static_cast<unsigned>(i) * 8) : 0;
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFFU << (8 - kept)));
  }
  if (address.is_v6()) return mail::IpAddress::v6(bytes);
  return mail::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

unsigned prefix_of(const mail::Network& interface, Style style) {
  const unsigned whole = interface.address.is_v6() ? 128 : 32;
  if (style == Style::host) return whole;
  if (style == Style::by_class && !interface.address.is_v6()) {
    return class_prefix(interface.address).value_or(whole);
  }
  return interface.prefix;
}

}  // namespace

SettingPtr default_setting(std::string_view name, std::string_view text, Provenance provenance) {
  auto setting = std::make_shared<Setting>();
  setting->name = name;
  setting->text = text;
  setting->provenance = provenance;
  return setting;
}

std::string default_hostname(std::string_view hostname,
                             const std::optional<std::string>& mydomain) {
  std::string name(hostname);
  if (name.find('.') != std::string::npos) return name;
  return name + '.' + mydomain.value_or("localdomain");
}

std::string default_domain(std::string_view myhostname) {
  const std::size_t dot = myhostname.find('.');
  if (dot == std::string_view::npos) return "localdomain";
  return std::string(myhostname.substr(dot + 1));
}

std::optional<std::string> default_networks(std::span<const mail::Network> interfaces,
                                            std::string_view style) {
  const std::optional<Style> known = style_of(trim(style));
  if (!known) return std::nullopt;
  std::vector<std::string> networks;
  for (const mail::Network& interface : interfaces) {
    const unsigned prefix = prefix_of(interface, *known);
    const std::string address = masked(interface.address, prefix).to_string();
    const bool v6 = interface.address.is_v6();
    std::string network = (v6 ? '[' + address + ']' : address) + '/' + std::to_string(prefix);
    if (std::ranges::find(networks, network) == networks.end()) {
      networks.push_back(std::move(network));
    }
  }
  std::string text;
  for (const std::string& network : networks) text += (text.empty() ? "" : " ") + network;
  return text;
}

std::optional<Protocols> protocols_of(std::string_view text) {
  Protocols protocols;
  std::string list(text);
  std::ranges::replace_if(
      list, [](char c) { return c == ',' || c == '\r' || c == '\n'; }, ' ');
  for (const std::string_view word : words(list)) {
    const bool all = equals_ignoring_case(word, "all");
    const bool ipv4 = equals_ignoring_case(word, "ipv4");
    const bool ipv6 = equals_ignoring_case(word, "ipv6");
    if (!all && !ipv4 && !ipv6) return std::nullopt;
    protocols.ipv4 |= all || ipv4;
    protocols.ipv6 |= all || ipv6;
  }
  return protocols;
}

std::vector<Service> stock_services(bool chroot_by_default) {
  MasterCf stock =
      parse_master_cf(stock_master_cf, {}, MasterRules{.chroot_by_default = chroot_by_default});
  for (Service& service : stock.services) service.where = SourceRange{"master.cf", 0, 0};
  return std::move(stock.services);
}

}  // namespace relayproof::postfix
