#include "cli/target_queue.h"

#include <gtest/gtest.h>

#include <set>

namespace relayproof::cli {
namespace {

mail::Network network(const char* text) { return mail::Network::parse(text).value(); }

TargetList list() {
  return {{"mail.example.com", "192.0.2.9:587"},
          {network("198.51.100.8/30"), network("2001:db8::/126")}};
}

std::vector<std::string> all_of(TargetQueue& queue) {
  std::vector<std::string> given;
  while (const auto work = queue.next()) given.push_back(work->target.host);
  return given;
}

TEST(TargetQueue, GivesHostsAndThenTheAddressesOfNetworks) {
  TargetQueue queue(list(), std::nullopt);
  EXPECT_EQ(queue.size(), 10U);
  EXPECT_EQ(all_of(queue),
            (std::vector<std::string>{"mail.example.com", "192.0.2.9", "198.51.100.8",
                                      "198.51.100.9", "198.51.100.10", "198.51.100.11",
                                      "2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"}));
  EXPECT_EQ(queue.next(), std::nullopt);
}

TEST(TargetQueue, ShuffledGivesEachOnceAndTheSameNumbers) {
  TargetQueue in_order(list(), std::nullopt);
  TargetQueue shuffled(list(), 7);
  std::map<std::uint64_t, std::string> numbers;
  while (const auto work = in_order.next()) numbers[work->number] = work->target.host;
  std::size_t count = 0;
  while (const auto work = shuffled.next()) {
    ++count;
    EXPECT_EQ(numbers.at(work->number), work->target.host);
    numbers.erase(work->number);
  }
  EXPECT_EQ(count, 10U);
}

TEST(TargetQueue, LeavesOutWhatIsDoneAndPassesOverWhatIsNotWanted) {
  TargetQueue queue(list(), std::nullopt);
  queue.leave_out({0, 2, 9});
  queue.only([](const probe::TargetSpec& target) { return target.host != "192.0.2.9"; });
  const auto given = all_of(queue);
  EXPECT_EQ(given.size(), 6U);
  EXPECT_EQ(given.front(), "198.51.100.9");
  EXPECT_EQ(queue.passed_over(), 1U);
  EXPECT_EQ(queue.left(), 0U);
}

TEST(TargetQueue, EndsWhenItsTimeIsOverAndSaysWhatIsLeft) {
  TargetQueue queue(list(), std::nullopt);
  int turns = 3;
  queue.while_true([&turns] { return turns-- > 0; });
  EXPECT_EQ(all_of(queue).size(), 3U);
  EXPECT_EQ(queue.left(), 7U);
}

TEST(TargetQueue, OfAHugeNetworkHoldsNoList) {
  TargetQueue queue({{}, {network("2001:db8::/90")}}, 3);
  EXPECT_EQ(queue.size(), std::uint64_t{1} << 38U);
  std::set<std::string> some;
  for (int i = 0; i < 100; ++i) some.insert(queue.next()->target.host);
  EXPECT_EQ(some.size(), 100U);
}

}  // namespace
}  // namespace relayproof::cli
