#include "dialects/sendmail/own_rules.h"

#include "base/text.h"
#include "dialects/sendmail/rule_prints.h"

namespace relayproof::sendmail {
namespace {

// `$#error`, `$#discard`: the only mailers it names, and no other rule set is asked.
bool only_refuses(std::string_view text) {
  const auto tab = text.find('\t');
  auto right = tab == std::string_view::npos ? text : text.substr(tab);
  if (right.find("$>") != std::string_view::npos) return false;
  for (auto at = right.find("$#"); at != std::string_view::npos; at = right.find("$#")) {
    right = trim(right.substr(at + 2));
    if (!starts_with_ignoring_case(right, "error") &&
        !starts_with_ignoring_case(right, "discard")) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string why_it_matters(const OwnRule& rule) {
  const auto set = to_lower(rule.set);
  if (!is_deciding(set)) return {};
  if (set == "local_check_rcpt" && only_refuses(rule.text)) return {};
  return "a rule of your own in " + rule.set + " may let a relay through";
}

}  // namespace relayproof::sendmail
