// The commands a client sends (RFC 5321 section 4.1.1), and what may never be in one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mail/reply.h"

namespace relayproof::smtp {

/// What the server owes a reply to. The greeting is owed to the connection.
enum class Verb {
  greeting,
  ehlo,
  helo,
  starttls,
  prelude,
  mail,
  first_rcpt,  ///< another recipient before the one that is asked about
  rcpt,
  data,
  message,  ///< the content, to its dot
  rset,
  quit,
};

struct Command {
  Verb verb = Verb::greeting;
  std::size_t attempt = 0;  ///< which one MAIL, RCPT, DATA and the message are about
};

/// The name alone: `MAIL`.
std::string_view to_string(Verb verb);

/// The line without its end: `MAIL FROM:<a@b>`.
std::string command_line(Verb verb, std::string_view argument);

/// The content as it goes over the wire, its end included (RFC 5321 4.5.2): a dot before each line
/// that begins with one, and line ends made whole, so that none of it can end it early.
std::string stuffed(std::string_view content);

/// False if it holds CR or LF: it would be more than one command. A NUL may be what is asked about.
bool is_sendable(std::string_view argument);

/// The extensions of a reply to EHLO (RFC 5321 section 4.1.1.1), keyword in upper case, one space
/// between the words.
std::vector<std::string> extensions_of(const mail::Reply& ehlo);

/// `554 5.7.1 first line second line`.
std::string in_one_line(const mail::Reply& reply);

}  // namespace relayproof::smtp
