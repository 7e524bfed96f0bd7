#include "report/as_nmap.h"

#include <gtest/gtest.h>

#include "techniques/technique.h"

namespace relayproof::report {
namespace {

using probe::CountsAs;
using probe::Outcome;
using probe::OutcomeKind;

Outcome answered(const char* technique, int code, const char* words,
                 std::optional<CountsAs> counts_as = {}) {
  Outcome outcome;
  outcome.technique = technique;
  outcome.reply = mail::Reply{code, {words}};
  outcome.kind = code < 300 ? OutcomeKind::accepted : OutcomeKind::refused;
  outcome.counts_as = counts_as;
  return outcome;
}

Outcome refused_sender(const char* technique) {
  Outcome outcome = answered(technique, 501, "malformed address");
  outcome.kind = OutcomeKind::not_run;
  outcome.refused_as = probe::RefusedAs::sender;
  return outcome;
}

probe::DoorResult door(std::vector<Outcome> outcomes, probe::Verdict verdict) {
  probe::DoorResult door;
  door.target.address = mail::IpAddress::v4({192, 0, 2, 25});
  door.in_full = true;
  door.outcomes = std::move(outcomes);
  door.verdict = verdict;
  door.reason = "it refuses this place as a client (554)";
  return door;
}

std::string all_of(const NmapVerdict& verdict) {
  std::string text;
  for (const auto& why : verdict.why) text += why + "\n";
  return text;
}

TEST(AsNmap, EveryOneOfItsSixteenIsInTheCatalogueOnce) {
  std::vector<int> seen(17, 0);
  for (const auto& row : techniques::catalogue()) {
    const auto result =
        as_nmap(door({answered(std::string(row.name).c_str(), 250, "Ok")}, probe::Verdict::open));
    const bool its_own = row.also_in.find("nmap #") != std::string_view::npos;
    EXPECT_EQ(result.open, its_own) << row.name;
    seen[0] += its_own ? 1 : 0;
  }
  EXPECT_EQ(seen[0], 16);
}

TEST(AsNmap, AgreesWhereThereIsNothingToExplain) {
  const auto closed = as_nmap(
      door({answered("null-sender", 554, "5.7.1 Relay access denied")}, probe::Verdict::closed));
  EXPECT_EQ(closed.says, "Server doesn't seem to be an open relay, all tests failed");
  EXPECT_EQ(all_of(closed), "");
  const auto open =
      as_nmap(door({answered("null-sender", 250, "Ok", CountsAs::relay)}, probe::Verdict::open));
  EXPECT_EQ(open.says, "Server is an open relay (1/16 tests)");
  EXPECT_EQ(all_of(open), "");
}

TEST(AsNmap, CountsWhatIsTakenForALocalMailbox) {
  const auto verdict = as_nmap(door({answered("null-sender", 554, "no"),
                                     answered("quoted-percent", 250, "Ok", CountsAs::unclear)},
                                    probe::Verdict::undecided));
  EXPECT_TRUE(verdict.open);
  EXPECT_NE(all_of(verdict).find("1 test (quoted-percent)"), std::string::npos) << all_of(verdict);
}

TEST(AsNmap, CountsWhatIsNeverDelivered) {
  Outcome dropped = answered("null-sender", 250, "Ok", CountsAs::unclear);
  dropped.tokens = {"x"};
  const auto verdict = as_nmap(door({dropped}, probe::Verdict::undecided));
  EXPECT_NE(all_of(verdict).find("no message came"), std::string::npos) << all_of(verdict);
}

TEST(AsNmap, TakesARefusedSenderForANo) {
  const auto verdict = as_nmap(
      door({refused_sender("percent-hack"), answered("percent-hack", 250, "Ok", CountsAs::relay)},
           probe::Verdict::open));
  EXPECT_FALSE(verdict.open);
  EXPECT_NE(all_of(verdict).find("refuses its sender in 1 of its tests"), std::string::npos);
  EXPECT_NE(all_of(verdict).find("with another sender 1 of them relay"), std::string::npos)
      << all_of(verdict);
}

TEST(AsNmap, StopsAtA530WhereverItStands) {
  const auto verdict = as_nmap(door({answered("null-sender", 550, "5.7.1 ticket 530: denied"),
                                     answered("outside-sender", 250, "Ok", CountsAs::relay)},
                                    probe::Verdict::open));
  EXPECT_EQ(verdict.says, "Server isn't an open relay, authentication needed");
  EXPECT_FALSE(verdict.open);
}

TEST(AsNmap, TakesABlockListForAClosedServer) {
  const auto verdict = as_nmap(
      door({answered("null-sender", 554, "blocked using bl.example")}, probe::Verdict::undecided));
  EXPECT_FALSE(verdict.open);
  EXPECT_NE(all_of(verdict).find("refuses this place as a client"), std::string::npos);
}

}  // namespace
}  // namespace relayproof::report
