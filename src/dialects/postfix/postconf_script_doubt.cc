#include "dialects/postfix/postconf_script_doubt.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postfix/policy_builder.h"
#include "policy/reach.h"
#include "policy/solutions.h"

namespace relayproof::postfix {

bool relays_for_strangers(const policy::Policy& policy) {
  policy::Solutions solutions;
  policy::ReachOptions options;
  options.solutions = &solutions;
  options.prefer = mail::globally_routable();
  // It is asked for each of several ways: less than a verdict would get.
  options.budget = {200'000, 20'000, 30'000};
  return std::ranges::any_of(policy.doors, [&](const policy::Door& door) {
    if (!policy.listeners.at(door.listener).runs) return false;
    if (door.clients.is_subset_of(mail::loopback())) return false;
    const auto reach = policy::reach(policy, door, options);
    return !(reach.surely & mail::globally_routable()).empty();
  });
}

void hang_on(policy::Policy& policy, const Unread& doubt) {
  PolicyBuilder builder(policy);
  policy::Question question;
  question.name = doubt.text;
  question.says = doubt.why;
  question.origin = builder.dialects::PolicyBuilder::origin(
      policy::Origin{doubt.where, doubt.text, "script", "script"});
  policy::Rule rule;
  rule.when = builder.unknown(builder.question(std::move(question)), {});
  rule.effect = policy::Refuse{};
  rule.says = doubt.text;
  const auto list = builder.list({"what the script leaves open", {rule}});
  for (auto& listener : policy.listeners) {
    listener.stages.insert(listener.stages.begin(),
                           {policy::Moment::connect, "script", list, false});
  }
}

}  // namespace relayproof::postfix
