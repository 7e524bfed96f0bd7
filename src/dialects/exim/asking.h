// What the conditions of `${if …}` ask: see conditions.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/expand.h"

namespace relayproof::exim {

/// The braced arguments at the start of the text, without their braces.
std::vector<std::string_view> arguments_of(std::string_view text);
/// The name of the condition at the start of the text.
std::string_view name_of_condition(std::string_view text);
/// How many arguments a condition has; nullopt: there is none of that name.
std::optional<int> arguments_wanted(std::string_view name);

class Asking {
 public:
  Asking(Lowering& to, Scope scope) : to_(to), scope_(std::move(scope)) {}
  policy::ConditionId of(std::string_view text);

 private:
  PolicyBuilder& builder();
  policy::ConditionId hidden(std::string_view text, std::string why);
  policy::ConditionId combined(std::string_view name,
                               const std::vector<std::string_view>& arguments);
  policy::ConditionId asked(std::string_view name, const std::vector<std::string_view>& arguments,
                            std::string_view whole);
  // Each case of both.
  policy::ConditionId pairs(
      std::string_view one, std::string_view other,
      const std::function<policy::ConditionId(const Text&, const Text&)>& compare);
  policy::ConditionId equal(std::string_view one, std::string_view other, std::string_view whole);
  static std::string reason(const Text& one, const Text& other);
  std::optional<policy::ConditionId> same(const Text& text, const Text& with);
  // `eq` minds the case, `eqi` does not. Of a recipient all is in small letters by now.
  policy::ConditionId is_exactly(const std::string& text, const policy::Subject& subject);
  std::optional<policy::ConditionId> same_special(Piece::Special special, const std::string& with);
  // Not empty.
  policy::ConditionId is_there(const policy::Subject& subject);
  policy::ConditionId defined(std::string_view name);
  policy::ConditionId matched(std::string_view subject, std::string_view expression,
                              std::string_view whole);
  // The second argument is not expanded again, but by the list itself it is once.
  policy::ConditionId listed(std::string_view name, std::string_view subject, std::string_view list,
                             std::string_view whole);
  policy::ConditionId exists(std::string_view name, std::string_view whole);
  policy::ConditionId is_address(std::string_view name, std::string_view argument,
                                 std::string_view whole);
  policy::ConditionId numbers(std::string_view sign, std::string_view one, std::string_view other,
                              std::string_view whole);

  Lowering& to_;
  Scope scope_;
  bool ignores_case_ = true;
};

}  // namespace relayproof::exim
