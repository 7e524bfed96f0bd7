#include "policy/decide.h"

#include <gmock/gmock.h>

#include "policy/part.h"

namespace relayproof::policy {
namespace {

using testing::ElementsAre;
using Reply = Decision::Reply;

// A policy of a few lists, written by hand: addresses are read as they stand between the brackets.
struct Sketch {
  Policy policy;

  Sketch() {
    policy.addresses.read_sender =
        policy.addresses.read_recipient = [](std::string_view wire) -> std::optional<std::string> {
      if (!wire.starts_with('<') || !wire.ends_with('>')) return std::nullopt;
      return std::string(wire.substr(1, wire.size() - 2));
    };
    policy.addresses.targets = [](std::string_view value, std::string_view) {
      return std::vector<std::string>{std::string(value)};
    };
    policy.addresses.transform = [](std::string_view, std::string_view address) {
      return std::string(address);
    };
    policy.answers_for = {"example.com"};
    policy.listeners.emplace_back();
    policy.listeners[0].name = "smtp";
    policy.doors.emplace_back();
    listener().route = list("route", {});
  }

  Listener& listener() { return policy.listeners[0]; }
  ConditionId condition(decltype(Condition::is) is, OriginId origin = 0) {
    policy.conditions.push_back({std::move(is), origin});
    return static_cast<ConditionId>(policy.conditions.size() - 1);
  }
  ConditionId always() { return condition(Constant{true}); }
  OriginId origin(std::string text) {
    policy.origins.push_back({{"main.cf", policy.origins.size(), 1}, std::move(text), "", ""});
    return static_cast<OriginId>(policy.origins.size() - 1);
  }
  ListId list(std::string name, std::vector<Rule> rules) {
    policy.lists.push_back({std::move(name), std::move(rules)});
    return static_cast<ListId>(policy.lists.size() - 1);
  }
  void stage(Moment moment, std::string name, std::vector<Rule> rules) {
    const auto id = list(name, std::move(rules));
    listener().stages.push_back({moment, std::move(name), id});
  }
  Rule rule(ConditionId when, Effect effect, std::string says = {}) {
    const auto from = origin(says);
    return {when, std::move(effect), std::nullopt, from, std::move(says)};
  }
  std::uint32_t table(const std::map<std::string, std::string>& rows, std::vector<Key> keys,
                      std::uint32_t result = 0) {
    Table made;
    for (const auto& [key, value] : rows) {
      auto text = std::make_shared<const std::string>(key + '\0' + value);
      const std::string_view whole(*text);
      made.literals[whole.substr(0, key.size())] = {result, 1, whole.substr(key.size() + 1)};
      made.storage.push_back(std::move(text));
    }
    policy.tables.push_back(std::move(made));
    policy.lookups.push_back(
        {{static_cast<std::uint32_t>(policy.tables.size() - 1)}, std::move(keys), "+"});
    return static_cast<std::uint32_t>(policy.lookups.size() - 1);
  }
  ConditionId to_own_domain() {
    const auto lookup = table({{"example.com", ""}}, {Key::domain});
    return condition(Finds{lookup, {Field::recipient, Part::whole, {}}, {}});
  }
  std::uint32_t question(std::string name, Question::Power power = Question::Power::any) {
    policy.questions.push_back({std::move(name), 0, power, "", ""});
    return static_cast<std::uint32_t>(policy.questions.size() - 1);
  }

