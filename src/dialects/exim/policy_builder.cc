#include "dialects/exim/policy_builder.h"

namespace relayproof::exim {

using policy::ConditionId;

ConditionId PolicyBuilder::choice(ConditionId when, ConditionId then, ConditionId otherwise) {
  if (then == otherwise) return then;
  return any({all({when, then}), all({negation(when), otherwise})});
}

ConditionId PolicyBuilder::anything(const policy::Subject& subject, policy::OriginId origin) {
  if (origin == 0) return constant(true);
  const auto index = interned("text table", "*", next_index(policy_.tables));
  if (index == next_index(policy_.tables)) {
    policy::Table made;
    made.name = "*";
    made.everything = policy::Row{result(policy::Nothing{}), 0, {}};
    table(std::move(made));
  }
  return finds(lookup({{index}, {policy::Key::whole}, ""}), subject, {}, origin);
}

}  // namespace relayproof::exim
