#include "dialects/postfix/cidr_table.h"

#include <gtest/gtest.h>

namespace relayproof::postfix {
namespace {

std::string network(std::string_view text) {
  const auto parsed = parse_address_pattern(text);
  if (!parsed) return "! " + parsed.error().message;
  return parsed->address.to_string() + "/" + std::to_string(parsed->prefix);
}

TEST(AddressPattern, IsReadWithAndWithoutMaskAndBrackets) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"192.0.2.1", "192.0.2.1/32"},
      {"192.0.2.0/24", "192.0.2.0/24"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"[192.0.2.0/24]", "192.0.2.0/24"},
      {"[192.0.2.0]/24", "192.0.2.0/24"},
      {"[2001:db8::]/32", "2001:db8::/32"},
      {"2001:DB8::/32", "2001:db8::/32"},
      {"::1", "::1/128"},
      {"[::ffff:127.0.0.0]/104", "::ffff:127.0.0.0/104"},
      {"127.0.0.1/8", "! \"127.0.0.1/8\" has host bits that are not zero; write 127.0.0.0/8"},
      {"[::1]/64", "! \"[::1]/64\" has host bits that are not zero; write ::/64"},
      {"10.0.0.0/33", "! \"10.0.0.0/33\" has a mask that is too long"},
      {"10.0.0.0/99999999999", "! \"10.0.0.0/99999999999\" has a mask that is too long"},
      {"10.0.0.0/", "! \"10.0.0.0/\" has a mask that is no number"},
      {"10.0.0.0/8/", "! \"10.0.0.0/8/\" has a mask that is no number"},
      {"10.0.0.0/-1", "! \"10.0.0.0/-1\" has a mask that is no number"},
      {"10/8", "! \"10/8\" has no address in front of its mask"},
      {"[10.0.0.0/8]/8", "! \"[10.0.0.0/8]/8\" has no address in front of its mask"},
      {"10.0.0", "! \"10.0.0\" is no address"},
      {"[10.0.0.0", "! no ] behind \"[10.0.0.0\""},
      {"[10.0.0.0]x", "! text behind the ] of \"[10.0.0.0]x\""},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(network(text), expected);
}

CidrTable read(std::string content, const Version& version = newest_version) {
  return parse_cidr_table("t", std::make_shared<const std::string>(std::move(content)),
                          {version, true});
}

std::string find(const CidrTable& table, std::string_view address) {
  const CidrRow* row = table.find(*mail::IpAddress::parse(address));
  return row == nullptr ? "-" : std::string(row->result);
}

TEST(CidrTable, GivesTheFirstRowThatHoldsTheAddress) {
  const auto table = read("10.1.0.0/16 a b\n10.0.0.0/8 c\n::/0 d\n[2001:db8::]/32 e\n");
  EXPECT_TRUE(table.problems.empty());
  EXPECT_EQ(find(table, "10.1.2.3"), "a b");
  EXPECT_EQ(find(table, "10.2.2.3"), "c");
  EXPECT_EQ(find(table, "11.2.2.3"), "-");
  EXPECT_EQ(find(table, "2001:db8::1"), "d");
  EXPECT_EQ(find(table, "::ffff:10.1.2.3"), "d");
}

TEST(CidrTable, TurnsRowsRoundWithinTheFamilyOnly) {
  const auto table = read("!10.0.0.0/8 out\n! ! 10.1.0.0/16 twice\n");
  EXPECT_EQ(find(table, "192.0.2.1"), "out");
  EXPECT_EQ(find(table, "10.1.0.1"), "twice");
  EXPECT_EQ(find(table, "::1"), "-");
}

TEST(CidrTable, RunsBlocksWhereTheirConditionHolds) {
  const auto table = read(
      "if 10.0.0.0/8\n10.1.0.0/16 a\nIF !10.2.0.0/16\n10.0.0.0/8 b\nendif\nENDIF\n0.0.0.0/0 c\n");
  EXPECT_TRUE(table.problems.empty());
  EXPECT_EQ(find(table, "10.1.0.1"), "a");
  EXPECT_EQ(find(table, "10.3.0.1"), "b");
  EXPECT_EQ(find(table, "10.2.0.1"), "c");
  EXPECT_EQ(find(table, "11.2.0.1"), "c");
}

TEST(CidrTable, ABlockWithoutAnEndGoesToTheEndOfTheTable) {
  const auto table = read("if 10.0.0.0/8\n10.1.0.0/16 a\n0.0.0.0/0 b\n");
  EXPECT_EQ(find(table, "10.3.0.1"), "b");
  EXPECT_EQ(find(table, "11.3.0.1"), "-");
  ASSERT_EQ(table.problems.size(), 1U);
  EXPECT_EQ(table.problems[0].says, "this if has no endif");
}

TEST(CidrTable, SkipsBadLinesAloneSoThatABlockCanLoseItsCondition) {
  const auto table = read(
      "10.0.0.1/8 a\n10.0.0.0/8\nfoo b\nif 10.0.0.1/8\n11.0.0.0/8 c\nendif\nendif\nendif x\n if\n"
      "!\n");
  EXPECT_EQ(find(table, "10.0.0.1"), "-");
  EXPECT_EQ(find(table, "11.0.0.1"), "c");
  std::string lines;
  for (const auto& problem : table.problems) lines += std::to_string(problem.where.line) + " ";
  EXPECT_EQ(lines, "1 2 3 4 6 7 8 10 ");
}

TEST(CidrTable, HasNeitherBlocksNorNegationBeforeThreeDotTwo) {
  const auto table = read("if 10.0.0.0/8\n!11.0.0.0/8 a\n12.0.0.0/8 b\nendif\n", {3, 1});
  EXPECT_EQ(table.problems.size(), 3U);
  EXPECT_EQ(find(table, "12.0.0.1"), "b");
  EXPECT_EQ(find(table, "10.0.0.1"), "-");
}

}  // namespace
}  // namespace relayproof::postfix
