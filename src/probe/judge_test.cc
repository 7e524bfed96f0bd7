#include "probe/judge.h"

#include <gtest/gtest.h>

#include "probe/classify.h"
#include "probe/own_domain.h"

namespace relayproof::probe {
namespace {

mail::Reply reply(const std::string& text) {
  return {std::stoi(text.substr(0, 3)), {text.substr(4)}};
}

OutcomeKind kind_of(const mail::Reply& reply) {
  return reply.is_positive()    ? OutcomeKind::accepted
         : reply.is_transient() ? OutcomeKind::deferred
                                : OutcomeKind::refused;
}

Control control(std::string_view name, const std::string& text) {
  Control control;
  control.name = name;
  if (text.empty()) return control;
  control.reply = reply(text);
  control.kind = kind_of(*control.reply);
  control.refused_as = classify(*control.reply, Stage::rcpt);
  return control;
}

Outcome outcome(const std::string& technique, const std::string& text) {
  Outcome outcome;
  outcome.technique = technique;
  outcome.recipient_form = "<{nobody}@{X}>";
  outcome.reply = reply(text);
  outcome.kind = kind_of(*outcome.reply);
  outcome.refused_as = classify(*outcome.reply, Stage::rcpt);
  if (outcome.kind == OutcomeKind::accepted) outcome.twin = unknown_control;
  return outcome;
}

Outcome not_run(const std::string& technique, const std::string& why) {
  Outcome outcome;
  outcome.technique = technique;
  outcome.recipient_form = "<{nobody}@{X}>";
  outcome.not_run_because = why;
  return outcome;
}

// A door as a few replies: to its postmaster, an unknown mailbox of its own, a stranger outside.
DoorResult door(const std::string& postmaster, const std::string& unknown,
                const std::string& outside, std::uint16_t port = 25) {
  DoorResult door;
  door.target.port = port;
  door.controls = {control(postmaster_control, postmaster), control(unknown_control, unknown)};
  const OwnDomain own = find_own_domain({{"example.com", door.controls[0], door.controls[1]}});
  door.own_domain = own.domain;
  door.postmaster_taken = own.postmaster_taken;
  door.unknown_refused = own.unknown_refused;
  door.refuses_something = own.refuses_something;
  if (!outside.empty()) door.outcomes = {outcome("null-sender", outside)};
  return door;
}

const std::string taken = "250 2.1.5 Ok";
const std::string no_user = "550 5.1.1 User unknown";
const std::string no_relay = "554 5.7.1 <x>: Relay access denied";

struct Row {
  const char* what;
  std::string postmaster, unknown, outside;
  std::uint16_t port;
  Verdict verdict;
};

TEST(Judge, MeansWhatItsTableSays) {
  const std::string ambiguous = "550 Invalid recipient: <x>";
  const std::string listed =
      "554 5.7.1 Service unavailable; Client host [x] blocked using bl.example";
  const std::string access_denied = "554 5.7.1 <x>: Client host rejected: Access denied";
  const std::string password = "530 5.7.0 Authentication required";
  const std::string null_mx = "556 5.1.10 <x>: Recipient address rejected: takes no mail";
  const std::vector<Row> rows = {
      {"relay words", taken, no_user, no_relay, 25, Verdict::closed},
      {"relay words, temporary", taken, no_user, "454 4.7.1 Relay access denied", 25,
       Verdict::closed},
      {"relay words, own domain unknown", no_relay, no_relay, no_relay, 25, Verdict::closed},
      {"relay words, a catch-all", taken, taken, no_relay, 25, Verdict::closed},
      {"relay words, controls cut off", "", "", no_relay, 25, Verdict::closed},
      {"5.7.1 without words", taken, no_user, "550 5.7.1 Go away", 25, Verdict::closed},
      {"5.7.1 without words to postmaster, too", "550 5.7.1 Go away", "550 5.7.1 Go away",
       "550 5.7.1 Go away", 25, Verdict::undecided},
      {"ambiguous words, telling controls", taken, ambiguous, ambiguous, 25, Verdict::closed},
      {"ambiguous words, a catch-all", taken, taken, ambiguous, 25, Verdict::undecided},
      {"ambiguous words, postmaster too", ambiguous, ambiguous, ambiguous, 25, Verdict::undecided},
      {"ambiguous words, controls cut off", "", "", ambiguous, 25, Verdict::undecided},
      {"outside taken, unknown refused", taken, no_user, taken, 25, Verdict::open},
      {"outside taken, unknown taken", taken, taken, taken, 25, Verdict::undecided},
      {"outside taken, unknown deferred", taken, "451 later", taken, 25, Verdict::undecided},
      {"outside taken, controls cut off", "", "", taken, 25, Verdict::undecided},
      {"a block list", listed, listed, listed, 25, Verdict::undecided},
      {"a block list, on submission", listed, listed, listed, 587, Verdict::undecided},
      {"greylisting", taken, no_user, "451 4.7.1 Greylisted", 25, Verdict::undecided},
      {"greylisting, on submission", "451 4.7.1 Greylisted", "451 4.7.1 Greylisted",
       "451 4.7.1 Greylisted", 587, Verdict::undecided},
      {"a rate limit, for good", taken, no_user, "554 too many errors", 25, Verdict::undecided},
      {"a rate limit, on submission", "", "", "554 too many errors", 465, Verdict::undecided},
      {"its spelling", taken, no_user, "501 5.1.3 Bad address syntax", 25, Verdict::closed},
      {"TLS first", "", "", "530 5.7.0 Must issue a STARTTLS command first", 25, Verdict::closed},
      {"a password first", password, password, password, 25, Verdict::closed},
      {"a password first, on submission", password, password, password, 587, Verdict::closed},
      {"plain reject, on submission", access_denied, access_denied, access_denied, 587,
       Verdict::closed},
      {"plain reject, on port 25", access_denied, access_denied, access_denied, 25,
       Verdict::undecided},
      {"out of order", taken, no_user, "503 5.5.1 Error: need MAIL command", 25,
       Verdict::undecided},
      {"the domain outside takes no mail", taken, no_user, null_mx, 25, Verdict::undecided},
      {"it cannot route to the domain outside", taken, no_user, "550 Unrouteable address", 25,
       Verdict::undecided},
      {"nothing asked", taken, no_user, "", 25, Verdict::undecided},
      {"nothing asked, on submission", "", "", "", 587, Verdict::undecided},
  };
  for (const auto& row : rows) {
    DoorResult asked = door(row.postmaster, row.unknown, row.outside, row.port);
    asked.extensions = {"AUTH PLAIN LOGIN"};  // says nothing by itself
    judge(asked);
    EXPECT_EQ(asked.verdict, row.verdict) << row.what << ": " << asked.reason;
    EXPECT_FALSE(asked.reason.empty()) << row.what;
  }
}

// A login or another claim before the question: refused is refused, and Debian's Postfix says 454.
TEST(Judge, ReadsTheAnswerBehindAClaimAsAnyOther) {
  struct Behind {
    const char* what;
    std::string outside;
    bool claim_refused;
    Verdict verdict;
  };
  const std::vector<Behind> rows = {
      {"refused for good", no_relay, false, Verdict::closed},
      {"refused for now, in words of relaying", "454 4.7.1 Relay access denied", false,
       Verdict::closed},
      {"any refusal for good", "503 5.5.1 Error: send HELO/EHLO first", false, Verdict::closed},
      {"later", "451 4.7.1 Greylisted", false, Verdict::undecided},
      {"the claim itself refused", "535 5.7.8 Authentication failed", true, Verdict::closed},
      {"the claim itself put off", "454 4.7.0 Temporary failure", true, Verdict::undecided},
      {"taken", taken, false, Verdict::open},
  };
  for (const auto& row : rows) {
    DoorResult result = door(taken, no_user, no_relay);
    Outcome claimed = outcome("random-login", row.outside);
    claimed.prelude = techniques::Prelude::random_login;
    claimed.helo_refused = row.claim_refused;
    result.outcomes.push_back(claimed);
    judge(result);
    EXPECT_EQ(result.verdict, row.verdict) << row.what << ": " << result.reason;
  }
}

TEST(Judge, CallsItOneThatTakesEverythingOnlyIfAnUnknownMailboxWasTaken) {
  DoorResult sink = door(taken, taken, taken);
  judge(sink);
  EXPECT_TRUE(sink.accepts_everything);
  for (const std::string unknown : {"", "451 4.3.0 later"}) {
    DoorResult unanswered = door(taken, unknown, taken);
    judge(unanswered);
    EXPECT_FALSE(unanswered.accepts_everything) << unanswered.reason;
  }
}

TEST(Judge, SaysThatAPasswordIsWantedOnlyIfSomethingWasAnswered) {
  DoorResult refused = door("", "", "", 587);
  refused.outcomes = {not_run("null-sender", "the sender was refused")};
  judge(refused);
  EXPECT_FALSE(refused.wants_password);
  DoorResult answered = door("", "", "530 5.7.0 Authentication required", 587);
  judge(answered);
  EXPECT_TRUE(answered.wants_password);
}

TEST(Judge, DoesNotTakeWhatWasNotAskedForClosed) {
  DoorResult some = door(taken, no_user, no_relay);
  some.outcomes.push_back(not_run("host-sender", "blocked after 1 attempts"));
  judge(some);
  EXPECT_EQ(some.verdict, Verdict::undecided);
  EXPECT_NE(some.reason.find("1 of 2 ways were not asked"), std::string::npos) << some.reason;
}

TEST(Judge, TakesARefusedSenderForAskedIfAnotherAskedTheSameRecipient) {
  DoorResult asked = door(taken, no_user, no_relay);
  Outcome skipped = not_run("host-sender", "the sender was refused");
  skipped.refused_as = RefusedAs::sender;
  asked.outcomes.push_back(skipped);
  judge(asked);
  EXPECT_EQ(asked.verdict, Verdict::closed) << asked.reason;
  asked.outcomes.back().recipient_form = "<{nobody}%{X}@{H}>";
  judge(asked);
  EXPECT_EQ(asked.verdict, Verdict::undecided);
}

TEST(Judge, LetsTheTwinDecideWhatAnOddSpellingMeans) {
  struct TwinRow {
    const char* twin_reply;
    CountsAs counts_as;
    Verdict verdict;
  };
  for (const auto& [twin_reply, counts_as, verdict] :
       {TwinRow{"550 5.1.1 User unknown", CountsAs::relay, Verdict::open},
        TwinRow{"501 5.1.3 Bad syntax", CountsAs::relay, Verdict::open},
        TwinRow{"250 Ok", CountsAs::unclear, Verdict::undecided},
        TwinRow{"451 later", CountsAs::unclear, Verdict::undecided},
        TwinRow{"554 blocked using bl.example", CountsAs::unclear, Verdict::undecided},
        TwinRow{"", CountsAs::unclear, Verdict::undecided}}) {
    DoorResult asked = door(taken, no_user, no_relay);
    Outcome odd = outcome("percent-hack", taken);
    odd.twin = "twin:percent-hack";
    asked.outcomes.push_back(odd);
    asked.controls.push_back(control("twin:percent-hack", twin_reply));
    judge(asked);
    EXPECT_EQ(asked.outcomes.back().counts_as, counts_as) << twin_reply;
    EXPECT_EQ(asked.verdict, verdict) << twin_reply;
  }
}

TEST(Judge, DoesNotCallItOpenFromAPlaceThatMayBeTrusted) {
  DoorResult asked = door(taken, no_user, taken);
  asked.trusted_place = true;
  judge(asked);
  EXPECT_EQ(asked.verdict, Verdict::undecided);
  EXPECT_EQ(asked.outcomes.front().counts_as, CountsAs::relay);
}

TEST(Judge, TakesARefusalOfDataForGoodOnlyIfItIsNotOfUs) {
  for (const auto& [text, verdict] :
       {std::pair{"554 5.7.1 <DATA>: Data command rejected: Access denied", Verdict::closed},
        std::pair{"554 blocked using bl.example", Verdict::undecided},
        std::pair{"451 4.3.0 later", Verdict::undecided}}) {
    DoorResult asked = door(taken, no_user, text);
    asked.outcomes.front().phase = "data";
    asked.outcomes.front().refused_as = classify(reply(text), Stage::data);
    judge(asked);
    EXPECT_EQ(asked.verdict, verdict) << text;
  }
}

TEST(Judge, TakesARefusedHeloForAnAnswerUnlessItIsForNow) {
  for (const auto& [text, verdict] :
       {std::pair{"550 bad HELO", Verdict::closed}, std::pair{"450 bad HELO", Verdict::undecided},
        std::pair{"554 too many errors", Verdict::undecided}}) {
    DoorResult asked = door(taken, no_user, no_relay);
    asked.outcomes.push_back(outcome("helo-localhost", text));
    asked.outcomes.back().helo_refused = true;
    judge(asked);
    EXPECT_EQ(asked.verdict, verdict) << text;
  }
}

}  // namespace
}  // namespace relayproof::probe
