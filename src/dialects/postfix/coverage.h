// What each line of a configuration means to us, for `audit --coverage` and for the rule that a
// line which could matter and was not understood forbids *closed*.
#pragma once

#include <string>
#include <vector>

#include "base/source_range.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/parameters.h"

namespace relayproof::postfix {

/// One logical line of main.cf, one service of master.cf, or one `-o` of it.
struct CoverageLine {
  SourceRange where;
  std::string text;     ///< as written, without continuation; the user's bytes
  std::string service;  ///< `submission inet` for a service and its -o; empty for main.cf
  Support support = Support::unrecognised;
  std::string why;  ///< why it is not simply understood; empty if it is
};

/// Every line, in the order of the files.
std::vector<CoverageLine> coverage(const Config& config);

}  // namespace relayproof::postfix