  Decision decide(const Attempt& attempt, const DecideOptions& options = {}) const {
    return policy::decide(policy, 0, attempt, options);
  }
};

Attempt attempt(std::string_view client = "203.0.113.9", std::string to = "<a@example.net>") {
  Attempt made;
  made.client = *mail::IpAddress::parse(client);
  made.rcpt_to = std::move(to);
  return made;
}

mail::IpSet network(std::string_view text) { return mail::IpSet::of(*mail::Network::parse(text)); }

TEST(Decide, HandsOnWhatNoListRefuses) {
  Sketch sketch;
  const auto decision = sketch.decide(attempt());
  EXPECT_EQ(decision.reply, Reply::accept);
  EXPECT_EQ(decision.relay, Truth::yes);
  ASSERT_EQ(decision.ends.size(), 1U);
  EXPECT_EQ(decision.ends[0].to, "a@example.net");
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a@mail.example.com>")).relay, Truth::no);
}

TEST(Decide, EndsAListAtAPermitAndTheAttemptAtARefusal) {
  Sketch sketch;
  const auto inside = sketch.condition(ClientIn{network("192.0.2.0/24")});
  const auto outside = sketch.condition(Not{sketch.to_own_domain()});
  sketch.stage(Moment::connect, "first", {sketch.rule(sketch.always(), Permit{}, "permit")});
  sketch.stage(Moment::rcpt, "gate",
               {sketch.rule(inside, Permit{}, "permit_mynetworks"),
                sketch.rule(outside, Refuse{{554, "5.7.1"}}, "reject_unauth_destination")});
  const auto refused = sketch.decide(attempt());
  EXPECT_EQ(refused.reply, Reply::reject);
  EXPECT_EQ(refused.answer, (Answer{554, "5.7.1"}));
  EXPECT_EQ(refused.refused_by, "gate");
  EXPECT_EQ(refused.relay, Truth::no);
  std::vector<std::string> told;
  for (const auto& step : refused.trace) {
    told.push_back(step.stage + " " + step.says + " " + std::string(to_string(step.result)));
  }
  EXPECT_THAT(told, ElementsAre("first permit permit", "gate permit_mynetworks no match",
                                "gate reject_unauth_destination reject"));
  EXPECT_EQ(sketch.decide(attempt("192.0.2.1")).relay, Truth::yes);
  EXPECT_EQ(sketch.decide(attempt("::ffff:192.0.2.1")).relay, Truth::yes);
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a@example.com>")).reply, Reply::accept);
}

TEST(Decide, SkipsAStageWhoseCommandIsNeverGiven) {
  Sketch sketch;
  sketch.stage(Moment::helo, "helo", {sketch.rule(sketch.always(), Refuse{{550, ""}})});
  EXPECT_EQ(sketch.decide(attempt()).reply, Reply::accept);
  auto greeting = attempt();
  greeting.helo = "mail.example.net";
  EXPECT_EQ(sketch.decide(greeting).reply, Reply::reject);
}

TEST(Decide, MapsTheOutcomeOfANestedList) {
  struct Case {
    Effect inside;
    bool permit_counts, refusal_counts;
    Reply reply;
  };
  for (const auto& [inside, permit_counts, refusal_counts, reply] : {
           Case{Permit{}, true, true, Reply::accept},
           Case{Permit{}, false, true, Reply::defer},
           Case{Refuse{{554, ""}}, true, true, Reply::reject},
           Case{Refuse{{554, ""}}, true, false, Reply::defer},
       }) {
    Sketch sketch;
    const auto nested = sketch.list("class", {sketch.rule(sketch.always(), inside)});
    sketch.stage(Moment::rcpt, "gate",
                 {sketch.rule(sketch.always(), policy::Run{nested, permit_counts, refusal_counts}),
                  sketch.rule(sketch.always(), Refuse{{450, ""}})});
    EXPECT_EQ(sketch.decide(attempt()).reply, reply);
  }
}

TEST(Decide, RefusesWhereListsNestWithoutEnd) {
  Sketch sketch;
  const auto loop = sketch.list("loop", {});
  sketch.policy.lists[loop].rules.push_back(sketch.rule(sketch.always(), policy::Run{loop}));
  sketch.stage(Moment::rcpt, "gate", {sketch.rule(sketch.always(), policy::Run{loop})});
  EXPECT_EQ(sketch.decide(attempt()).reply, Reply::defer);
}

TEST(Decide, KeepsAMarkForLaterStages) {
  Sketch sketch;
  sketch.policy.marks.push_back({"defer_if_permit", Mark::Life::recipient});
  const auto marked = sketch.condition(HasMark{0});
  sketch.stage(Moment::mail, "sender", {sketch.rule(sketch.always(), SetMark{0})});
  sketch.stage(Moment::rcpt, "gate", {sketch.rule(marked, Refuse{{450, "4.7.1"}})});
  EXPECT_EQ(sketch.decide(attempt()).reply, Reply::defer);
}

TEST(Decide, GivesTheEffectOfTheRowThatIsFound) {
  Sketch sketch;
  sketch.policy.results = {Permit{}, Refuse{{550, "5.7.1"}}};
  const auto lookup = sketch.table({{"good.example", ""}}, {Key::domain, Key::parents}, 0);
  const auto bad = sketch.table({{"bad.good.example", ""}}, {}, 1);
  sketch.policy.lookups[lookup].tables.push_back(sketch.policy.lookups[bad].tables[0]);
  Rule by_row = sketch.rule(sketch.always(), Nothing{}, "check_recipient_access");
  by_row.by_row = Rule::ByRow{lookup, {Field::recipient, Part::whole, {}}};
  sketch.stage(Moment::rcpt, "gate",
               {by_row, sketch.rule(sketch.always(), Refuse{{554, "5.7.1"}}, "reject")});
  const auto reply = [&](std::string to) {
    return sketch.decide(attempt("203.0.113.9", std::move(to))).answer.code;
  };
  EXPECT_EQ(reply("<a@good.example>"), 250);
  EXPECT_EQ(reply("<a@x.good.example>"), 250);
  EXPECT_EQ(reply("<a@bad.good.example>"), 550);  // the name itself comes before its parent
  EXPECT_EQ(reply("<a@example.net>"), 554);
}

TEST(Decide, NeverGuessesAnOpenQuestion) {
  Sketch sketch;
  const auto asked = sketch.condition(Unknown{sketch.question("policy service"), {}});
  sketch.stage(Moment::rcpt, "gate",
               {sketch.rule(asked, Permit{}), sketch.rule(sketch.always(), Refuse{{554, ""}})});
  const auto decision = sketch.decide(attempt());
  EXPECT_EQ(decision.reply, Reply::undecided);
  EXPECT_EQ(decision.relay, Truth::unknown);
  EXPECT_THAT(decision.hangs_on, ElementsAre(0U));
  EXPECT_EQ(decision.trace[0].result, Step::Result::unknown);
}

TEST(Decide, AnswersTheSameQuestionAlikeWhereverItIsAsked) {
  Sketch sketch;
  const auto question = sketch.question("list");
  const auto asked = sketch.condition(Unknown{question, {}});
  const auto denied = sketch.condition(Not{asked});
  sketch.stage(Moment::connect, "first", {sketch.rule(asked, Refuse{{554, ""}})});
  sketch.stage(Moment::rcpt, "second", {sketch.rule(denied, Refuse{{554, ""}})});
  EXPECT_EQ(sketch.decide(attempt()).reply, Reply::reject);
}

TEST(Decide, TakesAScreenForNoDefence) {
  Sketch sketch;
  const auto listed =
      sketch.condition(Unknown{sketch.question("dnsbl", Question::Power::screen), {}});
  sketch.stage(Moment::rcpt, "gate", {sketch.rule(listed, Refuse{{554, ""}})});
  EXPECT_EQ(sketch.decide(attempt()).relay, Truth::yes);
  EXPECT_EQ(sketch.decide(attempt(), {{}, true}).relay, Truth::unknown);
}

TEST(Decide, TakesAPremiseForTheOwnersWord) {
  Sketch sketch;
  const auto lookup = sketch.question("mysql:domains", Question::Power::premise);
  const auto ours = sketch.condition(Unknown{lookup, {{Field::recipient, Part::domain, {}}}});
  sketch.policy.premises = {ours};
  const auto not_ours = sketch.condition(Not{ours});
  sketch.stage(Moment::rcpt, "gate", {sketch.rule(not_ours, Refuse{{554, ""}})});
  const auto decision = sketch.decide(attempt());
  EXPECT_EQ(decision.reply, Reply::undecided);
  EXPECT_EQ(decision.relay, Truth::no);
}

TEST(Decide, FollowsARowThatTheOwnerWroteWithoutCallingItARelay) {
  Sketch sketch;
  sketch.policy.results = {RewriteAsRow{}};
  const auto virtual_alias =
      sketch.table({{"list@example.com", "friend@example.net"}}, {Key::whole});
  Rule alias = sketch.rule(sketch.always(), Nothing{}, "virtual_alias_maps");
  alias.by_row = Rule::ByRow{virtual_alias, {Field::recipient, Part::whole, {}}};
  sketch.policy.lists[sketch.listener().route].rules = {alias};
  const auto decision = sketch.decide(attempt("203.0.113.9", "<list@example.com>"));
  EXPECT_EQ(decision.relay, Truth::no);
  ASSERT_EQ(decision.ends.size(), 1U);
  EXPECT_EQ(decision.ends[0].to, "friend@example.net");
  EXPECT_FALSE(decision.ends[0].domain_chosen);
}

TEST(Decide, ReadsWhatIsMadeOfAnArgument) {
  Sketch sketch;
  sketch.policy.addresses.before_reading = [](std::string_view wire) {
    return std::string(wire == "<a!b>" ? "<b@example.com>" : wire);
  };
  sketch.stage(Moment::rcpt, "gate",
               {sketch.rule(sketch.condition(Not{sketch.to_own_domain()}), Refuse{{554, ""}})});
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a!b>")).reply, Reply::accept);
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a!c>")).reply, Reply::reject);
}

// bob becomes alice, alice becomes bob, who comes again.
TEST(Decide, LeavesAListThatMadeTheSameRecipientBefore) {
  Sketch sketch;
  const auto becomes = [&](std::string to) {
    Transform transform;
    transform.rewritten = Transform::Template{};
    transform.rewritten->pieces = {{std::move(to), std::nullopt}};
    sketch.policy.transforms.push_back(transform);
    return static_cast<std::uint32_t>(sketch.policy.transforms.size() - 1);
  };
  const auto is_alice =
      sketch.condition(Finds{sketch.table({{"alice@example.com", ""}}, {Key::whole}),
                             {Field::recipient, Part::whole, {}},
                             {}});
  const auto end = sketch.list("end", {sketch.rule(sketch.always(), End{Fate::local})});
  const auto route = sketch.listener().route;
  const auto back = sketch.list(
      "back", {sketch.rule(sketch.always(), Rewrite{{becomes("Alice@example.com")}, route})});
  sketch.policy.lists[route].rules = {
      sketch.rule(is_alice, Rewrite{{becomes("bob@example.com")}, back}),
      sketch.rule(sketch.always(), End{Fate::dropped})};
  sketch.policy.lists[route].again = {end, false};
  const auto decision = sketch.decide(attempt("203.0.113.9", "<alice@example.com>"));
  ASSERT_EQ(decision.ends.size(), 1U);
  EXPECT_EQ(decision.ends[0].fate, Fate::local);
  EXPECT_EQ(decision.ends[0].to, "Alice@example.com");
  sketch.policy.lists[route].again.reset();
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<alice@example.com>")).ends[0].fate,
            Fate::dropped);
}

TEST(Decide, CallsARewritingByPatternWhatItIs) {
  Sketch sketch;
  const auto pattern =
      patterns::Pattern::compile("^(.+)=(.+)@example\\.com$", patterns::Flavour::pcre, {});
  ASSERT_TRUE(pattern);
  sketch.policy.patterns = {*pattern};
  Transform::Template form;
  form.pattern = 0;
  form.pieces = {{"", Transform::Template::Hole{{}, 1}},
                 {"@", std::nullopt},
                 {"", Transform::Template::Hole{{}, 2}}};
  sketch.policy.transforms.push_back({std::nullopt, form});
  sketch.policy.results = {Rewrite{{0}, 0}};
  Table table;
  table.patterns.push_back({*pattern, false, {}, {}, {0, 3, ""}});
  sketch.policy.tables.push_back(table);
  sketch.policy.lookups.push_back({{0}, {Key::whole}, ""});
  Rule rule = sketch.rule(sketch.always(), Nothing{}, "virtual_alias_maps");
  rule.by_row = Rule::ByRow{0, {Field::recipient, Part::whole, {}}};
  sketch.policy.lists[sketch.listener().route].rules = {rule};
  const auto decision = sketch.decide(attempt("203.0.113.9", "<a=example.net@example.com>"));
  EXPECT_EQ(decision.relay, Truth::yes);
  ASSERT_EQ(decision.ends.size(), 1U);
  EXPECT_EQ(decision.ends[0].to, "a@example.net");
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a@example.com>")).relay, Truth::no);
}

TEST(Decide, CountsARecipientBeforeThisOneOnlyIfItWasTaken) {
  Sketch sketch;
  const auto own = sketch.to_own_domain();
  const auto several = sketch.condition(IsSet{Flag::several_recipients});
  const auto other = sketch.condition(Not{own});
  const auto alone = sketch.condition(Not{several});
  const auto alone_outside = sketch.condition(All{{alone, other}});
  sketch.stage(Moment::data, "data", {sketch.rule(alone_outside, Refuse{{554, ""}})});
  auto second = attempt();
  EXPECT_EQ(sketch.decide(second).reply, Reply::reject);
  second.after = {"<postmaster@example.com>"};
  EXPECT_EQ(sketch.decide(second).reply, Reply::accept);
  second.after = {"unreadable"};
  EXPECT_EQ(sketch.decide(second).reply, Reply::reject);
}

TEST(Decide, RefusesASpellingThatTheServerCannotRead) {
  Sketch sketch;
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "a@example.net")).answer.code, 501);
}

