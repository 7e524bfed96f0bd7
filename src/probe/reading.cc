#include "probe/reading.h"

#include "probe/classify.h"

namespace relayproof::probe {
namespace {

// A refusal of MAIL is about the sender unless it says that it is about us or the connection.
bool is_about_the_sender(RefusedAs refused_as) {
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
  if (!answers.mail->is_positive()) {
    Reading reading = refusal(*answers.mail, Stage::mail);
    reading.sender_refused = is_about_the_sender(reading.refused_as.value_or(RefusedAs::sender));
    if (reading.sender_refused) reading.refused_as = RefusedAs::sender;
    return reading;
  }
  if (!answers.rcpt) return {};
  if (!answers.rcpt->is_positive()) {
    Reading reading = refusal(*answers.rcpt, Stage::rcpt);
    reading.sender_refused = reading.refused_as == RefusedAs::sender;
    return reading;
  }
  if (answers.data && !answers.data->is_intermediate()) {
    Reading reading = refusal(*answers.data, Stage::data);
    reading.phase = "data";
    return reading;
  }
  Reading reading;
  reading.kind = OutcomeKind::accepted;
  reading.reply = answers.rcpt;
  if (answers.data) reading.phase = "data";
  return reading;
}

}  // namespace relayproof::probe
