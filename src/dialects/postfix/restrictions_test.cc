#include "dialects/postfix/restrictions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace relayproof::postfix {
namespace {

std::string print(const Restriction& item) {
  constexpr std::string_view kinds[] = {"", "named ", "malformed "};
  std::string all = std::to_string(item.offset) + "+" + std::to_string(item.size) + " ";
  all += kinds[static_cast<std::size_t>(item.kind)];
  if (item.warn_only) all += "warn ";
  if (item.implied && item.word != nullptr) all += std::string(item.word->name) + " ";
  all += item.name;
  if (!item.argument.empty()) all += " @" + std::to_string(item.argument_offset);
  if (item.table) all += " table " + item.table->type + "|" + item.table->name;
  if (item.policy) all += " policy " + item.policy->endpoint;
  if (item.dns_list) all += " dns " + item.dns_list->zone + "|" + item.dns_list->reply;
  return all + "\n";
}

std::string read(std::string_view value, std::optional<ListKind> kind = ListKind::recipient,
                 const Version& version = newest_version) {
  std::string all;
  for (const auto& item : parse_restrictions(value, kind, version).items) all += print(item);
  return all;
}

TEST(Restrictions, AreWordsWithTheirArguments) {
  EXPECT_EQ(read("permit_mynetworks,Reject_Unauth_Destination"),
            "0+17 permit_mynetworks\n18+25 Reject_Unauth_Destination\n");
  EXPECT_EQ(read("check_client_access hash:/x, reject"),
            "0+27 check_client_access @20 table hash|/x\n29+6 reject\n");
  EXPECT_EQ(read("check_policy_service inet:127.0.0.1:10023"),
            "0+41 check_policy_service @21 policy inet:127.0.0.1:10023\n");
  EXPECT_EQ(read("reject_rbl_client zen.example=127.0.0.[1..10] sleep 5"),
            "0+45 reject_rbl_client @18 dns zen.example|127.0.0.[1..10]\n46+7 sleep @52\n");
}

TEST(Restrictions, TakeBracesAroundAnArgument) {
  const auto list = parse_restrictions(
      "check_policy_service { unix:private/x, timeout=10s { default_action = DUNNO } } "
      "check_ccert_access { inline:{ a=b }, search_order = cert_fingerprint }",
      ListKind::recipient, newest_version);
  ASSERT_EQ(list.items.size(), 2U);
  ASSERT_TRUE(list.items[0].policy);
  EXPECT_EQ(list.items[0].policy->endpoint, "unix:private/x");
  ASSERT_EQ(list.items[0].policy->settings.size(), 2U);
  EXPECT_EQ(list.items[0].policy->settings[1].name, "default_action");
  EXPECT_EQ(list.items[0].policy->settings[1].value, "DUNNO");
  ASSERT_TRUE(list.items[1].table);
  EXPECT_EQ(list.items[1].table->name, "{ a=b }");
}

TEST(Restrictions, ReadTheSearchOrderOfATable) {
  const auto list = parse_restrictions("check_ccert_access { hash:/x, { search_order = a, b } }",
                                       ListKind::recipient, newest_version);
  EXPECT_EQ(list.items.at(0).search, "a, b");
  EXPECT_EQ(list.items.at(0).table->offset, 21U);
}

TEST(Restrictions, TakeBracesForATableTypeBeforeThreeDotFive) {
  const auto list = parse_restrictions("check_client_access { hash:/x }", ListKind::client, {3, 4});
  EXPECT_EQ(list.items.at(0).table->table_class, TableClass::failing);
  EXPECT_EQ(parse_restrictions("check_client_access { hash:/x }", ListKind::client, {3, 5})
                .items.at(0)
                .table->table_class,
            TableClass::indexed);
}

TEST(Restrictions, ABareTableIsTheListsOwnCheck) {
  EXPECT_EQ(read("hash:/x", ListKind::client),
            "0+7 check_client_access hash:/x @0 table hash|/x\n");
  EXPECT_EQ(read("hash:/x", ListKind::helo), "0+7 check_helo_access hash:/x @0 table hash|/x\n");
  EXPECT_EQ(read("hash:/x", ListKind::relay),
            "0+7 check_recipient_access hash:/x @0 table hash|/x\n");
  EXPECT_EQ(read("hash:/x", ListKind::data), "0+7 malformed hash:/x\n");
  EXPECT_EQ(read("hash:/x", ListKind::end_of_data), "0+7 malformed hash:/x\n");
  EXPECT_EQ(read("hash:/x", std::nullopt), "0+7 hash:/x @0 table hash|/x\n");
}

TEST(Restrictions, BehindWarnIfRejectOnlyWarn) {
  EXPECT_EQ(
      read("warn_if_reject reject_unauth_pipelining, warn_if_reject warn_if_reject foo permit"),
      "15+24 warn reject_unauth_pipelining\n71+3 named warn foo\n75+6 permit\n");
  EXPECT_EQ(parse_restrictions("warn_if_reject", ListKind::client, newest_version).problems.size(),
            1U);
}

TEST(Restrictions, WithoutTheArgumentTheyNeedAreServerErrors) {
  for (const auto* value :
       {"check_client_access", "check_client_access x", "check_policy_service",
        "check_policy_service x", "sleep", "sleep x", "check_client_access {x}",
        "check_client_access { x, y:z }", "check_client_access { hash:/x, foo = y }",
        "check_client_access { hash:/x, search_order }"}) {
    const auto list = parse_restrictions(value, ListKind::client, newest_version);
    EXPECT_EQ(list.items.at(0).kind, Restriction::Kind::malformed) << value;
    EXPECT_FALSE(list.problems.empty()) << value;
    EXPECT_FALSE(list.fatal) << value;
  }
}

TEST(Restrictions, ADnsListWithoutADomainDoesNothing) {
  const auto list = parse_restrictions("reject_rbl_client", ListKind::client, newest_version);
  EXPECT_EQ(list.items.at(0).kind, Restriction::Kind::word);
  EXPECT_FALSE(list.items.at(0).dns_list);
  EXPECT_EQ(list.problems.at(0).says, "reject_rbl_client has no domain behind it and does nothing");
}

TEST(Restrictions, ABadPolicyServiceIsFatal) {
  EXPECT_TRUE(parse_restrictions("check_policy_service {unix:x, y}", {}, newest_version).fatal);
  EXPECT_TRUE(parse_restrictions("check_policy_service {unix:x", {}, newest_version).fatal);
}

TEST(Restrictions, ATableWithoutATypeOrANameIsFatal) {
  EXPECT_TRUE(parse_restrictions("check_client_access hash:", {}, newest_version).fatal);
  EXPECT_TRUE(parse_restrictions("check_client_access {:x}", {}, newest_version).fatal);
  EXPECT_FALSE(parse_restrictions("check_client_access x:y", {}, newest_version).fatal);
}

TEST(Restrictions, ThatPostfixDoesNotKnowAreNamedWithWhatMayBeMeant) {
  const auto list =
      parse_restrictions("permit_mynetwork # permitreject_unauth_destination my_class",
                         ListKind::relay, newest_version);
  ASSERT_EQ(list.items.size(), 4U);
  EXPECT_EQ(list.items[0].kind, Restriction::Kind::named);
  EXPECT_EQ(list.items[0].problem,
            "permit_mynetwork is no restriction of Postfix 3.9; did you mean "
            "permit_mynetworks?");
  EXPECT_EQ(list.items[1].problem,
            "a # cannot begin a comment here: Postfix takes it for a restriction");
  EXPECT_EQ(list.items[2].problem,
            "permitreject_unauth_destination is no restriction of Postfix "
            "3.9; did you mean permit, reject_unauth_destination?");
  EXPECT_EQ(list.items[3].problem, "my_class is no restriction of Postfix 3.9");
  EXPECT_EQ(list.problems.at(2).where.column, 20U);
}

TEST(Restrictions, AreKnownFromTheirFirstVersionOnAndUntilTheirLast) {
  EXPECT_EQ(read("check_sasl_access hash:/x", {}, {2, 11}),
            "0+25 check_sasl_access @18 table hash|/x\n");
  EXPECT_EQ(read("check_sasl_access", {}, {2, 10}), "0+17 named check_sasl_access\n");
  EXPECT_EQ(read("check_relay_domains", {}, {3, 8}), "0+19 check_relay_domains\n");
  EXPECT_EQ(read("check_relay_domains", {}, {3, 9}), "0+19 malformed check_relay_domains\n");
}

TEST(Restrictions, SayWhatNeverRuns) {
  const auto problems = [](std::string_view value) {
    return parse_restrictions(value, ListKind::client, newest_version).problems.size();
  };
  EXPECT_EQ(problems("permit reject"), 1U);
  EXPECT_EQ(problems("reject permit_mynetworks"), 1U);
  EXPECT_EQ(problems("warn_if_reject reject, permit_mynetworks"), 0U);
  EXPECT_EQ(problems("permit_mynetworks reject"), 0U);
}

class HasRequired : public ::testing::Test {
 protected:
  bool ask(std::string_view value) {
    const auto find = [this](std::string_view name) {
      const auto found = classes.find(std::string(name));
      return found == classes.end() ? nullptr : &found->second;
    };
    return has_required(parse_restrictions(value, ListKind::relay, newest_version), find);
  }
  void define(const std::string& name, std::string_view value) {
    classes[name] = parse_restrictions(value, std::nullopt, newest_version);
  }
  std::map<std::string, RestrictionList> classes;
};

TEST_F(HasRequired, WantsAWorkingRefusal) {
  EXPECT_TRUE(ask("permit_mynetworks, reject_unauth_destination"));
  EXPECT_TRUE(ask("permit_mynetworks, DEFER"));
  EXPECT_TRUE(ask("defer_if_permit"));
  EXPECT_TRUE(ask("reject_rbl_client reject"));  // it reads arguments, too
  EXPECT_FALSE(ask(""));
  EXPECT_FALSE(ask("permit_mynetworks"));
  EXPECT_FALSE(ask("permit, reject"));
  EXPECT_FALSE(ask("warn_if_reject reject"));
  EXPECT_FALSE(ask("reject_unknown_client_hostname, defer_if_reject"));
}

TEST_F(HasRequired, LooksIntoClasses) {
  define("mine", "permit_mynetworks, reject");
  define("open", "permit");
  define("circle", "circle");
  EXPECT_TRUE(ask("mine"));
  EXPECT_FALSE(ask("MINE"));
  EXPECT_TRUE(ask("open, mine"));
  EXPECT_FALSE(ask("circle"));
}

TEST(RestrictionWords, AreSortedAndFoundWithoutRegardToCase) {
  const auto words = restriction_words();
  EXPECT_TRUE(std::is_sorted(words.begin(), words.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const auto& word : words) EXPECT_EQ(find_restriction(word.name, newest_version), &word);
  EXPECT_NE(find_restriction("PERMIT", newest_version), nullptr);
  EXPECT_EQ(find_restriction("Reject_Sender_Login_Mismatch", newest_version), nullptr) << "a class";
  EXPECT_EQ(find_restriction("", newest_version), nullptr);
}

TEST(RestrictionWords, OldNamesMeanTheNewOnes) {
  for (const auto& word : restriction_words()) {
    const auto* other = find_restriction(word.instead, newest_version);
    if (word.removed || other == nullptr || word.is == Is::permit_mx_backup) continue;
    EXPECT_EQ(other->is, word.is) << word.name;
    EXPECT_EQ(other->effect, word.effect) << word.name;
  }
}

TEST(DidYouMean, GivesNothingForWhatIsFarFromEveryName) {
  EXPECT_EQ(did_you_mean("reject_unauth_destinaton"), "reject_unauth_destination");
  EXPECT_EQ(did_you_mean("permti"), "permit");
  EXPECT_EQ(did_you_mean("my_class"), "");
  EXPECT_EQ(did_you_mean(""), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'x')), "");
}

}  // namespace
}  // namespace relayproof::postfix
