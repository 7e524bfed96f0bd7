// What the log of a mail server is made of, whichever server wrote it. One table of functions for
// each; joiner and tallies know events only.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "logs/event.h"
#include "logs/log_line.h"
#include "logs/refusal.h"

namespace relayproof::logs {

struct LogDialect {
  std::string_view name;  ///< `postfix`
  /// Reads a line into `out`; false if it says nothing that counts, or is not of this server.
  bool (*read)(const LogLine& line, Event& out);
  /// The refusal that the line tells of.
  std::optional<Refusal> (*read_refusal)(const LogLine& line);
  /// Puts what the line tells next in the place of an event of it; false if that was the last.
  /// Null: a line tells one event.
  bool (*next)(Event& event) = nullptr;
};

/// Every dialect, in the order in which lines are tried.
const std::vector<const LogDialect*>& log_dialects();

}  // namespace relayproof::logs
