// How smtpd reads addresses: from the command line to what its rules see, and from the right-hand
// side of an alias to where the mail goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/addresses.h"

namespace relayproof::opensmtpd {

/// smtp_mailaddr() of smtp_session.c: the argument of RCPT TO or MAIL FROM as `user@domain`. A
/// source route is cut off, an address without a domain gets `hostname`. nullopt: 501 or 553, or
/// an option that is refused. The null sender is the empty text.
std::optional<std::string> read_path(std::string_view wire, std::string_view hostname,
                                     bool is_sender);

/// valid_domainpart() of util.c: a host name, or an address in brackets.
bool is_valid_domain(std::string_view domain);

/// The addresses, user names, programs and files of an alias's right-hand side, as expand_line()
/// takes it apart: `root, |/bin/x, "|/bin/y z", user@example.com`.
std::vector<std::string> targets_of(std::string_view value);

policy::Addresses make_addresses(std::string hostname);

}  // namespace relayproof::opensmtpd
