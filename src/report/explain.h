// One attempt, decided: the reply, what becomes of it, and each rule that took part.
#pragma once

#include <string>
#include <vector>

#include "policy/decide.h"
#include "report/render.h"

namespace relayproof::report {

struct Explained {
  const policy::Policy& policy;
  const policy::Attempt& attempt;
  std::string listener;  ///< empty: nothing serves this port for this client
  policy::Decision decision;
  /// Not owned: what was taken for granted of the configuration and could make a difference, in
  /// words.
  const std::vector<std::string>& doubts;
};

/// `relayproof/explain/1`: pretty-printed, or one line.
std::string explain_json(const Explained& explained);
std::string explain_json_line(const Explained& explained);
std::string explain_text(const Explained& explained, const TextOptions& options);

/// `refused`, `dropped`, `local`, `handed-on`, `undecided`: of several destinations the one that
/// matters most.
std::string fate_of(const policy::Decision& decision);

}  // namespace relayproof::report
