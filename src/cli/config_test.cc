#include "cli/config.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

TEST(Config, NamesTheOperator) {
  const auto config = parse_config("# who asks\nfrom = \"ops@club.example\"\n", "r.conf");
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->from, "ops@club.example");
  EXPECT_EQ(parse_config("", "r.conf")->from, "");
}

TEST(Config, SaysWhereItIsWrong) {
  struct Case {
    std::string text, error;
  };
  for (const auto& [text, error] :
       std::vector<Case>{{"\nfrm = \"a@b.example\"", "r.conf:2:1: unknown key 'frm'; known: from"},
                         {"from = 3", "r.conf:1:8: from must be one address"},
                         {"from = \"no address\"", "r.conf:1:8: from must be one address"},
                         {"from = \"a@b\\r\\nQUIT\"", "r.conf:1:8: from must be one address"},
                         {"from = \n", "r.conf:1:8: "}}) {
    const auto config = parse_config(text, "r.conf");
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(to_string(config.error()).substr(0, error.size()), error);
    EXPECT_EQ(to_string(config.error()).find('\n'), std::string::npos);
  }
}

TEST(Config, AMissingFileThatWasNamedIsAnError) {
  EXPECT_FALSE(load_config("/nonexistent/relayproof.conf"));
}

TEST(Address, IsOneLocalPartAndADomain) {
  for (const char* text : {"a@b.example", "a.b+c@mail.example.com", "root@localhost"}) {
    EXPECT_TRUE(is_address(text)) << text;
  }
  for (const char* text : {"", "a", "@b.example", "a@", "a b@c.example", "<a@b.example>",
                           "a@b.example\r\n", "a@@b.example", "a@[192.0.2.1]"}) {
    EXPECT_FALSE(is_address(text)) << text;
  }
}

}  // namespace
}  // namespace relayproof::cli
