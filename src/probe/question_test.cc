#include "probe/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

using testing::ElementsAre;

techniques::Fill fill() {
  return {
      "example.net",    "example.org", "mail.example.com", "[192.0.2.25]", "example.com", "k3v", "",
      "me@club.example"};
}

TEST(Question, TriesTheTechniquesOwnSenderBeforeThoseOfThePlan) {
  const Question question = ask_technique(*techniques::find("host-sender"), fill());
  EXPECT_THAT(question.sender_forms,
              ElementsAre("<test@{H}>", null_sender, operator_sender, postmaster_sender));
  EXPECT_EQ(question.attempt("h"),
            (mail::Attempt{"h", "<test@mail.example.com>", "<k3v@example.net>"}));
}

TEST(Question, LeavesOutASenderThatIsNotKnown) {
  techniques::Fill without = fill();
  without.from.clear();
  EXPECT_THAT(ask_control("postmaster", "<postmaster>", without).sender_forms,
              ElementsAre(null_sender, postmaster_sender));
}

TEST(Question, NamesNoSenderTwice) {
  EXPECT_THAT(ask_technique(*techniques::find("null-sender"), fill()).sender_forms,
              ElementsAre(null_sender, operator_sender, postmaster_sender));
}

TEST(Question, IsAskedInLockStepIfTheServerMayCountItAsASyntaxError) {
  for (const auto& [name, lock_step] :
       {std::pair{"null-sender", false}, std::pair{"percent-at-domain", false},
        std::pair{"literal-sender", true}, std::pair{"bare-host-sender", true},
        std::pair{"two-ats", true}}) {
    EXPECT_EQ(ask_technique(*techniques::find(name), fill()).lock_step, lock_step) << name;
  }
}

TEST(Question, HasATwinWithTheSenderThatWasTaken) {
  Question accepted = ask_technique(*techniques::find("percent-hack"), fill());
  accepted.sender_forms.erase(accepted.sender_forms.begin());
  const Question twin = ask_twin(accepted, fill());
  EXPECT_EQ(twin.name, "twin:percent-hack");
  EXPECT_EQ(twin.technique, nullptr);
  EXPECT_EQ(twin.attempt("h"), (mail::Attempt{"h", "<>", "<k3v%example.com@mail.example.com>"}));
}

}  // namespace
}  // namespace relayproof::probe
