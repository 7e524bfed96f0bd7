#include "mail/reply.h"

#include <gtest/gtest.h>

namespace relayproof::mail {
namespace {

TEST(Reply, SeparatesEnhancedCodeFromText) {
  const Reply reply{554, {"5.7.1 <a@b>: Relay access denied"}};
  ASSERT_TRUE(reply.enhanced());
  EXPECT_EQ(reply.enhanced()->to_string(), "5.7.1");
  EXPECT_EQ(reply.text(), "<a@b>: Relay access denied");
}

TEST(Reply, IgnoresAnEnhancedCodeOfAnotherClass) {
  EXPECT_FALSE((Reply{550, {"2.1.5 fine"}}).enhanced());
}

TEST(Reply, DoesNotMistakeAnAddressForAnEnhancedCode) {
  for (const char* text : {"5.7.1.9 host", "5.7", "5.7.", "5.1234.1 x", "7.1.1 x", "5.7.1x", ""}) {
    EXPECT_FALSE(EnhancedCode::parse_prefix(text)) << text;
  }
  EXPECT_TRUE(EnhancedCode::parse_prefix("5.7.1"));
}

TEST(Reply, JoinsLines) {
  const Reply reply{550, {"5.7.1 no", "5.7.1 relaying", ""}};
  EXPECT_EQ(reply.text(), "no relaying");
}

}  // namespace
}  // namespace relayproof::mail
