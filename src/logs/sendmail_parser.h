// Sendmail's lines, as its daemon, its queue runs and its submission program write them to syslog
// (Sendmail Installation and Operation Guide, "The System Log"). Of a message: one line when it
// came, with client, sender and message-id; one for each delivery, with all recipients that shared
// it. Strangers write parts of them: sender, recipients, message-id, the reply of the next host.
#pragma once

#include <optional>

#include "logs/event.h"
#include "logs/log_line.h"
#include "logs/refusal.h"

namespace relayproof::logs {

/// True if the line tells of a message or of a login; `out` views into it. No line has to tell that
/// the queue is done with a message: above the usual LogLevel one does.
bool read_sendmail_line(const LogLine& line, Event& out);

/// The next recipient of the same delivery, or the next message that one was split into.
bool next_sendmail_event(Event& event);

/// `QID: ruleset=check_rcpt, arg1=<a@b>, relay=name [192.0.2.1], reject=550 …`; and, where the line
/// names no client but its message does later, `QID: <a@b>... User unknown` and what milters
/// refuse.
std::optional<Refusal> read_sendmail_refusal(const LogLine& line);

}  // namespace relayproof::logs
