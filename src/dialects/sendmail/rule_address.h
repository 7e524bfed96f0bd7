// What Sendmail makes of an address of the envelope: rule sets 3 and 0, and the mailer, host and
// user that they resolve it to (op, section 5.1.2; "parseaddr").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/sendmail/rewriting.h"

namespace relayproof::sendmail {

/// What a client hears: `550 5.7.1 <x@example.net>... Relaying denied`.
struct RuleReply {
  int code = 0;
  std::string enhanced;  ///< `5.7.1`, or empty
  std::string text;
  bool operator==(const RuleReply&) const = default;
};

struct ResolvedAddress {
  std::string mailer, host, user;
  std::optional<RuleReply> error;  ///< it is no address, or resolves to `$#error`
  bool fails_for_now = false;      ///< a lookup failed: it is taken, and queued
  bool stays_here = false;         ///< `$: @user`: rule set 5 and aliases are done with it
  Tokens tokens;                   ///< what rule set 0 made of it
};

/// `address` is what stands behind `MAIL FROM:` or `RCPT TO:`; it ends at a blank outside of quotes
/// and angle brackets, unless another delimiter is given ('\0': none). Sets `$h`.
ResolvedAddress resolve_address(Rewriter& rewriter, const Cf& cf, std::string_view address,
                                bool is_sender, char delimiter = ' ');

/// What tokens that begin with `$#` resolve to: the mailer's own rules run on the user.
ResolvedAddress resolve_tokens(Rewriter& rewriter, const Cf& cf, Tokens tokens, bool is_sender);

/// What a `$#error` says to the client. `tokens` begin with `$#`.
RuleReply error_reply(const Rewriter& rewriter, const Tokens& tokens);

/// A line of ours as a reply: `553 5.1.1 Address too long`.
RuleReply reply_of(std::string_view line);

}  // namespace relayproof::sendmail
