#include "policy/solve.h"

#include <gtest/gtest.h>

#include "policy/table_policy_test.h"

namespace relayproof::policy {
namespace {

struct Case {
  const char* name;
  std::vector<TablePolicy::Entry> one;
  std::vector<Key> one_keys;
  std::vector<TablePolicy::Entry> two;
  std::vector<Key> two_keys;
  bool two_found;
  const char* expected;
};

// The recipient's lookup `one` finds result 1, and `two` does or does not find result 1.
TEST(SolveTest, FindsTheRecipientThatTwoTablesLeave) {
  const auto keys = address_keys();
  const Case cases[] = {
      {"a full address",
       {{"Bob@Example.com", 1}},
       keys,
       {{"x", 1}},
       keys,
       false,
       "yes bob@example.com"},
      {"a domain", {{"example.com", 1}}, keys, {{"x", 1}}, keys, false, "yes someone@example.com"},
      {"a parent",
       {{"example.com", 1}},
       {Key::parents},
       {{"x", 1}},
       keys,
       false,
       "yes someone@mail.example.com"},
      {"a dotted parent",
       {{".example.com", 1}},
       {Key::dotted_parents},
       {{"x", 1}},
       keys,
       false,
       "yes someone@mail.example.com"},
      {"a local part", {{"abuse@", 1}}, keys, {{"x", 1}}, keys, false, "yes abuse@example.net"},
      {"a bare local part",
       {{"abuse", 1}},
       {Key::local},
       {{"x", 1}},
       keys,
       false,
       "yes abuse@example.net"},
      {"an at-domain",
       {{"@example.com", 1}},
       {Key::at_domain},
       {{"x", 1}},
       keys,
       false,
       "yes someone@example.com"},
      {"an extension",
       {{"bob@example.com", 1}},
       {Key::without_extension},
       {{"x", 1}},
       keys,
       false,
       "yes bob+list@example.com"},
      {"excluded as the domain",
       {{"bob@example.com", 1}},
       keys,
       {{"example.com", 1}},
       keys,
       false,
       "no"},
      {"excluded as a parent", {{"a@x.example.com", 1}}, keys, {{"com", 1}}, keys, false, "no"},
      {"saved by an exception",
       {{"example.com", 1}},
       keys,
       {{"example.com", 1}, {"bob@", 2}},
       {Key::local_at, Key::domain},
       false,
       "yes bob@example.com"},
      {"an exception that comes too late",
       {{"example.com", 1}},
       {Key::domain},
       {{"example.com", 1}, {"bob@", 2}},
       {Key::domain, Key::local_at},
       false,
       "no"},
      {"in both, by local part and domain",
       {{"bob@", 1}},
       keys,
       {{"example.com", 1}},
       keys,
       true,
       "yes bob@example.com"},
      {"in both, by parent and parent",
       {{"example.com", 1}},
       {Key::parents},
       {{"mail.example.com", 1}},
       {Key::parents},
       true,
       "yes someone@mail.mail.example.com"},
      {"in both, but they are strangers",
       {{"example.com", 1}},
       keys,
       {{"example.org", 1}},
       keys,
       true,
       "no"},
      {"hidden behind a longer key",
       {{"bob@example.com", 2}, {"example.com", 1}},
       keys,
       {{"bob@", 1}},
       keys,
       true,
       "yes bob@mail.example.com"},
      {"in the first by extension",
       {{"bob@example.com", 1}},
       {Key::without_extension},
       {{"bob@example.com", 2}, {"bob+a@example.com", 1}},
       {Key::whole},
       true,
       "yes bob+a@example.com"},
  };
  for (const auto& test : cases) {
    TablePolicy small;
    const auto one = small.lookup({small.table(test.one)}, test.one_keys);
    const auto two = small.lookup({small.table(test.two)}, test.two_keys);
    auto second = finds(two, 1, whole(Field::recipient));
    second.holds = test.two_found;
    const auto recipient = whole(Field::recipient);
    const auto solution = solved(small.policy, Field::recipient,
                                 {finds(one, 1, recipient), second, deliverable(recipient)});
    EXPECT_EQ(in_words(solution), test.expected) << test.name;
  }
}

TEST(SolveTest, PrefersWhatPeopleWouldSend) {
  TablePolicy small;
  const auto lookup = small.lookup({small.table({{"example.net", 1}})}, address_keys());
  const struct {
    Field field;
    const char* expected;
  } cases[] = {{Field::client_name, "absent"},
               {Field::reverse_name, "absent"},
               {Field::helo, "absent"},
               {Field::sender, "yes "},
               {Field::recipient, "yes relayproof@example.org"},
               {Field::header, "absent"}};
  for (const auto& test : cases) {
    const auto solution =
        solved(small.policy, test.field, {finds_not(lookup, 1, whole(test.field))});
    EXPECT_EQ(in_words(solution), test.expected);
  }
}

TEST(SolveTest, AnAbsentFieldIsNotFoundAnywhere) {
  TablePolicy small;
  const auto lookup = small.lookup({small.everything(1)}, {Key::whole});
  const auto helo = whole(Field::helo);
  const auto ask = [&](const std::vector<Wanted>& wanted) {
    return in_words(solved(small.policy, Field::helo, wanted));
  };
  EXPECT_EQ(ask({present(Field::helo, false)}), "absent");
  EXPECT_EQ(ask({finds_not(lookup, 1, helo)}), "absent");
  EXPECT_EQ(ask({present(Field::helo, false), finds(lookup, 1, helo)}), "no");
  EXPECT_EQ(ask({present(Field::helo)}), "yes mail.example.net");
  EXPECT_EQ(ask({finds(lookup, 1, helo)}), "yes mail.example.net");
  EXPECT_EQ(in_words(solved(small.policy, Field::recipient, {present(Field::recipient, false)})),
            "no");
}

TEST(SolveTest, AConfirmedNameIsOneThatAStrangerCanOwn) {
  TablePolicy small;
  small.policy.answers_for = {"ours.example"};
  small.policy.owned_names = {"partner.example"};
  const auto name = whole(Field::client_name);
  const struct {
    const char* key;
    const char* expected;
  } cases[] = {{"mail.ours.example", "no"},
               {"mail", "no"},
               {"mail.partner.example", "hidden mail.partner.example"},
               {".example", "yes mail.example"},
               {"mail.stranger.example", "yes mail.stranger.example"}};
  for (const auto& test : cases) {
    const auto lookup =
        small.lookup({small.table({{test.key, 1}})}, {Key::whole, Key::dotted_host_parents});
    EXPECT_EQ(in_words(solved(small.policy, Field::client_name, {finds(lookup, 1, name)})),
              test.expected);
  }
}

TEST(SolveTest, AConfirmedNameMayBeOursWhereThatIsAsked) {
  TablePolicy small;
  small.policy.answers_for = {"ours.example"};
  small.policy.lets_strangers_own_names = true;
  const auto name = whole(Field::client_name);
  for (const char* key : {"mail.ours.example", ".ours.example"}) {
    const auto lookup =
        small.lookup({small.table({{key, 1}})}, {Key::whole, Key::dotted_host_parents});
    EXPECT_EQ(in_words(solved(small.policy, Field::client_name, {finds(lookup, 1, name)})),
              "hidden mail.ours.example");
  }
}

TEST(SolveTest, AForgedNameMayBeOurs) {
  TablePolicy small;
  small.policy.answers_for = {"ours.example"};
  const auto lookup = small.lookup({small.table({{"ours.example", 1}})}, {Key::host_parents});
  for (const Field field : {Field::reverse_name, Field::helo}) {
    EXPECT_EQ(in_words(solved(small.policy, field, {finds(lookup, 1, whole(field))})),
              "yes mail.ours.example");
  }
}

TEST(SolveTest, OutsideIsADomainThatIsNobodysHere) {
  TablePolicy small;
  small.policy.answers_for = {"ours.example"};
  const auto lookup =
      small.lookup({small.table({{"ours.example", 1}, {"bob@ours.example", 2}, {"al@x.test", 3}})},
                   {Key::whole, Key::domain, Key::parents});
  const auto recipient = whole(Field::recipient);
  const auto ask = [&](std::uint32_t result) {
    return in_words(solved(small.policy, Field::recipient,
                           {finds(lookup, result, recipient), outside(domain_of(Field::recipient)),
                            deliverable(recipient)}));
  };
  EXPECT_EQ(ask(1), "no");
  EXPECT_EQ(ask(2), "no");
  EXPECT_EQ(ask(3), "yes al@x.test");
  EXPECT_EQ(ask(4), "no");
}

TEST(SolveTest, APublicSuffixIsNoDomainButWhatIsBelowItIs) {
  TablePolicy small;
  const auto lookup = small.lookup({small.table({{"co.uk", 1}})}, {Key::domain, Key::parents});
  EXPECT_EQ(in_words(solved(
                small.policy, Field::recipient,
                {finds(lookup, 1, whole(Field::recipient)), outside(domain_of(Field::recipient))})),
            "yes someone@mail.co.uk");
}

TEST(SolveTest, ATableForEverythingComesAfterTheOnesBefore) {
  TablePolicy small;
  const auto lookup =
      small.lookup({small.table({{"bob@example.com", 2}}), small.everything(1)}, address_keys());
  const auto recipient = whole(Field::recipient);
  const auto ask = [&](const std::vector<Wanted>& wanted) {
    return in_words(solved(small.policy, Field::recipient, wanted));
  };
  EXPECT_EQ(ask({finds(lookup, 1, recipient)}), "yes someone@example.net");
  EXPECT_EQ(ask({finds_not(lookup, 1, recipient)}), "yes bob@example.com");
  EXPECT_EQ(ask({finds_not(lookup, 1, recipient), finds_not(lookup, 2, recipient)}), "no");
  EXPECT_EQ(ask({finds(lookup, 3, recipient)}), "no");
}

TEST(SolveTest, ContradictionsHaveNoSolution) {
  TablePolicy small;
  const auto lookup = small.lookup({small.everything(1)}, {Key::whole});
  const auto helo = whole(Field::helo);
  EXPECT_EQ(in_words(solved(small.policy, Field::helo,
                            {finds(lookup, 1, helo), finds_not(lookup, 1, helo)})),
            "no");
  EXPECT_EQ(
      in_words(solved(small.policy, Field::helo, {finds(lookup, 1, helo), finds(lookup, 2, helo)})),
      "no");
}

TEST(SolveTest, ABudgetThatRanOutProvesNothing) {
  TablePolicy small;
  std::vector<TablePolicy::Entry> entries;
  entries.reserve(1100);
  for (int i = 0; i < 1100; ++i) entries.push_back({"a@d" + std::to_string(i) + ".example", 1});
  const auto table = small.table(entries);
  const auto recipient = whole(Field::recipient);
  const auto wanted = {finds(small.lookup({table}, {Key::whole}), 1, recipient),
                       finds_not(small.lookup({table}, {Key::whole, Key::domain}), 1, recipient)};
  std::size_t used = 0;
  EXPECT_EQ(solve(small.policy, Field::recipient, wanted, {.candidates = 10'000}, used).feasible,
            Solution::Feasible::no);
  EXPECT_GE(used, 1100U);
  EXPECT_EQ(solve(small.policy, Field::recipient, wanted, {.candidates = 50}, used).feasible,
            Solution::Feasible::unknown);
}

TEST(SolveTest, AnAddressThatTheServerReadsOtherwiseIsNoWitness) {
  TablePolicy small;
  const auto recipient = whole(Field::recipient);
  const auto lookup = small.lookup({small.table({{"bob@example.com", 1}})}, {Key::whole});
  small.policy.addresses.spell = [](std::string_view text) { return std::string(text); };
  small.policy.addresses.read_recipient = [](std::string_view wire) {
    return std::optional<std::string>("read:" + std::string(wire));
  };
  EXPECT_EQ(solved(small.policy, Field::recipient, {finds(lookup, 1, recipient)}).feasible,
            Solution::Feasible::unknown);
}

TEST(SolveTest, EveryRewritingOfTheFieldIsATextOfItsOwn) {
  TablePolicy small;
  const auto resolve = small.named_transform("resolve");
  small.policy.addresses.transform = [](std::string_view, std::string_view text) {
    return text == "a@trap.example" ? std::string("b@example.com") : std::string(text);
  };
  small.policy.answers_for = {"example.com"};
  const auto ours = small.lookup({small.table({{"example.com", 1}})}, {Key::whole});
  const auto trap = small.lookup({small.table({{"trap.example", 1}})}, {Key::domain});
  const Subject resolved{Field::recipient, Part::domain, {resolve}};
  const auto ask = [&](const std::vector<Wanted>& wanted) {
    return in_words(solved(small.policy, Field::recipient, wanted));
  };
  EXPECT_EQ(ask({finds(ours, 1, resolved)}), "yes someone@example.com");
  EXPECT_EQ(ask({finds(ours, 1, resolved), outside(resolved)}), "no");
  // `no` would be a lie: a@trap.example is one.
  EXPECT_NE(ask({finds(trap, 1, whole(Field::recipient)), finds(ours, 1, resolved)}), "no");
}

}  // namespace
}  // namespace relayproof::policy
