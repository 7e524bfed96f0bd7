// One line of a log, whoever wrote it: when, where, which program, and what it said.
#pragma once

#include <string_view>

namespace relayproof::logs {

/// Views into the line that was read (or into the reader's buffer, for journald's JSON).
struct LogLine {
  std::string_view stamp;    ///< as written; empty if the line has none
  std::string_view host;     ///< empty if the line names none
  std::string_view program;  ///< `postfix/submission/smtpd`
  std::string_view process;  ///< its number; empty if the line names none
  std::string_view text;     ///< behind `[123]: `
};

}  // namespace relayproof::logs
