// solve() against trying every text of a small world, which has a member of every class that keys
// of a few tables can tell apart.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "policy/part.h"
#include "policy/solve_check.h"
#include "policy/table_policy_test.h"

namespace relayproof::policy {
namespace {

const std::vector<std::string>& keys() {
  static const std::vector<std::string> all = {
      "d",   "a.d",   ".d",      ".a.d",   "b.a.d", "u@",           "v@",   "u@d",  "v@d",
      "u",   "v",     "u@a.d",   "u+x@d",  "@d",    "u+x",          "u+x@", "e",    "u@e",
      "@",   "v@a.d", "u+x@a.d", "@a.d",   ".",     "u@b.a.d",      "net",  ".net", "example.net",
      "v+x", "d.u",   "u@d.u",   ".d@a.d", "d@a.d", "u@example.net"};
  return all;
}

// Locals and domains: each key's, its relatives, and some that no key mentions.
std::vector<std::string> world() {
  const std::vector<std::string> locals = {"",      "u",   "v",   "u+x",   "v+x",   "u+y", "v+y",
                                           "other", "a.d", ".d",  "x.d",   "u@d",   "a",   "d",
                                           "e",     ".",   "b.a", "b.a.d", "u@a.d", "d+x", "e+x"};
  const std::vector<std::string> domains = {
      "",        "d",         "a.d",   "x.d",       "x.a.d",       "b.a.d",         "x.b.a.d",
      "x.y.z.d", "x.y.z.a.d", "e",     "x.e",       ".d",          ".a.d",          ".",
      "x.",      "d.u",       "x.d.u", "net",       "x.net",       "x.y.z.b.a.d",   "x.y.z.net",
      "x.y.z.e", "x.y.z.d.u", "u",     "v",         "example.net", "x.example.net", "u+x",
      "v+x",     "u+y",       "other", "fresh.zone"};
  std::vector<std::string> texts = locals;
  texts.insert(texts.end(), domains.begin(), domains.end());
  for (const auto& local : locals) {
    for (const auto& domain : domains)
      texts.push_back(std::string(local).append("@").append(domain));
  }
  return texts;
}

std::vector<Key> some_keys() {
  constexpr auto last = static_cast<std::uint8_t>(Key::dotted_host_parents);
  std::vector<Key> keys;
  const auto count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) {
    const auto key = static_cast<Key>(*rc::gen::inRange<std::uint8_t>(0, last + 1));
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

struct World {
  TablePolicy small;
  std::vector<Wanted> wanted;
};

std::uint32_t any_table(TablePolicy& small) {
  const std::size_t size = *rc::gen::inRange<std::size_t>(1, 7);
  std::vector<TablePolicy::Entry> entries;
  entries.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    entries.push_back({*rc::gen::elementOf(keys()), *rc::gen::inRange<std::uint32_t>(1, 3)});
  }
  return small.table(entries);
}

std::uint32_t any_patterns(TablePolicy& small) {
  static const std::vector<std::string> pieces = {
      "u",       "v", "^u",   "^u@", "d$", "@d$", "\\.d$",      "@",    ".",
      "^[^@]*$", "a", "[xy]", "u|v", "^$", "e",   "^(u|v).*d$", "\\+x", "^(.+)@\\1$"};
  const auto any_piece = [&] { return *rc::gen::elementOf(pieces); };
  std::vector<TablePolicy::Line> lines;
  const auto size = *rc::gen::inRange(1, 5);
  for (int i = 0; i < size; ++i) {
    lines.push_back(
        {any_piece(), *rc::gen::inRange<std::uint32_t>(1, 3), *rc::gen::inRange(0, 4) == 0});
    if (*rc::gen::inRange(0, 4) == 0) lines.back().only_if.push_back(any_piece());
    if (*rc::gen::inRange(0, 4) == 0) lines.back().unless.push_back(any_piece());
  }
  return small.patterns(lines);
}

enum class Rows : std::uint8_t { literal, any };

std::uint32_t any_lookup(TablePolicy& small, Rows rows) {
  std::vector<std::uint32_t> tables;
  const auto count = *rc::gen::inRange(1, 3);
  for (int i = 0; i < count; ++i) {
    const int kind = rows == Rows::literal ? 0 : *rc::gen::inRange(0, 6);
    if (kind < 3) tables.push_back(any_table(small));
    if (kind == 5) tables.push_back(small.everything(*rc::gen::inRange<std::uint32_t>(1, 3)));
    if (kind == 3 || kind == 4) tables.push_back(any_patterns(small));
  }
  auto keys = some_keys();
  if (rows == Rows::any && *rc::gen::inRange(0, 4) != 0) {
    std::erase(keys, Key::whole);
    keys.insert(keys.begin(), Key::whole);
  }
  return small.lookup(tables, keys);
}

Subject any_subject() {
  return {
      Field::sender, *rc::gen::element(Part::whole, Part::whole, Part::domain, Part::local), {}};
}

World any_world(Rows rows) {
  World world;
  const auto lookups = *rc::gen::inRange(1, 4);
  for (int i = 0; i < lookups; ++i) {
    const auto lookup = any_lookup(world.small, rows);
    const Subject subject = any_subject();
    const auto conditions = *rc::gen::inRange(1, 3);
    for (int j = 0; j < conditions; ++j) {
      auto wanted = finds(lookup, *rc::gen::inRange<std::uint32_t>(1, 3), subject);
      wanted.holds = *rc::gen::arbitrary<bool>();
      world.wanted.push_back(wanted);
    }
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    world.small.policy.answers_for = {*rc::gen::element<std::string>("d", "a.d", "net")};
    world.wanted.push_back(outside(domain_of(Field::sender)));
  }
  if (*rc::gen::inRange(0, 3) == 0) world.wanted.push_back(deliverable(whole(Field::sender)));
  return world;
}

bool is_met(const World& world, const std::string& text) {
  return std::ranges::all_of(
      world.wanted, [&](const Wanted& wanted) { return meets(world.small.policy, wanted, text); });
}

struct Tally {
  std::size_t yes = 0;
  std::size_t no = 0;
  std::size_t unknown = 0;
};

std::string in_words(const World& world) {
  std::string words = print(world.small.policy);
  for (const auto& wanted : world.wanted) {
    words += std::to_string(static_cast<int>(wanted.kind)) + " lookup " +
             std::to_string(wanted.lookup) + " result " + std::to_string(wanted.result) + ' ' +
             std::string(to_string(wanted.subject.part)) + (wanted.holds ? " yes\n" : " no\n");
  }
  return words;
}

void expect_agreement(Rows rows, Tally& tally) {
  static const auto texts = world();
  const World world = any_world(rows);
  // A small budget may leave a question open, but decides nothing wrong.
  const SolveBudget budget{.candidates = *rc::gen::element<std::size_t>(20, 300, 200'000, 200'000)};
  std::size_t used = 0;
  const auto solution = solve(world.small.policy, Field::sender, world.wanted, budget, used);
  const auto first =
      std::ranges::find_if(texts, [&](const std::string& text) { return is_met(world, text); });
  RC_LOG() << in_words(world) << in_words(solution) << " but "
           << (first == texts.end() ? "none" : *first) << '\n';
  switch (solution.feasible) {
    case Solution::Feasible::yes:
      RC_ASSERT(is_met(world, *solution.value));
      ++tally.yes;
      break;
    case Solution::Feasible::no:
      RC_ASSERT(first == texts.end());
      ++tally.no;
      break;
    default:
      ++tally.unknown;
  }
}

TEST(SolveLawsTest, LiteralKeysAreDecidedAsTryingEveryTextDecides) {
  Tally tally;
  EXPECT_TRUE(rc::check([&] { expect_agreement(Rows::literal, tally); }));
  EXPECT_GT(tally.yes, 0U);
  EXPECT_GT(tally.no, 0U);
  EXPECT_LT(tally.unknown, tally.yes + tally.no);
}

TEST(SolveLawsTest, PatternsAreDecidedAsTryingEveryTextDecides) {
  Tally tally;
  EXPECT_TRUE(rc::check([&] { expect_agreement(Rows::any, tally); }));
  EXPECT_GT(tally.yes, 0U);
  EXPECT_GT(tally.no, 0U);
  EXPECT_LT(tally.unknown, tally.yes + tally.no);
}

}  // namespace
}  // namespace relayproof::policy
