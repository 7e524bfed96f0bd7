#include "probe/dose.h"

#include <algorithm>

namespace relayproof::probe {

Dose dose_for(Software software) {
  switch (software) {
    case Software::postfix:
      // smtpd_soft_error_limit = 10: from the 11th error on every reply is a second late;
      // smtpd_junk_command_limit = 100 RSETs; smtpd_client_connection_count_limit = 50.
      return {.attempts = 60, .errors = 9, .malformed = 9, .sessions = 8, .hellos = 9};
    case Software::exim:
      // smtp_accept_max_nonmail = 10 (the 12th RSET closes), smtp_max_synprot_errors = 3 (the 4th
      // closes); smtp_accept_max = 20 of all clients.
      // A further EHLO counts as the RSET does in whose place it stands.
      return {.attempts = 10,
              .errors = 10,
              .malformed = 3,
              .by_its_words = true,
              .sessions = 8,
              .hellos = 10};
    case Software::sendmail:
      // No limit on refusals, 120 RSETs without effect; 25 unknown commands. Connections are what
      // Debian limits (10 in ten minutes), so few and long sessions are right.
      // The third EHLO is a second late, the fourth two.
      return {.attempts = 100, .errors = 100, .malformed = 24, .sessions = 4, .hellos = 2};
    case Software::opensmtpd:
      // It refuses a second EHLO.
      return {.attempts = 40, .errors = 40, .malformed = 40, .sessions = 4};
    case Software::exchange:
    case Software::sink:
    case Software::other:
    case Software::unknown:
      break;
  }
  return {};
}

bool keeps_transaction(Software software) { return software == Software::opensmtpd; }

bool pauses_at_quit(Software software) {
  // It waits up to 0.2 s for us to hang up first, with the replies still in its hands.
  return software == Software::exim;
}

bool calls_it_a_violation(const smtp::Answers& answers) {
  const auto is_one = [](const std::optional<mail::Reply>& reply) {
    // RFC 5321 4.2.3; 555 is 4.1.1.11's.
    return reply && ((reply->code >= 500 && reply->code <= 504) || reply->code == 555);
  };
  return is_one(answers.mail) || is_one(answers.rcpt);
}

bool bears_malformed(Software software) {
  // Of others nobody knows what a spelling does to them.
  return software == Software::postfix || software == Software::exim ||
         software == Software::sendmail || software == Software::opensmtpd;
}

Dose reduced(const Dose& dose, std::size_t answered) {
  const std::size_t most = std::max<std::size_t>(answered, 1);
  return {.attempts = std::min(dose.attempts, most),
          .errors = std::min(dose.errors, most),
          .malformed = std::min(dose.malformed, most),
          .by_its_words = dose.by_its_words,
          .sessions = dose.sessions,
          .hellos = dose.hellos};
}

}  // namespace relayproof::probe
