// The lines of OpenSMTPD (smtp_session.c, mta_session.c, mda.c): a session's begin with its ID, and
// only the first tells the client; a message's are known by the first half of its envelopes' IDs.
//   e919ecfb7d184b52 smtp connected address=203.0.113.9 host=probe.club.example
//   e919ecfb7d184b52 smtp message msgid=84eb9343 size=245 nrcpt=1 proto=ESMTP
// Before 6.4 there is `event=` in front of the event's name.
#pragma once

#include <optional>

#include "logs/event.h"
#include "logs/log_line.h"
#include "logs/refusal.h"

namespace relayproof::logs {

/// True if the line tells of a session or a message; `out` views into it.
bool read_opensmtpd_line(const LogLine& line, Event& out);

/// `smtp failed-command command="RCPT TO:<a@b>" result="550 Invalid recipient: <a@b>"`: its client
/// stands in another line.
std::optional<Refusal> read_opensmtpd_refusal(const LogLine& line);

}  // namespace relayproof::logs
