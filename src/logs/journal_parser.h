// Journal entries as `journalctl -o json` writes them (systemd.journal-fields(7)): one JSON object
// a line.
#pragma once

#include <string>
#include <string_view>

namespace relayproof::logs {

/// Appends the entry to `out` as the line that a syslog daemon would have written (RFC 3339 stamp
/// in UTC, host, identifier, message), with its line feed; a line feed inside the message becomes a
/// blank. False, and nothing appended, if `line` is no entry with an identifier and a message.
/// Only keys of the object itself count: a message cannot add any.
bool append_journal_line(std::string_view line, std::string& out);

/// Whether a line of a file looks like an entry.
inline bool is_journal_line(std::string_view line) { return line.starts_with('{'); }

}  // namespace relayproof::logs
