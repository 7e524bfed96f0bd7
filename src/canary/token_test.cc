#include "canary/token.h"

#include <gtest/gtest.h>

namespace relayproof::canary {
namespace {

using std::chrono::hours;

Key key(char filling = 'a') { return parse_key(std::string(64, filling)).value(); }

const Time now = Time(hours(500000));
const Errand errand{"192.0.2.25:25", "percent-hack"};

TEST(Token, IsGenuineForItsErrandInItsTime) {
  const std::string token = make_token(key(), errand, now);
  EXPECT_TRUE(is_token(token)) << token;
  EXPECT_EQ(token.size(), 58U);
  EXPECT_EQ(check_token(key(), token, errand, now), Authenticity::genuine);
  EXPECT_EQ(check_token(key(), token, errand, now + token_life), Authenticity::genuine);
}

TEST(Token, IsNotGenuineForAnythingElse) {
  const std::string token = make_token(key(), errand, now);
  std::string other_time = token;
  other_time[7] = other_time[7] == '0' ? '1' : '0';
  struct Row {
    const char* what;
    std::string token;
    Key key;
    Errand errand;
    Time now;
    Authenticity expected;
  };
  const Errand other_target{"192.0.2.26:25", "percent-hack"};
  const Errand other_technique{"192.0.2.25:25", "quoted"};
  const Errand shifted{"192.0.2.25:25\npercent-hack", ""};
  const std::vector<Row> rows{
      {"another target", token, key(), other_target, now, Authenticity::forged},
      {"another technique", token, key(), other_technique, now, Authenticity::forged},
      {"the line between them elsewhere", token, key(), shifted, now, Authenticity::forged},
      {"another key", token, key('b'), errand, now, Authenticity::forged},
      {"a later time written into it", other_time, key(), errand, now, Authenticity::forged},
      {"too old", token, key(), errand, now + token_life + hours(1), Authenticity::expired},
      {"from the future", token, key(), errand, now - hours(1), Authenticity::expired},
      {"cut", token.substr(1), key(), errand, now, Authenticity::malformed},
      {"nothing", "", key(), errand, now, Authenticity::malformed},
      {"upper case", "A" + token.substr(1), key(), errand, now, Authenticity::malformed},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(check_token(row.key, row.token, row.errand, row.now), row.expected) << row.what;
  }
}

TEST(Token, IsNeverTheSameTwice) {
  EXPECT_NE(make_token(key(), errand, now), make_token(key(), errand, now));
}

TEST(Key, IsSixtyFourHexadecimalDigits) {
  EXPECT_TRUE(parse_key(new_key()));
  EXPECT_NE(new_key(), new_key());
  EXPECT_TRUE(parse_key(" " + std::string(64, 'F') + "\n"));
  EXPECT_FALSE(parse_key(std::string(62, 'f')));
  EXPECT_FALSE(parse_key(std::string(64, 'g')));
  EXPECT_FALSE(parse_key("-" + std::string(63, '1')));
  EXPECT_FALSE(parse_key(""));
}

}  // namespace
}  // namespace relayproof::canary
