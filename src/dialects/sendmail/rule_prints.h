// The stock rules of Sendmail by what they look like: a fingerprint each, and the features that it
// needs or that take it away, for several versions. Made from Sendmail's own macros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/cf.h"

namespace relayproof::sendmail {

/// True for a rule set that decides who relays, reads addresses, or says where mail goes.
bool is_deciding(std::string_view rule_set);

/// The fingerprint of a rule: blanks and case do not count, nor what an error says.
std::uint64_t print_of(std::string_view rule_set, std::string_view rule);

/// How a file's deciding rule sets fit the stock ones.
struct StockFit {
  std::string version;  ///< of the stock rules that fit best
  struct SwitchedOn {
    std::string name;  ///< as tools/sendmail-rule-prints has it: `relay_local_from`
    SourceRange where;
    std::string text;
  };
  std::vector<SwitchedOn> features;
  struct Difference {
    std::string rule_set;
    SourceRange where;  ///< of the rule, or of the rule set where one is missing
    std::string text;
    bool missing = false;
  };
  std::vector<Difference> differences;  ///< at most one for each rule set
};
StockFit fit_stock_rules(const Cf& cf);

}  // namespace relayproof::sendmail
