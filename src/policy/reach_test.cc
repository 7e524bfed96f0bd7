#include "policy/reach.h"

#include <gmock/gmock.h>

#include "policy/small_policy_test.h"

namespace relayproof::policy {
namespace {

using mail::IpSet;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Reach, IsEverybodyWhereNothingIsRefused) {
  const SmallPolicy open;
  const auto reach = open.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  EXPECT_EQ(reach.possibly, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  const auto& exposure = reach.exposures.front();
  EXPECT_EQ(exposure.witness.rcpt_to, "<someone@example.net>");
  EXPECT_EQ(exposure.witness.mail_from, "<>");
  EXPECT_TRUE(exposure.any_helo);
  EXPECT_TRUE(exposure.any_sender);
  EXPECT_FALSE(exposure.needs_name);
  EXPECT_THAT(reach.broken, IsEmpty());
}

TEST(Reach, NamesAWitnessThatArrivesPastWhatRewritesArguments) {
  SmallPolicy open;
  open.policy.addresses.before_reading = [](std::string_view wire) {
    return std::string(wire == "<someone@example.net>" ? "<alice@example.com>" : wire);
  };
  const auto reach = open.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_EQ(reach.exposures.front().witness.rcpt_to, "<someone@example.org>");
}

TEST(Reach, IsNotProvedWhereNoWitnessArrives) {
  SmallPolicy odd;
  odd.policy.addresses.before_reading = [](std::string_view) {
    return std::string("<alice@example.com>");
  };
  const auto reach = odd.reach();
  EXPECT_EQ(reach.surely, IpSet::none());
  EXPECT_EQ(reach.possibly, IpSet::all());
  EXPECT_THAT(reach.limits, testing::Not(IsEmpty()));
  SmallPolicy closed;
  closed.policy.addresses.before_reading = odd.policy.addresses.before_reading;
  closed.stage(Moment::rcpt, {closed.gate()});
  EXPECT_EQ(closed.reach().possibly, IpSet::none());
}

TEST(Reach, IsNobodyBehindAGate) {
  SmallPolicy closed;
  closed.stage(Moment::rcpt, {closed.gate()});
  const auto reach = closed.reach();
  EXPECT_EQ(reach.possibly, IpSet::none());
  EXPECT_EQ(reach.surely, IpSet::none());
  EXPECT_THAT(reach.exposures, IsEmpty());
  EXPECT_THAT(reach.limits, IsEmpty());
}

TEST(Reach, IsTheExactSetOfClientsThatAreLetThrough) {
  SmallPolicy trusting;
  trusting.stage(Moment::rcpt, {SmallPolicy::rule(trusting.client_in("192.0.2.0/24"), Permit{}),
                                SmallPolicy::rule(trusting.client_in("2001:db8::/32"), Permit{}),
                                trusting.gate()});
  trusting.stage(Moment::rcpt, {SmallPolicy::rule(trusting.client_in("192.0.2.64/26"), Refuse{})});
  const auto reach = trusting.reach();
  const auto expected =
      (network("192.0.2.0/24") | network("2001:db8::/32")) - network("192.0.2.64/26");
  EXPECT_EQ(reach.surely, expected) << reach.surely.to_string();
  EXPECT_EQ(reach.possibly, expected);
}

TEST(Reach, HangsOnAnOpenQuestionThatCanLetSomebodyThrough) {
  SmallPolicy asking;
  const auto question = asking.question("policy service");
  asking.stage(Moment::rcpt, {SmallPolicy::rule(asking.condition(Unknown{question, {}}), Permit{}),
                              asking.gate()});
  const auto reach = asking.reach();
  EXPECT_EQ(reach.surely, IpSet::none());
  EXPECT_EQ(reach.possibly, IpSet::all());
  EXPECT_THAT(reach.hangs_on, ElementsAre(question));
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_FALSE(reach.exposures[0].surely);
  EXPECT_THAT(reach.broken, IsEmpty());
}

TEST(Reach, TakesNoComfortInAScreen) {
  SmallPolicy screened;
  const auto list = screened.question("reject_rbl_client", Question::Power::screen);
  screened.stage(Moment::rcpt,
                 {SmallPolicy::rule(screened.condition(Unknown{list, {}}), Refuse{})});
  EXPECT_EQ(screened.reach().surely, IpSet::all());
}

TEST(Reach, NamesThePremiseOnWhichItIsClosed) {
  SmallPolicy premised;
  const auto domains = premised.question("mysql", Question::Power::premise);
  const Subject domain{Field::recipient, Part::domain, {}};
  const auto listed = premised.condition(Unknown{domains, {domain}});
  premised.policy.premises = {listed};
  const auto own = premised.condition(Any{{listed, premised.to_own_domain()}});
  premised.stage(Moment::rcpt, {SmallPolicy::rule(premised.inverse(own), Refuse{})});
  const auto closed = premised.reach();
  EXPECT_EQ(closed.possibly, IpSet::none());
  EXPECT_THAT(closed.premises, ElementsAre(domains));
  ReachOptions strict;
  strict.premises_hold = false;
  EXPECT_EQ(premised.reach(strict).possibly, IpSet::all());
  EXPECT_EQ(premised.reach(strict).surely, IpSet::none());
}

TEST(Reach, KnowsThatNotAllTheWorldIsTheOwners) {
  SmallPolicy premised;
  const auto domains = premised.question("mysql", Question::Power::premise);
  const Subject domain{Field::recipient, Part::domain, {}};
  const auto listed = premised.condition(Unknown{domains, {domain}});
  premised.policy.premises = {listed};
  premised.policy.lists[premised.listener().route].rules = {
      SmallPolicy::rule(listed, End{Fate::local}),
      SmallPolicy::rule(premised.condition(Constant{true}), End{Fate::handed_on})};
  const auto open = premised.reach();
  EXPECT_EQ(open.surely, IpSet::all());
  EXPECT_THAT(open.broken, IsEmpty());
  ReachOptions strict;
  strict.premises_hold = false;
  EXPECT_EQ(premised.reach(strict).surely, IpSet::none());
}

TEST(Reach, LetsStrangersAuthenticateOnlyWhereTheListenerSaysSo) {
  SmallPolicy authenticated;
  authenticated.stage(
      Moment::rcpt,
      {SmallPolicy::rule(authenticated.flag(Flag::authenticated), Permit{}), authenticated.gate()});
  EXPECT_EQ(authenticated.reach().possibly, IpSet::none());
  authenticated.listener().strangers_can = {Flag::authenticated};
  const auto anybody = authenticated.reach();
  EXPECT_EQ(anybody.surely, IpSet::all());
  ASSERT_THAT(anybody.exposures, SizeIs(1));
  EXPECT_TRUE(anybody.exposures[0].witness.user.has_value());
  const auto question = authenticated.question("sasl");
  authenticated.listener().strangers_can.clear();
  authenticated.listener().doubts = {{Flag::authenticated, question}};
  const auto perhaps = authenticated.reach();
  EXPECT_EQ(perhaps.surely, IpSet::none());
  EXPECT_EQ(perhaps.possibly, IpSet::all());
  EXPECT_THAT(perhaps.hangs_on, ElementsAre(question));
}

TEST(Reach, SendsNoHeloPastAGateThatOnlyRunsAtHelo) {
  SmallPolicy greeted;
  greeted.stage(Moment::helo, {greeted.gate()});
  const auto silent = greeted.reach();
  EXPECT_EQ(silent.surely, IpSet::all());
  ASSERT_THAT(silent.exposures, SizeIs(1));
  EXPECT_EQ(silent.exposures[0].witness.helo, std::nullopt);
  EXPECT_FALSE(silent.exposures[0].any_helo);
  const auto helo = greeted.condition(Present{Field::helo});
  greeted.stage(Moment::mail, {SmallPolicy::rule(greeted.inverse(helo), Refuse{})});
  EXPECT_EQ(greeted.reach().possibly, IpSet::none());
}

TEST(Reach, NamesTwoRecipientsWhereAGateSeesOnlyOne) {
  SmallPolicy late;
  const auto one = late.inverse(late.flag(Flag::several_recipients));
  const auto outside = late.inverse(late.to_own_domain());
  late.stage(Moment::data,
             {SmallPolicy::rule(late.condition(All{{one, outside}}), Refuse{{554, ""}})});
  const auto reach = late.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_THAT(reach.exposures[0].witness.after, SizeIs(1));
  EXPECT_THAT(reach.broken, IsEmpty());
  late.stage(Moment::rcpt, {SmallPolicy::rule(late.always(), Refuse{})});
  EXPECT_EQ(late.reach().possibly, IpSet::none());
}

TEST(Reach, CountsOnAMarkThatAnEarlierRecipientLeft) {
  SmallPolicy marked;
  const auto mark = marked.mark(Mark::Life::message);
  const auto is_marked = marked.condition(HasMark{mark});
  marked.stage(Moment::rcpt,
               {SmallPolicy::rule(is_marked, Permit{}),
                SmallPolicy::rule(marked.to_own_domain(), SetMark{mark}), marked.gate()});
  const auto reach = marked.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_THAT(reach.exposures[0].witness.after, ElementsAre("<postmaster@example.com>"));
  marked.policy.marks[mark].life = Mark::Life::recipient;
  EXPECT_EQ(marked.reach().possibly, IpSet::none());
  marked.policy.marks[mark].life = Mark::Life::session;
  EXPECT_EQ(marked.reach().surely, IpSet::all());
}

TEST(Reach, OnlyTakesNamesThatAStrangerCanHave) {
  SmallPolicy named;
  const auto ok = named.result(Permit{});
  const auto own = named.table({{"mail.example.com", ok}});
  const auto field = Field::client_name;
  named.stage(Moment::rcpt, {named.by_row(own, field, Part::whole), named.gate()});
  EXPECT_EQ(named.reach().possibly, IpSet::none());
  named.policy.lists[1].rules[0].by_row->subject.field = Field::reverse_name;
  const auto forged = named.reach();
  EXPECT_EQ(forged.surely, IpSet::all());
  ASSERT_THAT(forged.exposures, SizeIs(1));
  EXPECT_TRUE(forged.exposures[0].needs_name);
  EXPECT_EQ(forged.exposures[0].witness.reverse_name, "mail.example.com");
}

// `user=outside@example.com` by a pattern of a virtual table.
TEST(Reach, FollowsAPatternToADomainThatTheClientChose) {
  SmallPolicy rewriting;
  const auto then = rewriting.list("rewritten", {});
  const auto found = rewriting.result(Nothing{});
  const auto lookup = rewriting.pattern_table("^(.+)=(.+)@example\\.com$", found);
  const auto target = rewriting.transform({"$1", "@", "$2"});
  rewriting.policy.results[found] = Rewrite{{target}, then};
  rewriting.policy.lists[rewriting.listener().route].rules = {
      rewriting.by_row(lookup, Field::recipient, Part::whole)};
  rewriting.stage(Moment::rcpt, {rewriting.gate()});
  const auto reach = rewriting.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  EXPECT_THAT(reach.broken, IsEmpty());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_TRUE(reach.exposures[0].witness.rcpt_to.ends_with("@example.com>"))
      << reach.exposures[0].witness.rcpt_to;
  rewriting.policy.transforms[target].rewritten->pieces[2] = {"example.net", std::nullopt};
  EXPECT_EQ(rewriting.reach().possibly, IpSet::none()) << "the owner wrote the domain";
}

TEST(Reach, NeverTakesARewritingItCannotFollowForClosed) {
  SmallPolicy rewriting;
  const auto other = rewriting.transform({"x@", "[local]"});
  const auto again = rewriting.list("again", {});
  const auto own = rewriting.to_own_domain();
  rewriting.policy.lists[rewriting.listener().route].rules = {
      SmallPolicy::rule(own, Rewrite{{other}, again})};
  rewriting.stage(Moment::rcpt, {rewriting.gate()});
  EXPECT_EQ(rewriting.reach().possibly, IpSet::all());
  rewriting.policy.transforms[other].rewritten->pieces = {{"x@example.net", std::nullopt}};
  EXPECT_EQ(rewriting.reach().possibly, IpSet::none()) << "the owner wrote the domain";
}

// `check_client_access pcre:{/^mail\./ OK}`: everybody can call his host so.
TEST(Reach, TakesAPatternOfNamesForNoDefence) {
  SmallPolicy named;
  const auto lookup = named.pattern_table("^mail\\.", named.result(Permit{}));
  named.stage(Moment::rcpt, {named.by_row(lookup, Field::client_name, Part::whole), named.gate()});
  const auto reach = named.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_TRUE(reach.exposures[0].needs_name);
  EXPECT_TRUE(reach.exposures[0].witness.name_confirmed);
}

// `relay_domains = net`: a claim that strangers live below is none.
TEST(Reach, TakesAPublicSuffixForNoClaim) {
  SmallPolicy suffix;
  const auto listed = suffix.result(Nothing{});
  const auto domains = suffix.table({{"net", listed}}, {Key::domain, Key::parents});
  const auto relayed = suffix.finds(domains, Field::recipient, Part::whole);
  suffix.stage(Moment::rcpt, {SmallPolicy::rule(suffix.inverse(relayed), Refuse{})});
  const auto reach = suffix.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_TRUE(reach.exposures[0].witness.rcpt_to.ends_with(".net>"));
}

TEST(Reach, AnswersForRealClientsBehindAnotherAddress) {
  SmallPolicy published;
  published.stage(Moment::rcpt, {SmallPolicy::rule(published.client_in("172.17.0.0/16"), Permit{}),
                                 published.gate()});
  published.door().seen = {{network("198.51.100.0/24"), address("172.17.0.1")},
                           {network("172.17.0.0/16"), address("192.0.2.1")}};
  EXPECT_EQ(published.reach().surely, network("198.51.100.0/24"));
  published.door().clients = network("198.51.100.0/25");
  EXPECT_EQ(published.reach().surely, network("198.51.100.0/25"));
}

TEST(Reach, LetsWhoMayNameAnotherClientBeWhomHeLikes) {
  SmallPolicy proxied;
  proxied.stage(Moment::rcpt,
                {SmallPolicy::rule(proxied.client_in("127.0.0.0/8"), Permit{}), proxied.gate()});
  proxied.door().may_claim = network("203.0.113.0/28");
  const auto reach = proxied.reach();
  EXPECT_EQ(reach.surely, network("203.0.113.0/28") | network("127.0.0.0/8"));
  EXPECT_THAT(reach.broken, IsEmpty());
}

TEST(Reach, IsTooLargeRatherThanClosedWhenABudgetRunsOut) {
  SmallPolicy trusting;
  trusting.stage(Moment::rcpt, {SmallPolicy::rule(trusting.client_in("192.0.2.0/24"), Permit{}),
                                trusting.gate()});
  ReachOptions options;
  options.budget.nodes = 4;
  const auto reach = trusting.reach(options);
  EXPECT_TRUE(reach.too_large);
  EXPECT_EQ(reach.possibly, IpSet::all());
  EXPECT_EQ(reach.surely, IpSet::none());
  EXPECT_THAT(reach.limits, SizeIs(1));
}

TEST(Reach, LeavesOutWhatIsSuppressed) {
  SmallPolicy trusting;
  trusting.policy.origins.push_back({{"main.cf", 1, 1}, "192.0.2.0/24", "", ""});
  const auto office = trusting.condition(ClientIn{network("192.0.2.0/24")}, 1);
  trusting.stage(Moment::rcpt, {SmallPolicy::rule(office, Permit{}), trusting.gate()});
  EXPECT_EQ(trusting.reach().surely, network("192.0.2.0/24"));
  ReachOptions without;
  without.suppressed = {1};
  EXPECT_EQ(trusting.reach(without).possibly, IpSet::none());
}

TEST(Reach, IsNobodyWhereTheListenerDoesNotRun) {
  SmallPolicy dead;
  dead.listener().runs = false;
  EXPECT_EQ(dead.reach().possibly, IpSet::none());
}

// virtual_alias_maps of one pattern behind the gate.
SmallPolicy rewriting(std::string_view pattern, const std::vector<std::string>& pieces) {
  SmallPolicy small;
  small.stage(Moment::rcpt, {small.gate()});
  const auto lookup = small.pattern_table(pattern, small.result(Nothing{}));
  const auto transform = small.transform(pieces);
  small.policy.results.back() = Rewrite{{transform}, small.list("queue", {})};
  small.policy.lists[small.listener().route].rules = {
      small.by_row(lookup, Field::recipient, Part::whole)};
  return small;
}

TEST(Reach, FindsWhatAPatternRewritesWithoutProvingAnything) {
  const auto open = rewriting("^(.+)=(.+)@example\\.com$", {"$1", "@", "$2"});
  ReachOptions none_left;
  none_left.budget.candidates = 0;
  for (const auto& options : {ReachOptions{}, none_left}) {
    const auto reach = open.reach(options);
    EXPECT_EQ(reach.surely, IpSet::all());
    ASSERT_THAT(reach.exposures, SizeIs(1));
    EXPECT_EQ(reach.exposures.front().witness.rcpt_to, "<a=example.net@example.com>");
    EXPECT_THAT(reach.broken, IsEmpty());
  }
}

TEST(Reach, ProvesThatAPatternLeavesOnlyOwnDomains) {
  const auto closed = rewriting("^(.+)=(a|b)@example\\.com$", {"$1", "@", "$2", ".example.com"});
  const auto reach = closed.reach();
  EXPECT_EQ(reach.possibly, IpSet::none());
  EXPECT_THAT(reach.limits, IsEmpty());
}

// header_checks REDIRECT: the line, not the recipient, names whom the mail goes to.
TEST(Reach, FindsTheHeaderLineThatNamesTheRecipient) {
  SmallPolicy small;
  small.stage(Moment::rcpt, {small.gate()});
  const auto found = small.result(Nothing{});
  const auto lookup = small.pattern_table("^X-To: (.+)$", found);
  const auto transform = small.transform({"$1"});
  small.policy.transforms[transform].rewritten->captured_in = Field::header;
  const auto queue = small.list("queue", {});
  small.policy.lists[small.listener().route].rules = {
      SmallPolicy::rule(small.condition(Finds{lookup, {Field::header, Part::whole, {}}, {found}}),
                        Rewrite{{transform}, queue})};
  const auto reach = small.reach();
  EXPECT_EQ(reach.surely, IpSet::all());
  ASSERT_THAT(reach.exposures, SizeIs(1));
  EXPECT_THAT(reach.exposures.front().witness.headers, ElementsAre("x-to: someone@example.net"));
  EXPECT_THAT(reach.broken, IsEmpty());
}

// The budget is spent on the first proof; for whom texts were found before stays found.
TEST(Reach, KeepsWhoWasFoundWhereTheRestIsTooLarge) {
  SmallPolicy mixed = rewriting("^(.+)=(a|b)@example\\.com$", {"$1", "@", "$2", ".example.com"});
  auto& rules = mixed.policy.lists[mixed.listener().stages[0].list].rules;
  rules.insert(rules.begin(), SmallPolicy::rule(mixed.client_in("192.0.2.0/24"), Permit{}));
  ReachOptions options;
  options.budget.candidates = 0;
  options.budget.paths = 1;
  const auto reach = mixed.reach(options);
  EXPECT_TRUE(reach.too_large);
  EXPECT_EQ(reach.possibly, IpSet::all());
  EXPECT_EQ(reach.surely, network("192.0.2.0/24"));
  EXPECT_EQ(mixed.reach().possibly, network("192.0.2.0/24"));
}

}  // namespace
}  // namespace relayproof::policy
