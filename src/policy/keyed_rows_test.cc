#include "policy/keyed_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace relayproof::policy {
namespace {

TEST(KeyedRows, AreWhatAMapOfThemIs) {
  std::mt19937 random(11);
  std::vector<std::string> keys;
  for (int i = 0; i < 3000; ++i) keys.push_back("k" + std::to_string(random() % 2000));
  KeyedRows rows;
  std::map<std::string_view, std::uint32_t> map;
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    if (i == 1000) rows.reserve(keys.size());
    if (i % 3 == 0) {
      rows.insert_or_assign(keys[i], Row{i, 0, {}});
      map.insert_or_assign(keys[i], i);
    } else {
      const bool is_new = rows.try_emplace(keys[i], Row{i, 0, {}}).second;
      EXPECT_EQ(map.emplace(keys[i], i).second, is_new);
    }
  }
  ASSERT_EQ(rows.size(), map.size());
  for (const auto& [key, row] : rows) EXPECT_EQ(map.at(key), row.result);
  for (const auto& [key, result] : map) {
    ASSERT_TRUE(rows.contains(key));
    EXPECT_EQ(rows.find(key)->second.result, result);
  }
  EXPECT_FALSE(rows.contains("k2000"));
  EXPECT_FALSE(rows.contains(""));
}

TEST(KeyedRows, StayInTheOrderInWhichTheyWereAdded) {
  KeyedRows rows;
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(rows.find("a"), rows.end());
  rows["b"].result = 1;
  rows["a"].result = 2;
  rows["b"].line = 7;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.begin()->first, "b");
  EXPECT_EQ(rows.begin()->second.line, 7U);
}

}  // namespace
}  // namespace relayproof::policy
