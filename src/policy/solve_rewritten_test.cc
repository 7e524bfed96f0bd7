#include "policy/solve_rewritten.h"

#include <gtest/gtest.h>

#include "policy/part.h"
#include "policy/table_policy_test.h"

namespace relayproof::policy {
namespace {

using Hole = Transform::Template::Hole;
using Piece = Transform::Template::Piece;

Piece text(std::string exact) { return {std::move(exact), std::nullopt}; }
Piece capture(std::size_t group) { return {"", Hole{Hole::Of::capture, group}}; }
Piece local() { return {"", Hole{Hole::Of::local, 0}}; }

// A virtual alias map of one pattern, and what its row makes of the recipient.
struct Alias {
  Alias(const std::string& pattern, std::vector<Piece> pieces) {
    small.policy.answers_for = {"local.example"};
    const auto lookup = small.lookup({small.patterns({{pattern, 1}})}, {Key::whole});
    small.policy.patterns.push_back(TablePolicy::compiled(pattern));
    small.policy.transforms.push_back(
        {std::nullopt, Transform::Template{std::move(pieces), 0, std::nullopt, ""}});
    wanted = {finds(lookup, 1, whole(Field::recipient)),
              outside({Field::recipient, Part::domain, {0}})};
  }
  std::string answer() const { return in_words(solved(small.policy, Field::recipient, wanted)); }

  TablePolicy small;
  std::vector<Wanted> wanted;
};

TEST(SolveRewrittenTest, FindsARecipientThatIsRewrittenToOneOutside) {
  const struct {
    const char* pattern;
    std::vector<Piece> pieces;
    const char* expected;
  } cases[] = {
      {"^(.+)=(.+)@local\\.example$",
       {capture(1), text("@"), capture(2)},
       "yes a=example.net@local.example"},
      {"^(.+)@local\\.example$", {capture(1)}, "yes someone@example.net@local.example"},
      {"^(.+)@local\\.example$", {capture(1), text("@local.example")}, "no"},
      {"^(.+)@(a|b)\\.example$", {capture(1), text("@"), capture(2), text(".local.example")}, "no"},
      {"@local\\.example$", {local(), text("@other.example")}, "yes someone@local.example"},
      {"@local\\.example$", {text("list@other.example")}, "yes someone@local.example"},
      {"@local\\.example$", {text("list@local.example")}, "no"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Alias(test.pattern, test.pieces).answer(), test.expected) << test.pattern;
  }
}

TEST(SolveRewrittenTest, WhatIsCompletedIsNoConstant) {
  Alias alias("^(.+)@local\\.example$", {capture(1), text("@other")});
  alias.small.policy.transforms[0].rewritten->completed_by = "complete";
  alias.small.policy.addresses.transform = [](std::string_view, std::string_view address) {
    return std::string(address) + ".example";
  };
  EXPECT_FALSE(range_of(alias.small.policy, {0}).texts);
  EXPECT_TRUE(range_of(alias.small.policy, {0}).language.contains("a@other.example"));
  EXPECT_EQ(alias.answer().substr(0, 3), "yes");
}

TEST(SolveRewrittenTest, AnAddressCanBeHiddenInAnother) {
  TablePolicy small;
  small.policy.answers_for = {"local.example"};
  const auto resolve = small.named_transform("resolve");
  small.policy.addresses.transform = [](std::string_view, std::string_view address) {
    const auto local = part_of(address, Part::local);
    const auto percent = local.rfind('%');
    if (part_of(address, Part::domain) != "local.example" || percent == std::string_view::npos) {
      return std::string(address);
    }
    return std::string(local.substr(0, percent)) + '@' + std::string(local.substr(percent + 1));
  };
  const auto lookup = small.lookup({small.table({{"local.example", 1}})}, {Key::domain});
  EXPECT_EQ(in_words(solved(small.policy, Field::recipient,
                            {finds(lookup, 1, whole(Field::recipient)),
                             outside({Field::recipient, Part::domain, {resolve}})})),
            "yes someone%example.net@local.example");
}

TEST(SolveRewrittenTest, AHeaderChoosesItsRecipient) {
  TablePolicy small;
  const std::string pattern = "^X-Route: *(.*)";
  const auto lookup = small.lookup({small.patterns({{pattern, 1}})}, {Key::whole});
  small.policy.patterns.push_back(TablePolicy::compiled(pattern));
  small.policy.transforms.push_back(
      {std::nullopt, Transform::Template{{capture(1)}, 0, Field::header, ""}});
  const auto answer = in_words(solved(
      small.policy, Field::header,
      {finds(lookup, 1, whole(Field::header)), outside({Field::header, Part::domain, {0}})}));
  EXPECT_EQ(answer, "yes x-route:someone@example.net");
}

TEST(SolveRewrittenTest, AProgramThatKeepsTheDomainLeavesItThere) {
  const auto answer = [](const std::string& moves) {
    Alias alias("^(.+)@local\\.example$", {capture(1), text("@mx.local.example")});
    const auto program = alias.small.named_transform("quote");
    alias.small.policy.addresses.transform = [moves](std::string_view, std::string_view address) {
      return address.ends_with(moves) ? "a@example.net" : '"' + std::string(address);
    };
    alias.wanted[1].subject.via.push_back(program);
    return alias.answer();
  };
  EXPECT_EQ(answer("@elsewhere.example"), "no");
  // It takes what stands before some @ for the address.
  EXPECT_NE(answer("%b@mx.local.example"), "no");
}

}  // namespace
}  // namespace relayproof::policy
