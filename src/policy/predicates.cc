#include "policy/predicates.h"

namespace relayproof::policy {
namespace {

constexpr unsigned group_shift = 24;
// Operations on diagrams recurse once for each variable of a path.
constexpr std::size_t variable_limit = 8'000;

}  // namespace

std::string_view to_string(Group group) {
  constexpr std::array<std::string_view, group_count> names = {
      "session", "recipient", "earlier", "header", "sender",
      "helo",    "user",      "names",   "hidden", "doubt"};
  return names.at(static_cast<std::size_t>(group));
}

Group group_of(Variable variable) { return static_cast<Group>(variable >> group_shift); }

Range range_of(Group group) {
  const auto number = static_cast<Variable>(group);
  return {number << group_shift, (number + 1) << group_shift};
}

Group group_of(Field field, bool earlier) {
  switch (field) {
    case Field::client_name:
    case Field::reverse_name:
      return Group::names;
    case Field::helo:
      return Group::helo;
    case Field::sender:
      return Group::sender;
    case Field::recipient:
      return earlier ? Group::earlier : Group::recipient;
    case Field::user:
      return Group::user;
    case Field::header:
      break;
  }
  return Group::header;
}

Variable Predicates::variable(Group group, const std::string& key, Side side,
                              const Predicate& meaning) {
  Member& member = groups_.at(static_cast<std::size_t>(group));
  const auto next = range_of(group).first + static_cast<Variable>(member.meanings.size());
  const auto [place, is_new] = member.by_key.emplace(key, next);
  if (is_new) {
    if (++count_ > variable_limit) throw OutOfBudget();
    member.meanings.emplace_back();
  }
  auto& known = member.meanings[place->second - range_of(group).first].at(side);
  if (!known) known = meaning;
  return place->second;
}

const Predicate* Predicates::meaning(Variable variable, Side side) const {
  const Group group = group_of(variable);
  const auto& meanings = groups_.at(static_cast<std::size_t>(group)).meanings;
  const auto& known = meanings.at(variable - range_of(group).first).at(side);
  return known ? &*known : nullptr;
}

const Predicate* Predicates::meaning(Variable variable) const {
  const auto* first = meaning(variable, 0);
  return first != nullptr ? first : meaning(variable, 1);
}

}  // namespace relayproof::policy
