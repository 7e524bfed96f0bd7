// The tables of a bounded memory, held against those of the standard library.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>

#include "logs/distinct.h"
#include "logs/hash.h"
#include "logs/message_table.h"
#include "logs/recent_map.h"

namespace relayproof::logs {
namespace {

TEST(Distinct, IsExactUpToItsLimitAndCloseBeyond) {
  Distinct some;
  for (std::uint64_t i = 0; i < 10000; ++i) some.add(mixed(i % 5000 + 1));
  EXPECT_EQ(some.count(), 5000U);
  EXPECT_TRUE(some.exact());
  Distinct many;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) many.add(mixed(i + 1));
  EXPECT_FALSE(many.exact());
  EXPECT_NEAR(static_cast<double>(many.count()), 1e6, 3e4);
}

TEST(RecentMap, ForgetsTheOldestAndNothingElse) {
  std::mt19937_64 random(7);
  RecentMap<int> map(50);
  std::map<std::uint64_t, int> wanted;
  std::deque<std::uint64_t> order;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t key = random() % 200 * 64 + 1;  // many share a place
    if (!wanted.contains(key)) {
      if (order.size() == 50) {
        wanted.erase(order.front());
        order.pop_front();
      }
      order.push_back(key);
    }
    map.put(key, i);
    wanted[key] = i;
    const std::uint64_t asked = random() % 200 * 64 + 1;
    const auto* found = map.find(asked);
    ASSERT_EQ(found != nullptr, wanted.contains(asked)) << i;
    if (found != nullptr) {
      ASSERT_EQ(*found, wanted[asked]);
    }
  }
}

TEST(RecentMap, EveryEntryComesOutOnce) {
  RecentMap<int> map(8);
  std::multiset<int> out;
  for (int i = 0; i < 100; ++i) {
    map.put(static_cast<std::uint64_t>(i) * 16 + 1, i, [&](int old) { out.insert(old); });
    if (i % 3 == 0) {
      map.erase(static_cast<std::uint64_t>(i) * 16 + 1);
      out.insert(i);
    }
  }
  map.for_each([&](std::uint64_t /*key*/, int rest) { out.insert(rest); });
  ASSERT_EQ(out.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(out.count(i), 1U);
}

TEST(MessageTable, FindsWhatWasPutInAndNothingElse) {
  std::mt19937_64 random(11);
  MessageTable table(100'000);
  std::map<std::string, std::uint64_t> wanted;
  for (int i = 0; i < 50000; ++i) {
    const std::string id = std::to_string(random() % 3000 + 10000);
    const std::uint64_t key = hash_of(id) % 997 + 1;  // many share a key
    if (random() % 2 == 0) {
      table.insert(key, id).message_id = static_cast<std::uint64_t>(i);
      wanted[id] = static_cast<std::uint64_t>(i);
    } else if (random() % 2 == 0) {
      table.erase(key, id);
      wanted.erase(id);
    }
    const auto* found = table.find(key, id);
    ASSERT_EQ(found != nullptr, wanted.contains(id));
    if (found != nullptr) {
      ASSERT_EQ(found->message_id, wanted[id]);
    }
  }
  std::size_t count = 0;
  table.for_each(
      [&](const Message& message) { count += wanted.count(std::string(message.queue_id.view())); });
  EXPECT_EQ(count, wanted.size());
  EXPECT_EQ(table.forgotten(), 0U);
}

TEST(MessageTable, StaysWithinItsBound) {
  MessageTable table(100);
  for (int i = 0; i < 10000; ++i) {
    const std::string id = std::to_string(i + 10000);
    table.insert(hash_of(id) | 1, id);
    ASSERT_NE(table.find(hash_of(id) | 1, id), nullptr);
  }
  std::size_t count = 0;
  table.for_each([&](const Message&) { ++count; });
  EXPECT_EQ(count, 100U);
  EXPECT_EQ(table.forgotten(), 9900U);
}

}  // namespace
}  // namespace relayproof::logs
