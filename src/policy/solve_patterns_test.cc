#include <gtest/gtest.h>

#include "policy/table_policy_test.h"

namespace relayproof::policy {
namespace {

using Lines = std::vector<TablePolicy::Line>;

struct Case {
  const char* name;
  Lines lines;
  Field field;
  const char* expected;
};

// The whole text finds result 1 in a table of patterns.
TEST(SolvePatternsTest, FindsATextThatOneRowOfATableLeaves) {
  const Case cases[] = {
      {"part of a name", {{"^mail\\.", 1}}, Field::helo, "yes mail.example.net"},
      {"a stranger's confirmed name",
       {{"^trusted", 1}},
       Field::client_name,
       "yes trusted.example.net"},
      {"ours, which no stranger has", {{"\\.ours\\.example$", 1}}, Field::client_name, "no"},
      {"ours without its dot",
       {{"ours\\.example$", 1}},
       Field::client_name,
       "yes mail.aours.example"},
      {"a partner's",
       {{"\\.partner\\.example$", 1}},
       Field::client_name,
       "hidden a.partner.example"},
      {"a forged name", {{"\\.ours\\.example$", 1}}, Field::reverse_name, "yes mail.ours.example"},
      {"an earlier row takes all", {{"@", 2}, {"@example\\.com$", 1}}, Field::recipient, "no"},
      {"an earlier row leaves one",
       {{"^[b-z]", 2}, {"^[a-z]@example\\.com$", 1}},
       Field::recipient,
       "yes a@example.com"},
      {"negated", {{"@", 1, true}}, Field::recipient, "yes postmaster"},
      {"only in a block", {{"^a", 1, false, {"c$"}, {}}}, Field::user, "yes ac"},
      {"but not in a block", {{"^ab?$", 1, false, {}, {"b"}}}, Field::user, "yes a"},
      {"nothing is in two places", {{"^a$", 1, false, {"b"}, {}}}, Field::user, "no"},
      {"a header", {{"^X-Route: *(.*)", 1}}, Field::header, "yes X-route: "},
      {"a backreference", {{"^(\\w+)@\\1\\.com$", 1}}, Field::sender, "yes a@a.com"},
      {"control bytes only",
       {{"^\\x01$", 1}},
       Field::helo,
       "unknown: no such text was found that can be sent"},
  };
  for (const auto& test : cases) {
    TablePolicy small;
    small.policy.answers_for = {"ours.example"};
    small.policy.owned_names = {"partner.example"};
    const auto lookup = small.lookup({small.patterns(test.lines)}, {Key::whole});
    EXPECT_EQ(in_words(solved(small.policy, test.field, {finds(lookup, 1, whole(test.field))})),
              test.expected)
        << test.name;
  }
}

TEST(SolvePatternsTest, ARecipientOutsideThatAPatternTakes) {
  const struct {
    const char* pattern;
    const char* expected;
  } cases[] = {{"@example\\.com$", "no"},
               {"@.*example\\.com$", "yes someone@aexample.com"},
               {"^postmaster@", "yes postmaster@example.net"},
               {"@(mail|example)\\.com", "yes someone@mail.com"},
               {"^[^@]*$", "no"},
               {"@\\[", "yes someone@[198.51.100.25]"}};
  for (const auto& test : cases) {
    TablePolicy small;
    small.policy.answers_for = {"example.com"};
    const auto recipient = whole(Field::recipient);
    const auto lookup = small.lookup({small.patterns({{test.pattern, 1}})}, {Key::whole});
    EXPECT_EQ(in_words(solved(small.policy, Field::recipient,
                              {finds(lookup, 1, recipient), deliverable(recipient),
                               outside(domain_of(Field::recipient))})),
              test.expected)
        << test.pattern;
  }
}

TEST(SolvePatternsTest, LiteralsAndPatternsAreWantedTogether) {
  TablePolicy small;
  const auto recipient = whole(Field::recipient);
  const auto literal =
      small.lookup({small.table({{"a@example.com", 1}, {"b@example.com", 1}, {"example.org", 1}})},
                   {Key::whole, Key::domain});
  const auto pattern = small.lookup({small.patterns({{"^[a-s]", 1}})}, {Key::whole});
  const auto ask = [&](const Wanted& wanted) {
    return in_words(solved(small.policy, Field::recipient, {finds(literal, 1, recipient), wanted}));
  };
  EXPECT_EQ(ask(finds(pattern, 1, recipient)), "yes relayproof@example.org");
  EXPECT_EQ(ask(finds_not(pattern, 1, recipient)), "yes t@example.org");
  EXPECT_EQ(ask(finds(pattern, 2, recipient)), "no");
}

TEST(SolvePatternsTest, TablesOfBothKindsCountAsOne) {
  TablePolicy small;
  const auto recipient = whole(Field::recipient);
  const auto table = small.table({{"a@example.com", 2}, {"example.org", 1}});
  const auto patterns = small.patterns({{"example\\.com$", 1}, {"^b@", 2}});
  const auto lookup = small.lookup({table, patterns}, {Key::whole, Key::domain});
  const auto ask = [&](const std::vector<Wanted>& wanted) {
    return in_words(solved(small.policy, Field::recipient, wanted));
  };
  EXPECT_EQ(ask({finds(lookup, 2, recipient)}), "yes b@example.net");
  const auto one_of_com =
      small.lookup({small.patterns({{"^[ab]@example\\.com$", 1}})}, {Key::whole});
  EXPECT_EQ(ask({finds(lookup, 1, recipient), finds(one_of_com, 1, recipient)}),
            "yes b@example.com");
  const auto a = small.lookup({small.table({{"a@example.com", 1}})}, {Key::whole});
  EXPECT_EQ(ask({finds(lookup, 1, recipient), finds(a, 1, recipient)}), "no");
}

}  // namespace
}  // namespace relayproof::policy
