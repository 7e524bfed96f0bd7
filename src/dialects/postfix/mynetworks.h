// Match lists of clients: mynetworks, permit_mx_backup_networks, smtpd_authorized_xclient_hosts ...
// Each pattern is tried on the client's name and on its address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/host.h"
#include "dialects/postfix/match_list.h"
#include "mail/ip_address.h"

namespace relayproof::postfix {

/// What a pattern does with a client.
struct ClientPattern {
  enum class Kind : std::uint8_t {
    network,  ///< holds addresses
    name,     ///< can match a client's name only; no address ever
    table,    ///< asked for the name (and its parents, see TableKeys), then for the address
    failing,  ///< an error for each client that gets here and speaks `family`: 451 4.3.0
  };
  Kind kind = Kind::name;
  bool negated = false;
  mail::Network network{};             ///< of network; host bits are zero
  std::optional<mail::Family> family;  ///< of failing: whom it hits; nullopt: everybody
  std::uint32_t element = 0;           ///< of MatchList::elements
  std::string says;                    ///< of failing: Postfix's reason, without a full stop
};

/// A list of clients: patterns in order, the first that matches counts, and an error in front of it
/// is an error.
struct ClientList {
  MatchList list;
  std::vector<ClientPattern> patterns;  ///< one for each element
};

ClientList parse_client_list(const FileSystem& files, std::string_view value,
                             const Version& version);
/// What one pattern means; `element.kind` is text.
ClientPattern client_pattern(const ListElement& element);

/// How mynetworks_style makes mynetworks where that is not set.
enum class NetworksStyle : std::uint8_t { host, subnet, network_class };
/// `host`, `subnet`, `class` in any case; anything else is fatal for Postfix: nullopt.
std::optional<NetworksStyle> parse_networks_style(std::string_view text);

/// The value that Postfix gives mynetworks for these addresses, which inet_interfaces has already
/// chosen, each with its netmask's length: `127.0.0.0/8 [::1]/128 `. Nullopt where `class` meets
/// an address that has none (240.0.0.0 and up): fatal for Postfix.
std::optional<std::string> networks_of_style(NetworksStyle style,
                                             const std::vector<mail::Network>& addresses);

}  // namespace relayproof::postfix
