#include "dialects/postfix/postconf_script_doubt.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postfix/policy_builder.h"
#include "policy/reach.h"
#include "policy/solutions.h"

namespace relayproof::postfix {

mail::IpSet strangers_who_relay(const policy::Policy& policy, const mail::IpSet& own) {
  policy::Solutions solutions;
  policy::ReachOptions options;
  options.solutions = &solutions;
  options.prefer = mail::globally_routable();
  // It is asked for each of several ways: less than a verdict would get.
  options.budget = {200'000, 20'000, 30'000};
  mail::IpSet found;
  for (const policy::Door& door : policy.doors) {
    if (!policy.listeners.at(door.listener).runs) continue;
    if (door.clients.is_subset_of(mail::loopback())) continue;
    found = found | policy::reach(policy, door, options).surely;
  }
  return (found & mail::globally_routable()) - own;
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
