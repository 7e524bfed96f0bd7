// One case of "may this client, saying this, send from this sender to this recipient?"
#pragma once

#include <string>

namespace relayproof::mail {

/// What a client says about itself and its message. `mail_from` and `rcpt_to` are the arguments as
/// they go over the wire, right after `MAIL FROM:` and `RCPT TO:`: brackets, quotes, blanks and
/// errors included, since these are what an attempt is about.
struct Attempt {
  std::string helo;
  std::string mail_from;
  std::string rcpt_to;
  std::string first_rcpt = {};  ///< a recipient named before in the same message; empty: none

  bool operator==(const Attempt&) const = default;
};

}  // namespace relayproof::mail
