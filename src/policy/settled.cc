#include "policy/settled.h"

#include "policy/solve_check.h"
#include "policy/solve_keys.h"
#include "policy/solve_language.h"
#include "policy/solve_rewritten.h"

namespace relayproof::policy {
namespace {

// Of the language of one condition.
constexpr std::size_t states_of_one = 300;

// nullopt if not the same of all of them.
std::optional<bool> said_of_all(const Policy& policy, const Wanted& wanted,
                                const std::vector<std::string>& texts) {
  std::optional<bool> answer;
  for (const auto& text : texts) {
    const bool here = meets(policy, wanted, text);
    if (answer && *answer != here) return std::nullopt;
    answer = here;
  }
  return answer;
}

// Whether two addresses in one domain, in whatever case, always get the same answer.
bool hangs_on_domain(const Policy& policy, const Wanted& wanted) {
  if (wanted.kind == Wanted::Kind::outside) return wanted.subject.part != Part::local;
  if (wanted.kind != Wanted::Kind::finds || wanted.subject.part != Part::domain) return false;
  const auto& lookup = policy.lookups.at(wanted.lookup);
  return folds_case(policy, lookup) && !has_patterns(policy, lookup);
}

}  // namespace

std::optional<bool> settled(const Policy& policy, const Wanted& wanted) {
  if (wanted.subject.via.empty()) return std::nullopt;
  const auto range = range_of(policy, wanted.subject.via);
  if (range.texts) return said_of_all(policy, wanted, *range.texts);
  if (range.domains && hangs_on_domain(policy, wanted)) {
    std::vector<std::string> examples;
    for (const auto& domain : *range.domains) examples.push_back("someone@" + domain);
    return said_of_all(policy, wanted, examples);
  }
  if (range.language.same_term(patterns::Language::all())) return std::nullopt;
  for (const bool answer : {true, false}) {
    Wanted other = wanted;
    other.holds = wanted.holds != answer;
    const auto rest = range.language & possibly_meeting(policy, other);
    if (find_any(rest, {.states = states_of_one, .candidates = 1}, nullptr) ==
        patterns::Searched::exhausted) {
      return answer;
    }
  }
  return std::nullopt;
}

}  // namespace relayproof::policy