TEST(Decide, SeesAClientAsItsDoorShowsIt) {
  Sketch sketch;
  const auto inside = sketch.condition(ClientIn{network("172.17.0.0/16")});
  const auto outside = sketch.condition(Not{inside});
  sketch.stage(Moment::connect, "gate", {sketch.rule(outside, Refuse{{554, ""}})});
  sketch.policy.doors[0].seen = {{mail::IpSet::all_v6(), *mail::IpAddress::parse("172.17.0.1")}};
  sketch.policy.doors[0].may_claim = network("198.51.100.0/24");
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9")).relay, Truth::no);
  EXPECT_EQ(sketch.decide(attempt("2001:db8::9")).relay, Truth::yes);
  auto claims = attempt("198.51.100.9");
  claims.speaks_for = mail::IpAddress::parse("172.17.0.9");
  EXPECT_EQ(sketch.decide(claims).relay, Truth::yes);
  claims.client = *mail::IpAddress::parse("203.0.113.9");
  EXPECT_EQ(sketch.decide(claims).relay, Truth::no);
}

TEST(Decide, ComesInByTheDoorOfItsPort) {
  Sketch sketch;
  const auto inside = sketch.condition(ClientIn{network("172.17.0.0/16")});
  const auto outside = sketch.condition(Not{inside});
  sketch.stage(Moment::connect, "gate", {sketch.rule(outside, Refuse{{554, ""}})});
  auto published = sketch.policy.doors[0];
  published.port = 2525;
  published.seen = {{mail::IpSet::all(), *mail::IpAddress::parse("172.17.0.1")}};
  sketch.policy.doors.push_back(published);
  auto made = attempt("203.0.113.9");
  EXPECT_EQ(sketch.decide(made).relay, Truth::no);
  made.port = 2525;
  EXPECT_EQ(sketch.decide(made).relay, Truth::yes);
  made.port = 26;
  EXPECT_EQ(sketch.decide(made).relay, Truth::no) << "no door: as by the first one";
}

