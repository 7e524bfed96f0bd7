// The values that parameters have when nobody sets them, as far as they follow from the machine:
// its name, its networks (src/global/mail_params.c, src/global/mynetworks.c).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "mail/ip_address.h"

namespace relayproof::postfix {

/// A default as a setting: built in, or made of the machine.
SettingPtr default_setting(std::string_view name, std::string_view text, Provenance provenance);

/// myhostname of what gethostname(3) says; a name without a dot is completed with `mydomain`, or
/// `localdomain` if that is not set.
std::string default_hostname(std::string_view hostname, const std::optional<std::string>& mydomain);

/// mydomain: what follows the first dot of myhostname, or `localdomain`.
std::string default_domain(std::string_view myhostname);

/// mynetworks of the host's interfaces, by mynetworks_style `class`, `subnet` or `host`; nullopt
/// for any other style, which is fatal.
std::optional<std::string> default_networks(std::span<const mail::Network> interfaces,
                                            std::string_view style);

/// Which families inet_protocols lets Postfix use.
struct Protocols {
  bool ipv4 = false;
  bool ipv6 = false;
};
/// Of `all`, `ipv4`, `ipv6` and lists of them; nullopt for another word, which is fatal.
std::optional<Protocols> protocols_of(std::string_view text);

/// The services of the master.cf that comes with Postfix: smtpd on port 25, and what delivers.
/// Their places have line 0.
std::vector<Service> stock_services(bool chroot_by_default);

}  // namespace relayproof::postfix
