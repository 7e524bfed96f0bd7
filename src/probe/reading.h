// What the answers to one attempt amount to.
#pragma once

#include <optional>
#include <string>

#include "probe/observation.h"
#include "smtp/session.h"

namespace relayproof::probe {

struct Reading {
  OutcomeKind kind = OutcomeKind::not_run;
  std::optional<RefusedAs> refused_as;
  std::optional<mail::Reply> reply;  ///< the decisive one
  std::string phase = "rcpt";
  bool helo_refused = false;
  bool mail_refused = false;  ///< the reply is that to MAIL
  /// The server objects to the sender, so the recipient was not judged: ask with another one.
  bool sender_refused = false;
};

/// Reads complete answers; incomplete ones are not_run.
Reading read(const smtp::Answers& answers);

}  // namespace relayproof::probe
