#include "probe/reading.h"

#include "probe/classify.h"

namespace relayproof::probe {
namespace {

constexpr int out_of_order = 503;  // RFC 5321 4.2.2

// A refusal of MAIL is about the sender unless it says that it is about us or the connection.
bool is_about_the_sender(const mail::Reply& reply, RefusedAs refused_as) {
  if (reply.code == out_of_order) return false;
  switch (refused_as) {
    case RefusedAs::client:
    case RefusedAs::auth:
    case RefusedAs::tls:
    case RefusedAs::rate:
      return false;
    default:
      return true;
  }
}

// A 3xx where none is due says nothing.
bool is_refusal(const mail::Reply& reply) { return reply.is_transient() || reply.is_permanent(); }

Reading refusal(const mail::Reply& reply, Stage stage) {
  Reading reading;
  reading.kind = reply.is_transient() ? OutcomeKind::deferred : OutcomeKind::refused;
  reading.refused_as = classify(reply, stage);
  reading.reply = reply;
  return reading;
}

}  // namespace

Reading read(const smtp::Answers& answers) {
  if (!answers.complete || !answers.mail) return {};
  if (is_refusal(*answers.mail)) {
    Reading reading = refusal(*answers.mail, Stage::mail);
    reading.mail_refused = true;
    reading.sender_refused =
        is_about_the_sender(*answers.mail, reading.refused_as.value_or(RefusedAs::sender));
    if (reading.sender_refused) reading.refused_as = RefusedAs::sender;
    return reading;
  }
  if (!answers.mail->is_positive() || !answers.rcpt) return {};
  if (is_refusal(*answers.rcpt)) {
    Reading reading = refusal(*answers.rcpt, Stage::rcpt);
    reading.sender_refused = reading.refused_as == RefusedAs::sender;
    return reading;
  }
  if (!answers.rcpt->is_positive()) return {};
  if (answers.data && is_refusal(*answers.data)) {
    Reading reading = refusal(*answers.data, Stage::data);
    reading.phase = "data";
    return reading;
  }
  if (answers.message && is_refusal(*answers.message)) {
    Reading reading = refusal(*answers.message, Stage::data);
    reading.phase = "data";
    return reading;
  }
  Reading reading;
  reading.kind = OutcomeKind::accepted;
  reading.reply = answers.message ? answers.message : answers.rcpt;
  if (answers.data) reading.phase = "data";
  return reading;
}

}  // namespace relayproof::probe
