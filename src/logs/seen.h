// Under which address a server saw a client, by its own log: find the lines that name a token
// which nobody else can know, and read the client from the server's own part of the line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_address.h"

namespace relayproof::logs {

/// One line of a log that names the token.
struct Seen {
  mail::IpAddress client;   ///< unmapped, as the server saw it
  std::string client_name;  ///< as logged: `unknown`, a confirmed name, or empty
  std::string stamp;        ///< as written; empty if the line has none
  std::uint16_t code = 0;   ///< of the reply, such as 550; 0 if the server took the recipient
  std::string line;         ///< the line, at most `seen_line_bytes`; foreign bytes: escape it
};

constexpr std::size_t seen_line_bytes = 1000;

/// Lines of `log` that name `token` and a client, in their order, at most `limit`. The token is
/// compared byte for byte, as part of any word; it should be long and random. Also found: a message
/// that was taken, by the recipient of its delivery, if its arrival stands earlier in `log`.
/// `log` is any part of a log in any of the frames that syslog_parser.h and journal_parser.h read.
/// Empty: the token is not in the log, or no line of it tells a client; that proves nothing.
std::vector<Seen> find_seen(std::string_view log, std::string_view token, std::size_t limit = 16);

}  // namespace relayproof::logs
