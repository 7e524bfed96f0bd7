#include "smtp/reply_parser.h"

#include <gtest/gtest.h>

#include <vector>

namespace relayproof::smtp {
namespace {

// What the parser says to each line of these bytes, until it says no more.
std::vector<Parsed> parsed(std::string_view bytes, const Limits& limits = {}) {
  ReplyParser parser(limits);
  std::vector<Parsed> found;
  while (!bytes.empty()) {
    found.push_back(parser.consume(bytes));
    if (found.back() == Parsed::reply) parser.take();
  }
  return found;
}

ParsedReply first_reply(std::string_view bytes) {
  ReplyParser parser(Limits{});
  while (!bytes.empty()) {
    if (parser.consume(bytes) == Parsed::reply) return parser.take();
  }
  ADD_FAILURE() << "no reply";
  return {};
}

TEST(ReplyParser, TellsRepliesFromWhatIsNone) {
  struct Case {
    std::string_view bytes;
    std::vector<Parsed> expected;
  };
  const Case cases[] = {
      {"250 ok\r\n", {Parsed::reply}},
      {"250\r\n", {Parsed::reply}},
      {"250 \r\n", {Parsed::reply}},
      {"250 ok\n", {Parsed::reply}},
      {"250-a\r\n250 b\r\n", {Parsed::line, Parsed::reply}},
      {"250-a\r\n250\r\n", {Parsed::line, Parsed::reply}},
      {"250 a\r\n550 b\r\n", {Parsed::reply, Parsed::reply}},
      {"599 x\r\n", {Parsed::reply}},
      {"250 o", {Parsed::need_bytes}},
      {"", {}},
      {"\r\n", {Parsed::not_smtp}},
      {"25\r\n", {Parsed::not_smtp}},
      {"2500 ok\r\n", {Parsed::not_smtp}},
      {"250ok\r\n", {Parsed::not_smtp}},
      {"250\tok\r\n", {Parsed::not_smtp}},
      {" 250 ok\r\n", {Parsed::not_smtp}},
      {"+250 ok\r\n", {Parsed::not_smtp}},
      {"199 ok\r\n", {Parsed::not_smtp}},
      {"600 ok\r\n", {Parsed::not_smtp}},
      {"2\xb2\xb3 ok\r\n", {Parsed::not_smtp}},
      {"250-a\r\nb\r\n", {Parsed::line, Parsed::not_smtp}},
      {"-ERR\r\n250 ok\r\n", {Parsed::not_smtp, Parsed::not_smtp}},
  };
  for (const Case& one : cases) EXPECT_EQ(parsed(one.bytes), one.expected) << one.bytes;
}

TEST(ReplyParser, KeepsTheTextOfEveryLineByteForByte) {
  using std::string_view_literals::operator""sv;
  const std::string_view bytes = "250-a \0\x1b\xff\r\n250- b-c\r\n250\r\n"sv;
  const ParsedReply found = first_reply(bytes);
  EXPECT_EQ(found.reply.lines,
            (std::vector<std::string>{std::string("a \0\x1b\xff", 5), " b-c", ""}));
  EXPECT_FALSE(found.bare_lf);
  EXPECT_FALSE(found.mixed_codes);
}

TEST(ReplyParser, TakesTheCodeOfTheLastLine) {
  const ParsedReply found = first_reply("250-a\r\n451-b\r\n550 c\n");
  EXPECT_EQ(found.reply.code, 550);
  EXPECT_EQ(found.reply.lines.size(), 3u);
  EXPECT_TRUE(found.mixed_codes);
  EXPECT_TRUE(found.bare_lf);
}

TEST(ReplyParser, StartsAfreshAfterEachReply) {
  ReplyParser parser(Limits{});
  std::string_view bytes = "250-a\r\n451 b\n250 c\r\n";
  EXPECT_EQ(parser.consume(bytes), Parsed::line);
  EXPECT_EQ(parser.consume(bytes), Parsed::reply);
  parser.take();
  EXPECT_FALSE(parser.in_reply());
  EXPECT_EQ(parser.consume(bytes), Parsed::reply);
  const ParsedReply second = parser.take();
  EXPECT_EQ(second.reply, (mail::Reply{250, {"c"}}));
  EXPECT_FALSE(second.mixed_codes);
  EXPECT_FALSE(second.bare_lf);
}

TEST(ReplyParser, ForgetsWhatHasBegunWhenItRestarts) {
  ReplyParser parser(Limits{});
  std::string_view bytes = "250-a\r\n250-b";
  EXPECT_EQ(parser.consume(bytes), Parsed::line);
  EXPECT_EQ(parser.consume(bytes), Parsed::need_bytes);
  EXPECT_TRUE(parser.in_reply());
  parser.restart();
  EXPECT_FALSE(parser.in_reply());
  bytes = "550 c\r\n";
  EXPECT_EQ(parser.consume(bytes), Parsed::reply);
  EXPECT_EQ(parser.take().reply, (mail::Reply{550, {"c"}}));
}

TEST(ReplyParser, HoldsItsLimitsExactly) {
  struct Case {
    Limits limits;
    std::string_view within;
    std::string_view beyond;
    std::string_view excess;
  };
  const Case cases[] = {
      {{.line_bytes = 8}, "250 ok\r\n", "250 oks\r\n", "a line of more than 8 bytes"},
      {{.reply_lines = 2},
       "250-a\r\n250 b\r\n",
       "250-a\r\n250-b\r\n250 c\r\n",
       "a reply of more than 2 lines"},
      {{.session_bytes = 10}, "250 okay\r\n", "250 okay!\r\n", "more than 10 bytes in a session"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(parsed(one.within, one.limits).back(), Parsed::reply) << one.excess;
    ReplyParser parser(one.limits);
    std::string_view bytes = one.beyond;
    Parsed last = Parsed::need_bytes;
    while (!bytes.empty()) last = parser.consume(bytes);
    EXPECT_EQ(last, Parsed::too_much);
    EXPECT_EQ(parser.excess(), one.excess);
  }
}

TEST(ReplyParser, CountsTheBytesOfEarlierReplies) {
  ReplyParser parser({.session_bytes = 16});
  std::string_view bytes = "250 ok\r\n250 ok\r\n2";
  EXPECT_EQ(parser.consume(bytes), Parsed::reply);
  parser.take();
  parser.restart();
  EXPECT_EQ(parser.consume(bytes), Parsed::reply);
  EXPECT_EQ(parser.consume(bytes), Parsed::too_much);
}

TEST(ReplyParser, KnowsEarlyWhatCannotBecomeAReply) {
  const std::pair<std::string_view, bool> cases[] = {
      {"2", false},    {"25", false},    {"250", false}, {"250 x", false},
      {"250-", false}, {"250\r", false}, {"H", true},    {"1", true},
      {"2x", true},    {"2505", true},   {"\x15", true}, {"\r", false},
  };
  for (const auto& [begun, garbage] : cases) {
    ReplyParser parser(Limits{});
    std::string_view bytes = begun;
    parser.consume(bytes);
    EXPECT_EQ(parser.in_garbage(), garbage) << begun;
  }
}

}  // namespace
}  // namespace relayproof::smtp