TEST(Decide, TakesARecipientWithoutADomainForNobodysMail) {
  Sketch sketch;
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<someone>")).relay, Truth::no);
}

TEST(Decide, KnowsWhatWasSpeltWithoutAFullDomain) {
  Sketch sketch;
  sketch.policy.addresses.is_unqualified = [](std::string_view wire) {
    return wire.find('.') == std::string_view::npos;
  };
  const auto spelt = sketch.condition(IsSet{Flag::recipient_unqualified});
  sketch.stage(Moment::rcpt, "gate", {sketch.rule(spelt, Refuse{{504, ""}})});
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a@host>")).answer.code, 504);
  EXPECT_EQ(sketch.decide(attempt("203.0.113.9", "<a@host.example.net>")).relay, Truth::yes);
}

TEST(Decide, LeavesOutWhatIsSuppressed) {
  Sketch sketch;
  const auto element = sketch.origin("192.0.2.0/24");
  const auto inside = sketch.condition(ClientIn{network("192.0.2.0/24")}, element);
  sketch.stage(Moment::rcpt, "gate",
               {sketch.rule(inside, Permit{}), sketch.rule(sketch.always(), Refuse{{554, ""}})});
  const auto decision = sketch.decide(attempt("192.0.2.9"));
  EXPECT_EQ(decision.relay, Truth::yes);
  EXPECT_THAT(decision.trace[0].because, ElementsAre(element));
  EXPECT_EQ(sketch.decide(attempt("192.0.2.9"), {{element}, false}).relay, Truth::no);
}

