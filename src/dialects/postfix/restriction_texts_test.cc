#include "dialects/postfix/restriction_texts.h"

#include <gtest/gtest.h>

#include "policy/decide.h"

namespace relayproof::postfix {
namespace {

using Ask = policy::ConditionId (*)(PolicyBuilder&, const policy::Subject&);

// Whether the condition holds for a HELO name: it is asked by a policy with one gate.
bool holds(Ask ask, const std::string& text) {
  policy::Policy policy;
  PolicyBuilder builder(policy);
  const auto condition = ask(builder, PolicyBuilder::rewritten(policy::Field::helo));
  policy::Rule gate;
  gate.when = condition;
  gate.effect = policy::Refuse{{554, ""}};
  policy.addresses.read_sender = policy.addresses.read_recipient = [](std::string_view wire) {
    return std::optional(std::string(wire));
  };
  policy::Listener listener;
  listener.stages = {{policy::Moment::rcpt, "gate", builder.list({"gate", {gate}})}};
  listener.route = builder.list({"route", {}});
  policy.listeners.push_back(listener);
  policy::Attempt attempt;
  attempt.helo = text;
  attempt.rcpt_to = "a@example.net";
  return policy::decide(policy, 0, attempt).reply == policy::Decision::Reply::reject;
}

struct Case {
  std::string text;
  bool expected;
};

void check(Ask ask, const std::vector<Case>& cases) {
  for (const auto& [text, expected] : cases) EXPECT_EQ(holds(ask, text), expected) << text;
}

TEST(RestrictionTexts, TakesForAHostNameWhatPostfixTakes) {
  check(is_hostname, {{"host", true},
                      {"mail.example.com", true},
                      {"mail.example.com.", true},
                      {"a_b.example.com", true},
                      {"1.example.com", true},
                      {"1.2.3.4", false},
                      {"1234", false},
                      {"-a.example.com", false},
                      {"a-.example.com", false},
                      {"a..example.com", false},
                      {".example.com", false},
                      {"mail.example.com..", false},
                      {"a b", false},
                      {"[192.0.2.1]", false}});
}

TEST(RestrictionTexts, WantsADotInAQualifiedName) {
  check(is_qualified_hostname, {{"host", false},
                                {"host.", false},
                                {"mail.example.com", true},
                                {"mail.example.com.", true},
                                {"1.2.3.4", false}});
}

TEST(RestrictionTexts, KnowsAddressesAndLiterals) {
  check(is_address, {{"192.0.2.1", true},
                     {"192.0.2.256", false},
                     {"192.0.2", false},
                     {"2001:db8::1", true},
                     {"::", true},
                     {"::ffff:192.0.2.1", true},
                     {"1:2:3:4:5:6:7:8", true},
                     {"mail.example.com", false}});
  check(is_literal, {{"[192.0.2.1]", true},
                     {"[IPv6:2001:db8::1]", true},
                     {"[2001:db8::1]", false},
                     {"[192.0.2.1", false},
                     {"192.0.2.1", false}});
  check(is_bracketed, {{"[", true}, {"a[", false}});
  check(is_in_brackets, {{"[]", true}, {"[x", false}});
  check(is_digits_and_dots, {{"1.2:3", true}, {"1a", false}});
  check(is_not_empty, {{"x", true}, {"", false}});
}

}  // namespace
}  // namespace relayproof::postfix
