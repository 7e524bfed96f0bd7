// solve() against trying every text of a small world, which has a member of every class that keys
// of a few tables can tell apart.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "policy/part.h"
#include "policy/table_policy_test.h"
#include "policy/solve_check.h"

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
    for (const auto& domain : domains) texts.push_back(local + '@' + domain);
  }
  std::erase_if(texts, [](const std::string& text) {
    return text.find('@') == std::string::npos && text.find("u@") != std::string::npos;
  });
  return texts;
}

rc::Gen<std::vector<Key>> some_keys() {
  std::vector<Key> all;
  for (std::uint8_t key = 0; key <= static_cast<std::uint8_t>(Key::dotted_host_parents); ++key) {
    all.push_back(static_cast<Key>(key));
  }
  return rc::gen::nonEmpty(rc::gen::unique<std::vector<Key>>(rc::gen::elementOf(all)));
}

struct World {
  TablePolicy small;
  std::vector<Wanted> wanted;
};

std::uint32_t any_table(TablePolicy& small) {
  const auto size = *rc::gen::inRange(1, 7);
  std::vector<TablePolicy::Entry> entries;
  for (int i = 0; i < size; ++i) {
    entries.push_back({*rc::gen::elementOf(keys()), *rc::gen::inRange<std::uint32_t>(1, 3)});
  }
  return small.table(entries);
}

std::uint32_t any_lookup(TablePolicy& small) {
  std::vector<std::uint32_t> tables;
  const auto count = *rc::gen::inRange(1, 3);
  for (int i = 0; i < count; ++i) tables.push_back(any_table(small));
  return small.lookup(tables, *some_keys());
}

Subject any_subject() {
  return {
      Field::sender, *rc::gen::element(Part::whole, Part::whole, Part::domain, Part::local), {}};
}

World any_world() {
  World world;
  const auto lookups = *rc::gen::inRange(1, 4);
  for (int i = 0; i < lookups; ++i) {
    const auto lookup = any_lookup(world.small);
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

TEST(SolveLawsTest, LiteralKeysAreDecidedAsTryingEveryTextDecides) {
  const auto texts = world();
  std::size_t yes = 0;
  std::size_t no = 0;
  std::size_t unknown = 0;
  EXPECT_TRUE(rc::check([&] {
    const World world = any_world();
    const auto solution = solved(world.small.policy, Field::sender, world.wanted);
    const auto first =
        std::ranges::find_if(texts, [&](const std::string& text) { return is_met(world, text); });
    RC_LOG() << print(world.small.policy) << in_words(solution) << " but "
             << (first == texts.end() ? "none" : *first) << '\n';
    for (const auto& wanted : world.wanted) {
      RC_LOG() << static_cast<int>(wanted.kind) << " lookup " << wanted.lookup << " result "
               << wanted.result << ' ' << to_string(wanted.subject.part) << ' ' << wanted.holds
               << '\n';
    }
    switch (solution.feasible) {
      case Solution::Feasible::yes:
        RC_ASSERT(is_met(world, *solution.value));
        ++yes;
        break;
      case Solution::Feasible::no:
        RC_ASSERT(first == texts.end());
        ++no;
        break;
      default:
        ++unknown;
    }
  }));
  RecordProperty("yes", static_cast<int>(yes));
  EXPECT_GT(yes, 0U);
  EXPECT_GT(no, 0U);
  EXPECT_LT(unknown, (yes + no) / 20);
}

}  // namespace
}  // namespace relayproof::policy
