#include "probe/refusal.h"

#include <algorithm>

#include "base/text.h"
#include "probe/classify.h"

namespace relayproof::probe {
namespace {

constexpr int out_of_order = 503;   // RFC 5321 4.2.2
constexpr int takes_no_mail = 556;  // RFC 7504

bool was_refused(OutcomeKind kind) {
  return kind == OutcomeKind::refused || kind == OutcomeKind::deferred;
}

// X.7.1 alone is the code of refused relaying, and of any other rule.
bool says_so_in_words(const mail::Reply& reply) {
  return classify({reply.code, {reply.text()}}, Stage::rcpt) == RefusedAs::relay;
}

bool is_at_the_domain_outside(const Outcome& outcome) {
  const std::string_view form = outcome.recipient_form;
  return form.ends_with("@{X}>") || form.ends_with("@{X}");
}

bool is_out_of_order(const Outcome& outcome) {
  return outcome.refused_as == RefusedAs::policy && outcome.reply &&
         outcome.reply->code == out_of_order;
}

// The words of Postfix for `reject`, which stands behind permit_sasl_authenticated.
bool is_plain_reject(const Outcome& outcome) {
  return outcome.reply && contains_ignoring_case(outcome.reply->text(), "rejected: access denied");
}

// Would a server that waits for a password say this to somebody without?
bool may_mean_password(const Outcome& outcome, bool submission) {
  if (!outcome.refused_as || blames_the_domain(outcome) || is_out_of_order(outcome)) return false;
  switch (*outcome.refused_as) {
    case RefusedAs::relay:  // 454 as well, Debian's default
      return true;
    case RefusedAs::auth:
    case RefusedAs::tls:
    case RefusedAs::syntax:
      return outcome.kind == OutcomeKind::refused;
    case RefusedAs::recipient:
    case RefusedAs::policy:
      return submission && outcome.kind == OutcomeKind::refused;
    case RefusedAs::client:
      return submission && outcome.kind == OutcomeKind::refused && is_plain_reject(outcome);
    case RefusedAs::sender:
    case RefusedAs::rate:
    case RefusedAs::temporary:
      return false;
  }
  return false;
}

}  // namespace

Refusal meaning_of(RefusedAs refused_as) {
  switch (refused_as) {
    case RefusedAs::relay:
    case RefusedAs::auth:
    case RefusedAs::tls:  // not here without TLS: the door behind STARTTLS is asked by itself
    case RefusedAs::syntax:
      return Refusal::settles;
    case RefusedAs::recipient:
    case RefusedAs::policy:
      return Refusal::ambiguous;
    case RefusedAs::sender:
    case RefusedAs::client:
    case RefusedAs::rate:
    case RefusedAs::temporary:
      return Refusal::says_nothing;
  }
  return Refusal::says_nothing;
}

Refusal meaning_of(const Outcome& outcome) {
  // The same is asked without it: whatever the words, the claim was not believed.
  if (outcome.prelude != techniques::Prelude::none && outcome.kind == OutcomeKind::refused) {
    return Refusal::settles;
  }
  if (!outcome.refused_as || !outcome.reply) return Refusal::says_nothing;
  const bool for_good = outcome.kind == OutcomeKind::refused;
  // Another HELO was taken before, so it is this one that is refused, and all that follow it.
  if (outcome.helo_refused) {
    return for_good && *outcome.refused_as != RefusedAs::rate ? Refusal::settles
                                                              : Refusal::says_nothing;
  }
  const Refusal meaning = meaning_of(*outcome.refused_as);
  if (outcome.phase == "data") {
    return for_good && meaning != Refusal::says_nothing ? Refusal::settles : Refusal::says_nothing;
  }
  if (blames_the_domain(outcome) || is_out_of_order(outcome)) return Refusal::says_nothing;
  if (outcome.refused_as == RefusedAs::relay && !says_so_in_words(*outcome.reply)) {
    return Refusal::needs_postmaster;
  }
  return meaning;
}

bool blames_the_domain(const Outcome& outcome) {
  if (outcome.refused_as != RefusedAs::recipient || !outcome.reply) return false;
  const mail::Reply& reply = *outcome.reply;
  const auto enhanced = reply.enhanced();
  // RFC 3463 X.1.2: bad destination system; RFC 7505: null MX.
  const bool by_code =
      reply.code == takes_no_mail ||
      (enhanced && enhanced->subject == 1 && (enhanced->detail == 2 || enhanced->detail == 10));
  const std::string text = reply.text();
  const bool by_words = contains_ignoring_case(text, "does not accept mail") ||
                        contains_ignoring_case(text, "nullmx") ||
                        contains_ignoring_case(text, "domain not found");
  // Exim says this of unknown users, too: here only where the domain is not its own.
  const bool unrouteable = contains_ignoring_case(text, "unrouteable address");
  return by_code || by_words || (unrouteable && is_at_the_domain_outside(outcome));
}

bool is_submission(std::uint16_t port) { return port == 587 || port == 465; }

bool refuses_all_without_password(const DoorResult& door) {
  const bool submission = is_submission(door.target.port);
  bool asked = false;
  bool says_so = false;
  for (const auto& outcome : door.outcomes) {
    if (outcome.kind == OutcomeKind::not_run || outcome.helo_refused) continue;
    if (outcome.prelude != techniques::Prelude::none) continue;
    if (!was_refused(outcome.kind) || !may_mean_password(outcome, submission)) return false;
    asked = true;
    says_so = says_so || outcome.refused_as == RefusedAs::auth;
  }
  // The bare <postmaster> is taken by servers that refuse everything else (RFC 5321 4.1.1.3).
  const bool takes_own_mail =
      std::any_of(door.controls.begin(), door.controls.end(), [](const Control& control) {
        return control.kind == OutcomeKind::accepted &&
               control.attempt.rcpt_to.find('@') != std::string::npos;
      });
  return asked && (says_so || submission) && !takes_own_mail;
}

}  // namespace relayproof::probe
