#include "dialects/postfix/access_results.h"

#include <gtest/gtest.h>

namespace relayproof::postfix {
namespace {

using Kind = AccessAction::Kind;

AccessAction read(std::string_view text, Version version = newest_version) {
  return parse_access_result(text, nullptr, version);
}

TEST(AccessResults, AreWhatAccessFiveSays) {
  struct Case {
    std::string_view text;
    Kind kind;
  };
  for (const auto& [text, kind] : {
           Case{"OK", Kind::permit},
           Case{"ok whatever", Kind::permit},
           Case{"RELAY", Kind::permit},
           Case{"12345", Kind::permit},
           Case{"554", Kind::permit},  // three digits without a text are a number like any other
           Case{"554 go away", Kind::refuse},
           Case{"450 later", Kind::refuse},
           Case{"350 later", Kind::restrictions},
           Case{"REJECT", Kind::refuse},
           Case{"Reject 5.1.1 unknown", Kind::refuse},
           Case{"DEFER", Kind::refuse},
           Case{"HANGUP", Kind::refuse},
           Case{"DUNNO", Kind::dunno},
           Case{"INFO seen", Kind::dunno},
           Case{"WARN seen", Kind::dunno},
           Case{"PREPEND X: y", Kind::dunno},
           Case{"BCC a@example.com", Kind::dunno},
           Case{"DISCARD", Kind::discard},
           Case{"HOLD", Kind::hold},
           Case{"FILTER smtp:[127.0.0.1]:10025", Kind::filter},
           Case{"FILTER", Kind::dunno},
           Case{"FILTER nowhere", Kind::dunno},
           Case{"REDIRECT a@example.com", Kind::redirect},
           Case{"REDIRECT a", Kind::dunno},
           Case{"DEFER_IF_PERMIT", Kind::defer_if_permit},
           Case{"defer_if_reject later", Kind::defer_if_reject},
           Case{"permit_mynetworks, reject", Kind::restrictions},
           Case{"OKAY", Kind::restrictions},
           Case{"hash:/etc/postfix/x", Kind::server_error},
           Case{"check_client_access hash:/x", Kind::server_error},
           Case{",", Kind::permit},  // no word at all counts as OK
       }) {
    EXPECT_EQ(read(text).kind, kind) << text;
  }
}

TEST(AccessResults, TakeTheirCodeFromTheTextIfItHasOne) {
  EXPECT_EQ(read("REJECT").answer, (policy::Answer{0, "5.7.1"}));
  EXPECT_EQ(read("REJECT 5.1.1 unknown").answer, (policy::Answer{0, "5.1.1"}));
  EXPECT_EQ(read("450 4.2.0 full").answer, (policy::Answer{450, "4.2.0"}));
  EXPECT_EQ(read("550 no").answer, (policy::Answer{550, "5.7.1"}));
  EXPECT_EQ(read("550 5.x.1 no").answer, (policy::Answer{550, "5.7.1"}));
}

TEST(AccessResults, SpeakOfTheSenderWhereHeIsRefused) {
  using policy::Field;
  EXPECT_EQ(enhanced_for("5.1.1", Field::sender), "5.1.7");
  EXPECT_EQ(enhanced_for("4.1.2", Field::sender), "4.1.8");
  EXPECT_EQ(enhanced_for("5.1.0", Field::sender), "5.1.0");
  EXPECT_EQ(enhanced_for("5.1.1", Field::recipient), "5.1.1");
  EXPECT_EQ(enhanced_for("5.1.8", Field::recipient), "5.1.2");
  EXPECT_EQ(enhanced_for("5.1.1", {}), "5.0.0");
  EXPECT_EQ(enhanced_for("5.7.1", Field::sender), "5.7.1");
}

TEST(AccessResults, KnowOnlyTheWordsOfTheirVersion) {
  EXPECT_EQ(read("INFO seen", {2, 11}).kind, Kind::restrictions);
  EXPECT_EQ(read("BCC a@example.com", {2, 10}).kind, Kind::restrictions);
  EXPECT_EQ(read("HANGUP", {3, 0}).kind, Kind::refuse);
}

TEST(AccessResults, TellWhenCapturesDecide) {
  const auto with_holes = [](std::string_view text) {
    const auto holes = parse_result(text);
    return parse_access_result(text, &*holes, newest_version);
  };
  EXPECT_EQ(with_holes("REJECT not $1").kind, Kind::refuse);
  EXPECT_EQ(with_holes("$1").kind, Kind::chosen);
  EXPECT_EQ(with_holes("class_$1").kind, Kind::chosen);
  EXPECT_TRUE(with_holes("REDIRECT $1@$2").has_holes);
  EXPECT_FALSE(with_holes("REDIRECT a@example.com").has_holes);
}

TEST(AccessResults, AreAlikeIfTheyDoTheSame) {
  EXPECT_EQ(key_of(read("REJECT one")), key_of(read("reject two")));
  EXPECT_EQ(key_of(read("OK")), key_of(read("17")));
  EXPECT_NE(key_of(read("REJECT")), key_of(read("554 no")));
  EXPECT_NE(key_of(read("permit_mynetworks")), key_of(read("reject")));
}

}  // namespace
}  // namespace relayproof::postfix
