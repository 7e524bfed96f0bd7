// The lines of Postfix, as its daemons write them (log_adhoc(3), smtpd(8), qmgr(8), pickup(8)).
// Strangers write parts of them: sender, HELO, recipient, message-id, the reply of the next host.
// So every part is taken from its place, left to right, never searched for.
#pragma once

#include <optional>

#include "logs/event.h"
#include "logs/log_line.h"
#include "logs/refusal.h"

namespace relayproof::logs {

/// True if the line tells of a message; `out` views into it. `program` has to be of the form
/// `postfix/smtpd`, with any syslog_name in front of the last slash.
bool read_postfix_line(const LogLine& line, Event& out);

/// `NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 550 …`, of smtpd, postscreen or cleanup.
std::optional<Refusal> read_postfix_refusal(const LogLine& line);

}  // namespace relayproof::logs