TEST(KeysOf, AreAskedInTheOrderOfThePlan) {
  const Lookup access{{},
                      {Key::whole, Key::without_extension, Key::domain, Key::parents, Key::local_at,
                       Key::local_at_without_extension},
                      "+"};
  EXPECT_THAT(keys_of(access, "user+x@mail.example.com"),
              ElementsAre("user+x@mail.example.com", "user@mail.example.com", "mail.example.com",
                          "example.com", "com", "user+x@", "user@"));
  const Lookup host{{}, {Key::whole, Key::dotted_host_parents}, ""};
  EXPECT_THAT(keys_of(host, "mail.example.com"),
              ElementsAre("mail.example.com", ".example.com", ".com"));
  EXPECT_THAT(keys_of(host, "192.0.2.1"), ElementsAre("192.0.2.1"));
  const Lookup virtual_alias{{}, {Key::whole, Key::local, Key::at_domain}, ""};
  EXPECT_THAT(keys_of(virtual_alias, "u@example.com"),
              ElementsAre("u@example.com", "u", "@example.com"));
}

TEST(PartOf, DividesAtTheLastAt) {
  EXPECT_EQ(part_of("a@b@c", Part::local), "a@b");
  EXPECT_EQ(part_of("a@b@c", Part::domain), "c");
  EXPECT_EQ(part_of("postmaster", Part::domain), "");
  EXPECT_EQ(without_extension("user+a+b", "+"), "user");
  EXPECT_EQ(without_extension("+user", "+"), "+user");
}

}  // namespace
}  // namespace relayproof::policy
