#include "dialects/exim/rewriting.h"

#include <algorithm>

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Part;
using Way = RuleEffect::Way;

constexpr std::size_t rules_followed = 4;
constexpr std::string_view outcome_flags = "EFTSbcfhrst";

// All rules that an address meets, one after the other.
class Sequence {
 public:
  using Then = std::function<ConditionId(const Operand&)>;
  Sequence(Lowering& to, Envelope of, const Scope& scope, ConditionId owners, const Then& then)
      : to_(to), of_(of), scope_(scope), owners_(owners), then_(then) {
    rules_ = rewrite_rules(to.config, of);
    if (rules_.size() <= rules_followed) return;
    const bool decides = of == Envelope::recipient &&
                         !std::all_of(rules_.begin(), rules_.end(), [](const RewriteRule* rule) {
                           return has_written_domain(*rule);
                         });
    to_.note(rules_.front()->line, "there are more rules than verifying follows", decides);
    rules_.clear();
  }

  ConditionId from(std::size_t index, const Operand& address) { return from({index, 0}, address); }

 private:
  // In front of a rule, which has been applied so often.
  struct Place {
    std::size_t index = 0;
    std::size_t applied = 0;
  };

  ConditionId from(Place place, const Operand& address) {
    if (place.index >= rules_.size()) return then_(address);
    const auto& rule = *rules_[place.index];
    const auto effect = effect_of_rule(to_, rule, address, of_, scope_);
    auto& builder = to_.builder;
    const auto constant = builder.constant_value(effect.matches);
    const Place next{place.index + 1};
    const Place behind = effect.quits ? Place{rules_.size()} : next;
    const Place missing = place.applied == 0 ? next : behind;
    if (constant == std::optional(false)) return from(missing, address);
    const bool again = rule.has('R') && place.applied + 1 < repeated_at_most;
    auto result = from(behind, address);
    const auto missed = missing.index != behind.index && !constant ? from(next, address) : result;
    for (auto way = effect.ways.rbegin(); way != effect.ways.rend(); ++way) {
      const Place then = again ? Place{place.index, place.applied + 1} : behind;
      result = builder.choice(way->when, after(*way, address, then), result);
    }
    return builder.choice(effect.matches, result, missed);
  }

  ConditionId after(const Way& way, const Operand& address, Place behind) {
    if (way.kind == Way::Kind::owners) return owners_;
    if (way.kind == Way::Kind::ends) return then_(address);
    if (way.fixed) return from(behind, Operand::text(*way.fixed));
    Operand rewritten = address;
    rewritten.subject.part = Part::whole;
    rewritten.subject.via.push_back(*way.transform);
    return from(behind, rewritten);
  }

  Lowering& to_;
  Envelope of_;
  const Scope& scope_;
  ConditionId owners_;
  const Then& then_;
  std::vector<const RewriteRule*> rules_;
};

}  // namespace

bool has_written_domain(const RewriteRule& rule) {
  const auto at = rule.replacement.rfind('@');
  return at != std::string::npos && rule.replacement.find_first_of("$}\\", at) == std::string::npos;
}

std::vector<const RewriteRule*> rewrite_rules(const Config& config, Envelope of) {
  std::vector<const RewriteRule*> found;
  for (const auto& rule : config.rewrites) {
    const bool all = rule.flags.find_first_of(outcome_flags) == std::string::npos;
    const char own = of == Envelope::recipient ? 'T' : 'F';
    if (all || rule.has('E') || rule.has(own)) found.push_back(&rule);
  }
  return found;
}

ConditionId after_rewriting(Lowering& to, const Operand& address, Envelope of, const Scope& scope,
                            ConditionId owners,
                            const std::function<ConditionId(const Operand&)>& then) {
  return Sequence(to, of, scope, owners, then).from(0, address);
}

}  // namespace relayproof::exim
