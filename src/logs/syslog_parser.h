// The frame that syslog daemons put around a message: stamp, host, program[pid].
//   Nov 22 07:01:27 mx postfix/smtpd[123]: text                        RFC 3164 section 4.1
//   2026-11-22T07:01:27.123456+01:00 mx postfix/smtpd[123]: text       RFC 3339; journalctl -o
//   short-iso
//   2026-11-22 07:01:27 1abcde-000001-2C <= text                       Exim's own files, no frame
// A priority in front (`<22>`), the stamp that `docker logs -t` adds, a missing stamp or a missing
// host do no harm.
#pragma once

#include "logs/log_line.h"

namespace relayproof::logs {

/// True if `line`, which ends before its line feed, is a program's line; `out` views into it.
/// Every part is taken from its place at the beginning of the line: what stands in the text, which
/// strangers write, never moves it.
bool read_syslog_line(std::string_view line, LogLine& out);

}  // namespace relayproof::logs
