// Conditions that a script settles by itself: `[ -n "$NAME" ]`, `[ "$NAME" = yes ]` and their like.
#include <algorithm>
#include <array>
#include <utility>

#include "dialects/postfix/postconf_script_run.h"

namespace relayproof::postfix {
namespace {

using shell::Node;

constexpr std::array<std::string_view, 3> tests{"[", "[[", "test"};
// Commands that are there to fail now and then.
constexpr std::array<std::string_view, 12> askers{"grep", "egrep",   "fgrep", "which",
                                                  "type", "command", "pgrep", "cmp",
                                                  "diff", "getent",  "((",    "id"};

std::optional<bool> compared(const std::vector<ScriptValue>& values) {
  if (values.size() == 1) return !values[0].text().empty();
  if (values.size() == 2 && values[0].text() == "-n") return !values[1].text().empty();
  if (values.size() == 2 && values[0].text() == "-z") return values[1].text().empty();
  if (values.size() != 3) return std::nullopt;
  const auto& between = values[1].text();
  // A pattern within `[[ ]]`.
  if (values[2].text().find_first_of("*?[") != std::string::npos) return std::nullopt;
  const bool equal = values[0].text() == values[2].text();
  if (between == "=" || between == "==") return equal;
  if (between == "!=") return !equal;
  return std::nullopt;
}

}  // namespace

ScriptRun::Outcome ScriptRun::test(const Node& node) const {
  const Outcome unknown{Outcome::Kind::unknown, {}};
  std::vector<ScriptValue> values;
  for (const auto& word : node.words) {
    values.push_back(reader().text(word, WordReader::Unset::empty));
    if (!values.back().is_known()) return unknown;
  }
  values.erase(values.begin());
  const bool has_end =
      !values.empty() && (values.back().text() == "]" || values.back().text() == "]]");
  if (has_end) values.pop_back();
  bool negated = false;
  while (values.size() > 1 && values.front().text() == "!") {
    negated = !negated;
    values.erase(values.begin());
  }
  const auto holds = compared(values);
  if (!holds) return unknown;
  Outcome found{*holds != negated ? Outcome::Kind::yes : Outcome::Kind::no, {}};
  for (const auto& value : values) found.unless.insert(value.unless.begin(), value.unless.end());
  return found;
}

ScriptRun::Outcome ScriptRun::outcome(const Node& node) const {
  using Kind = Outcome::Kind;
  const Outcome unknown{Kind::unknown, {}};
  if (node.kind == Node::Kind::sequence) {
    return node.children.empty() ? unknown : outcome(node.children.back());
  }
  if (node.kind == Node::Kind::pipeline) {
    auto found = outcome(node.children.back());
    if (!node.is_negated) return found;
    if (found.kind == Kind::yes) {
      found.kind = Kind::no;
    } else if (found.kind == Kind::no) {
      found.kind = Kind::yes;
    } else {
      found.kind = Kind::unknown;
    }
    return found;
  }
  if (node.kind != Node::Kind::simple) return unknown;
  if (node.words.empty()) {
    const bool assigns = !node.assignments.empty();
    return {assigns ? Kind::success : Kind::unknown, {}};
  }
  const auto name = node.words.front().plain().value_or("");
  if (std::ranges::find(tests, name) != tests.end()) return test(node);
  if (name == "true" || name == ":") return {Kind::yes, {}};
  if (name == "false") return {Kind::no, {}};
  if (std::ranges::find(askers, name) != askers.end()) return unknown;
  return {};
}

}  // namespace relayproof::postfix
