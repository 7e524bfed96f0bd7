#include "cli/ask_program.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

TEST(AskedPrograms, GiveWhatTheyPrintAndSeeTheirInput) {
  EXPECT_EQ(ask_program({"printf", "a\nb"}).value_or("failed"), "a\nb");
  EXPECT_EQ(ask_program({"cat"}, std::chrono::seconds(10), "line\n").value_or("failed"), "line\n");
  EXPECT_EQ(ask_program({"cat"}).value_or("failed"), "");
  EXPECT_EQ(ask_program({"sh", "-c", "echo out; echo error >&2"}).value_or("failed"), "out\n");
}

TEST(AskedPrograms, ThatFailAreAnErrorWithTheirName) {
  for (const auto* name : {"no-such-program", "false"}) {
    const auto text = ask_program({name});
    ASSERT_FALSE(text) << name;
    EXPECT_NE(text.error().message.find(name), std::string::npos);
  }
}

TEST(AskedPrograms, AreNotGivenToAShell) {
  EXPECT_EQ(ask_program({"printf", "%s", "$(id); `id` 'x"}).value_or("failed"), "$(id); `id` 'x");
}

TEST(AskedPrograms, ThatDoNotEndAreEnded) {
  EXPECT_FALSE(ask_program({"cat", "/dev/zero"}));  // more than anybody reads
  EXPECT_FALSE(ask_program({"tail", "-f", "/dev/null"}, std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace relayproof::cli
