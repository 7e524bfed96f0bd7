// The lines of Exim's main log (Exim specification, "Log files"), in its own file or through
// syslog. Strangers write parts of them: sender, HELO, recipient, message-id, the reply of the next
// host. So every part is taken from its place, left to right, never searched for.
#pragma once

#include <optional>

#include "logs/event.h"
#include "logs/log_line.h"
#include "logs/refusal.h"

namespace relayproof::logs {

/// True if the line tells of a message; `out` views into it.
bool read_exim_line(const LogLine& line, Event& out);

/// `H=(helo) [192.0.2.1] F=<a@b> rejected RCPT <c@d>: relay not permitted`. Its code is not logged:
/// 550, or 451 where it is temporary.
std::optional<Refusal> read_exim_refusal(const LogLine& line);

}  // namespace relayproof::logs
