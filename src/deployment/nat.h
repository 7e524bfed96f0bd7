// The address translation of a packet filter, as iptables-save and `nft list ruleset` print it, and
// whose addresses it takes away on the way to a server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_range.h"
#include "mail/ip_set.h"

namespace relayproof::deployment {

/// A text of the owner's files with its place.
struct Written {
  SourceRange where;
  std::string text;
};

/// A range of ports, both ends included.
struct Ports {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;
  bool contains(std::uint16_t port) const { return first <= port && port <= last; }
};

/// An interface's name in a rule; a `+` or `*` at its end stands for any rest.
struct InterfaceMatch {
  std::string name;
  bool negated = false;
};

/// Bits of the mark that a packet carries from chain to chain (iptables-extensions(8), MARK).
struct PacketMark {
  std::uint32_t mask = 0;
  std::uint32_t value = 0;
};

/// `0x2000` or `8192`.
std::optional<std::uint32_t> parse_bits(std::string_view text);

struct NatRule {
  Written written;
  mail::IpSet sources = mail::IpSet::all();
  mail::IpSet destinations = mail::IpSet::all();
  bool names_destination = false;
  bool tcp = true;           ///< it can match TCP
  std::vector<Ports> ports;  ///< of the destination; empty: any
  bool ports_negated = false;
  std::optional<InterfaceMatch> in;
  std::optional<InterfaceMatch> out;
  bool to_this_machine = false;      ///< only what is addressed to the machine itself
  std::optional<PacketMark> marked;  ///< only packets with these bits in their mark
  bool marked_negated = false;
  bool partly = false;  ///< it has conditions that are not followed: it may match, or not
  enum class Action : std::uint8_t {
    nothing,
    accept,
    back,  ///< to the calling chain; in a base chain the policy, which is to accept
    jump,
    go_to,
    masquerade,
    source,       ///< takes a client's address away: SNAT
    destination,  ///< DNAT
    mark,         ///< sets bits of the packet's mark, and goes on
  } action = Action::nothing;
  std::string chain;  ///< of jump and go_to
  mail::IpSet to;     ///< of source and destination
  std::optional<std::uint16_t> to_port;
  PacketMark mark;  ///< of mark: the bits that it sets; a mask without value clears them
};

struct NatChain {
  std::string name;
  enum class Hook : std::uint8_t { none, prerouting, output, postrouting } hook = Hook::none;
  int priority = 0;
  std::vector<NatRule> rules;
};

/// One table: its chains see addresses of these families.
struct NatTable {
  std::string name;
  bool ipv4 = true;
  bool ipv6 = false;
  std::vector<NatChain> chains;
};

/// All the address translation of a machine.
struct Translation {
  std::vector<NatTable> tables;
  /// Rules that translate no addresses mark packets, and nothing is known of which. Without them a
  /// mark that these tables set is taken to be set by them alone.
  bool marks_elsewhere = false;
};

/// Where SMTP that reaches the machine of these tables is sent on to.
struct Forward {
  Written written;
  mail::IpSet to;  ///< addresses
  std::uint16_t to_port = 0;
  std::uint16_t port = 0;  ///< at which clients connect
  std::string in;          ///< the interface by which they come; empty: any
};
/// All that may be sent on to this port of a server. `sure` or not.
std::vector<Forward> forwards_to(const Translation& nat, std::uint16_t port);

/// A flow to the server, behind any forwarding.
struct Flow {
  mail::IpSet to;  ///< the server's addresses as the last packet filter sees them
  std::uint16_t port = 25;
  std::string bridge;       ///< the interface it leaves by; empty: not known
  bool to_bridge = false;   ///< it leaves by a bridge of a container engine
  std::string came_by;      ///< an interface it does not leave by; empty: none known
  bool only_named = false;  ///< only rules that name its port or its address concern it
  /// At which port of this machine its clients connect; empty: not known.
  std::optional<std::uint16_t> published;
  bool entering = false;  ///< it has not been forwarded yet: `to` is this machine, at `published`
};

/// Clients whom the server sees under another address because of one rule.
struct Masked {
  mail::IpSet clients;
  mail::IpSet as;      ///< empty: the address of the interface that the flow leaves by
  bool surely = true;  ///< false: a part of the rule was not understood
  Written written;
};
std::vector<Masked> masked(const Translation& nat, const Flow& flow);

}  // namespace relayproof::deployment
