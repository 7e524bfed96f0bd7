// The settings that say how an address is read, and the question whose a domain is.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/host.h"
#include "mail/ip_address.h"

namespace relayproof::postfix {

/// postconf(5), by their names; the initial values are those of Postfix 3.7 with a current
/// compatibility_level.
struct AddressSettings {
  Version version = newest_version;
  std::string myhostname = "localhost.localdomain";
  std::string mydomain = "localdomain";
  std::string myorigin = "localhost.localdomain";
  std::string empty_address_recipient = "MAILER-DAEMON";
  std::string recipient_delimiter;
  bool append_at_myorigin = true;
  bool append_dot_mydomain = false;
  bool allow_percent_hack = true;
  bool swap_bangpath = true;
  bool resolve_dequoted_address = true;
  bool resolve_null_domain = false;
  bool resolve_numeric_domain = false;
  bool allow_min_user = false;
  bool strict_rfc821_envelopes = false;
  bool smtputf8_enable = true;

  /// Whether mydestination lists a domain.
  std::function<bool(std::string_view domain)> is_listed_as_local;
  /// The host's own addresses: `user@[192.0.2.1]` is local.
  std::vector<mail::IpAddress> own_addresses;
};

/// The settings as written, without is_listed_as_local and own_addresses.
AddressSettings address_settings(const Config& config);

}  // namespace relayproof::postfix
