// The walk through one string that is expanded: see expand.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/exim/expand.h"
#include "dialects/exim/lookups.h"

namespace relayproof::exim {

/// More cases than these are not told apart.
inline constexpr std::size_t case_limit = 64;

class Expansion {
 public:
  Expansion(Lowering& to, Scope scope) : to_(to), scope_(std::move(scope)) { ++scope_.depth; }
  Value all(std::string_view text);

 private:
  Value one(Text text) const;
  Value hidden(std::string_view text, std::string why) const;
  // Appends a value: each case with each.
  void add(Value& to, const Value& more);
  static std::size_t escaped(std::string_view text, std::size_t at, std::string& plain);
  Value dollar(std::string_view text, std::size_t& at);
  Value named(std::string_view name);
  Value braced(std::string_view inner, std::string_view whole);
  Value operation(std::string_view name, std::string_view argument, std::string_view whole);
  // `{yes}{no}` behind something that holds or not. What is not written: `otherwise_yes` and "".
  struct Branches {
    std::optional<std::string_view> yes;
    std::optional<std::string_view> no;
    bool fails = false;  ///< instead of the second
  };
  static Branches branches(std::string_view text);
  Value branch(const std::optional<std::string_view>& text, std::string otherwise);
  Value otherwise(const Branches& branches);
  // The cases of both, each under its condition.
  Value joined(policy::ConditionId when, const Value& then, const Value& otherwise);
  Value conditional(std::string_view text, std::string_view whole);
  // The sign of a condition whose branches are written out as yes and no.
  Scope signed_for(const Branches& found) const;
  Value environment(std::string_view text, std::string_view whole);
  // `${sg{text}{expression}{replacement}}` of one part of the attempt.
  Value substitution(std::string_view text, std::string_view whole);
  // `${lookup{key}type{file}…` or `${lookup type{query}…`.
  Value lookup(std::string_view text, std::string_view whole);
  // Rows that cannot be seen: one is found or not, and what it gives is the owner's.
  Value outside(const LookupType& type, const Branches& found, std::string_view whole,
                std::string why);
  Value looked_up(const LookupType& type, const std::string& file, const Operand& key,
                  const Branches& found, std::string_view whole);

  Lowering& to_;
  Scope scope_;
};

}  // namespace relayproof::exim
