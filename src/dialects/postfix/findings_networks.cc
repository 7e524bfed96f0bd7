// Findings about whom a server trusts by address: mynetworks, XCLIENT, PROXY.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/findings_context.h"
#include "dialects/postfix/mynetworks.h"

namespace relayproof::postfix {
namespace {

/// A network that a list of clients holds, and where it is written.
struct Listed {
  mail::Network network{};
  SourceRange where;
  std::string text;
};

SourceRange place_of(const ClientList& clients, const ClientPattern& pattern, const Value& value) {
  const auto& element = clients.list.elements[pattern.element];
  const auto in_file = clients.list.locate(element);
  return in_file ? *in_file : value.locate(element.column);
}

void add_rows(FindingContext& context, const TableName& name, std::vector<Listed>& to) {
  for_each_row(*context.shelf().open(name), [&](const TableRow& row) {
    if (row.network != nullptr && !row.network->negated) {
      to.push_back({row.network->network, row.where,
                    fmt::format("{}/{}", row.network->network.address.to_string(),
                                row.network->network.prefix)});
    }
    return true;
  });
}

std::vector<Listed> networks_in(FindingContext& context, const Value& value) {
  const auto clients = parse_client_list(context.shelf().files(), value.text, context.version());
  std::vector<Listed> listed;
  for (const auto& pattern : clients.patterns) {
    if (pattern.negated) continue;
    const auto& element = clients.list.elements[pattern.element];
    if (pattern.kind == ClientPattern::Kind::network) {
      listed.push_back(
          {pattern.network, place_of(clients, pattern, value), std::string(element.text)});
    } else if (pattern.kind == ClientPattern::Kind::table) {
      add_rows(context, clients.list.tables[element.table], listed);
    }
  }
  return listed;
}

/// A list that trusts whoever is in it, of one service.
struct Trust {
  std::string_view name;
  Value value;
};

std::vector<Trust> trusts(FindingContext& context) {
  std::vector<Trust> all;
  for (const auto& smtpd : context.smtpds()) {
    auto value = smtpd.values.value("mynetworks");
    const bool own = value.setting->provenance == Provenance::master_cf;
    if (!(own && smtpd.loopback_only)) all.push_back({"mynetworks", std::move(value)});
  }
  for (const auto& service : context.config().services()) {
    if (service.is_disabled || service.command != "qmqpd") continue;
    all.push_back({"qmqpd_authorized_clients",
                   context.config().effective(service, "qmqpd_authorized_clients")});
  }
  return all;
}

// What is still the owner's own, most likely, when strangers' addresses are among them.
constexpr std::uint64_t widest_own_v4 = 65'536;
constexpr unsigned widest_own_v6 = 48;

bool is_too_wide(const mail::Network& network) {
  const auto routable = mail::IpSet::of(network) & mail::globally_routable();
  if (routable.empty()) return false;
  return network.address.is_v6() ? network.prefix < widest_own_v6
                                 : routable.size_v4() > widest_own_v4;
}

void find_wide_networks(FindingContext& context) {
  for (const auto& trust : trusts(context)) {
    // A default is made of the host's own interfaces: mynetworks_style answers for it.
    if (trust.value.setting->is_default()) continue;
    for (const auto& listed : networks_in(context, trust.value)) {
      if (!is_too_wide(listed.network)) continue;
      const auto routable = mail::IpSet::of(listed.network) & mail::globally_routable();
      const auto many = listed.network.address.is_v6()
                            ? std::string("public IPv6 networks")
                            : fmt::format("{} public addresses", routable.size_v4());
      context.add("RP2003", Severity::high, listed.where,
                  fmt::format("{} in {} holds {}", listed.text, trust.name, many),
                  "write your own networks only, with their real prefix lengths");
    }
  }
}

void find_errors(FindingContext& context) {
  for (const auto& trust : trusts(context)) {
    const auto clients =
        parse_client_list(context.shelf().files(), trust.value.text, context.version());
    for (const auto& pattern : clients.patterns) {
      const auto& element = clients.list.elements[pattern.element];
      const auto where = place_of(clients, pattern, trust.value);
      if (pattern.kind != ClientPattern::Kind::failing || !pattern.family ||
          element.kind != ListElement::Kind::text) {
        continue;
      }
      const auto* family = *pattern.family == mail::Family::ipv6 ? "IPv6" : "IPv4";
      context.add("RP2004", Severity::critical, where,
                  fmt::format("{} in {} is an error ({}): every {} client that gets there is told "
                              "451, and no mail is taken",
                              element.text, trust.name, pattern.says, family),
                  "write the network with its host bits zero, as in 127.0.0.0/8");
    }
  }
}

bool is_bare_v6(std::string_view text) {
  const auto address = mail::IpAddress::parse(text.substr(0, text.find('/')));
  return address && address->is_v6();
}

void find_bare_v6(FindingContext& context) {
  for (const auto& trust : trusts(context)) {
    for (const auto& word : list_words(trust.value.text, context.version())) {
      auto text = word.text;
      while (text.starts_with('!')) text.remove_prefix(1);
      if (!is_bare_v6(text)) continue;
      const auto slash = text.find('/');
      context.add("RP2007", Severity::medium, trust.value.locate(word.offset),
                  fmt::format("{} in {} is read as the name of a table, because an IPv6 address "
                              "needs brackets",
                              text, trust.name),
                  fmt::format("write [{}]{}", text.substr(0, slash),
                              slash == text.npos ? "" : text.substr(slash)));
    }
  }
}

struct PrivateRange {
  std::string_view network;
  std::string_view what;
};
constexpr PrivateRange whole_ranges[] = {
    {"10.0.0.0/8", "all of 10.0.0.0/8"},
    {"172.16.0.0/12", "all of 172.16.0.0/12"},
    {"192.168.0.0/16", "all of 192.168.0.0/16"},
    {"100.64.0.0/10", "all addresses that providers share among their customers"},
    {"fd00::/8", "all of fd00::/8"},
};

std::string private_range_in(const mail::Network& network) {
  const auto set = mail::IpSet::of(network);
  for (const auto& range : whole_ranges) {
    if (mail::IpSet::of(*mail::Network::parse(range.network)).is_subset_of(set)) {
      return std::string(range.what);
    }
  }
  // 172.17.0.0/16 and those behind it are what container engines give to their bridges.
  const bool is_bridge = !network.address.is_v6() && network.prefix == 16 &&
                         network.address.bytes()[0] == 172 && network.address.bytes()[1] >= 17 &&
                         network.address.bytes()[1] <= 31;
  return is_bridge ? "a network of a container engine" : "";
}

void find_private_ranges(FindingContext& context) {
  for (const auto& trust : trusts(context)) {
    if (trust.value.setting->is_default()) continue;
    for (const auto& listed : networks_in(context, trust.value)) {
      if (is_too_wide(listed.network)) continue;
      const auto range = private_range_in(listed.network);
      if (range.empty()) continue;
      context.add("RP2011", Severity::medium, listed.where,
                  fmt::format("{} trusts {}: whoever appears there behind a proxy, a NAT or a "
                              "container network may relay",
                              trust.name, range),
                  "write the subnet that your own hosts are in, or the hosts themselves");
    }
  }
}

bool has_public_neighbours(const mail::Network& network) {
  const unsigned single = network.address.is_v6() ? 128 : 32;
  return network.prefix < single && !(mail::IpSet::of(network) & mail::globally_routable()).empty();
}

void find_networks_by_style(FindingContext& context) {
  for (const auto& trust : trusts(context)) {
    if (trust.name != "mynetworks" || !trust.value.setting->is_default()) continue;
    const auto style = context.config().effective("mynetworks_style");
    const auto parsed = parse_networks_style(style.text);
    if (!parsed || *parsed == NetworksStyle::host) continue;
    std::string neighbours;
    for (const auto& listed : networks_in(context, trust.value)) {
      if (has_public_neighbours(listed.network)) neighbours += " " + listed.text;
    }
    const bool by_class = *parsed == NetworksStyle::network_class;
    if (neighbours.empty() && !by_class) continue;
    context.add("RP2012", Severity::medium, context.place(style),
                fmt::format("mynetworks_style = {} trusts {}", style.text,
                            neighbours.empty() ? "the whole old class of each interface's network"
                                               : "public neighbours:" + neighbours),
                "set mynetworks, or mynetworks_style = host");
  }
}

// More than a proxy and the one that replaces it.
constexpr unsigned narrow_v4 = 24;
constexpr unsigned narrow_v6 = 64;

bool is_wide_for_a_proxy(const mail::Network& network) {
  if (mail::IpSet::of(network).is_subset_of(mail::loopback())) return false;
  return network.prefix < (network.address.is_v6() ? narrow_v6 : narrow_v4);
}

void find_trusted_speakers(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    const auto hosts = smtpd.values.value("smtpd_authorized_xclient_hosts");
    for (const auto& listed : networks_in(context, hosts)) {
      if (smtpd.loopback_only || !is_wide_for_a_proxy(listed.network)) continue;
      context.add("RP2008", Severity::high, listed.where,
                  fmt::format("every client in {} may say with XCLIENT that it is another one, "
                              "127.0.0.1 for instance",
                              listed.text),
                  "write the addresses of the proxies only");
    }
  }
}

constexpr std::string_view protocol_of(const Service& service) {
  return service.command == "postscreen" ? "postscreen_upstream_proxy_protocol"
                                         : "smtpd_upstream_proxy_protocol";
}

void find_proxy_protocol(FindingContext& context) {
  for (const auto& service : context.config().services()) {
    const bool takes_mail = service.command == "smtpd" || service.command == "postscreen";
    if (service.is_disabled || service.type != Service::Type::inet || !takes_mail) continue;
    const auto value = context.config().effective(service, protocol_of(service));
    if (!equals_ignoring_case(trim(value.text), "haproxy")) continue;
    const auto at = context.config().listens_at(service);
    const bool hidden = at.complete && !at.addresses.empty() &&
                        std::all_of(at.addresses.begin(), at.addresses.end(), [](const auto& own) {
                          return own.is_loopback() || own.is_private();
                        });
    if (hidden) continue;
    context.add("RP2008", Severity::high, value.locate(0),
                fmt::format("whoever connects to {} may say in a PROXY header that he is another "
                            "client, 127.0.0.1 for instance",
                            service.id()),
                "let this service listen where only the proxy can reach it, or take its networks "
                "out of mynetworks");
  }
}

constexpr Detection detections[] = {
    find_wide_networks,     find_errors,           find_bare_v6,        find_private_ranges,
    find_networks_by_style, find_trusted_speakers, find_proxy_protocol,
};

}  // namespace

std::span<const Detection> network_detections() { return detections; }

}  // namespace relayproof::postfix
