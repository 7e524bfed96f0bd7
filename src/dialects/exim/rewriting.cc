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

  ConditionId from(std::size_t index, const Operand& address) {
    if (index >= rules_.size()) return then_(address);
    const auto effect = effect_of_rule(to_, *rules_[index], address, of_, scope_);
    auto& builder = to_.builder;
    const auto constant = builder.constant_value(effect.matches);
    if (constant == std::optional(false)) return from(index + 1, address);
    const auto behind = effect.quits ? rules_.size() : index + 1;
    auto result = from(behind, address);
    const auto missed = effect.quits && !constant ? from(index + 1, address) : result;
    for (auto way = effect.ways.rbegin(); way != effect.ways.rend(); ++way) {
      result = builder.choice(way->when, after(*way, address, behind), result);
    }
    return builder.choice(effect.matches, result, missed);
  }

 private:
  ConditionId after(const Way& way, const Operand& address, std::size_t behind) {
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
