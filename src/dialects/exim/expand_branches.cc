// Expansions that choose between two texts: ${if, ${env; and ${sg.
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/exim/conditions.h"
#include "dialects/exim/expansion.h"
#include "dialects/exim/variables.h"

namespace relayproof::exim {

Expansion::Branches Expansion::branches(std::string_view text) {
  Branches found;
  text = trim(text);
  for (auto* branch : {&found.yes, &found.no}) {
    if (text == "fail") {
      found.fails = true;
      return found;
    }
    if (!text.starts_with('{')) return found;
    const auto end = behind_braces(text, 0);
    if (end == std::string_view::npos) return found;
    *branch = text.substr(1, end - 2);
    text = trim(text.substr(end));
  }
  return found;
}

Value Expansion::branch(const std::optional<std::string_view>& text, std::string otherwise) {
  return text ? all(*text) : one(Text::of(std::move(otherwise)));
}

Value Expansion::otherwise(const Branches& branches) {
  if (!branches.fails) return branch(branches.no, "");
  Text failed;
  failed.kind = Text::Kind::failed;
  return one(std::move(failed));
}

Value Expansion::joined(policy::ConditionId when, const Value& then, const Value& otherwise) {
  const auto constant = to_.builder.constant_value(when);
  if (constant) return *constant ? then : otherwise;
  if (then.size() + otherwise.size() > case_limit) {
    return one(Text::hidden("too many cases", {}));
  }
  Value value;
  for (const auto& one_case : then) {
    value.push_back({to_.builder.all({when, one_case.when}), one_case.text});
  }
  for (const auto& one_case : otherwise) value.push_back(one_case);
  return value;
}

Value Expansion::conditional(std::string_view text, std::string_view whole) {
  const auto end = condition_end(text);
  if (end == std::string_view::npos) return hidden(whole, "the condition is not followed");
  const auto asked = trim(text.substr(0, end));
  const auto found = branches(text.substr(end));
  const auto when = expand_condition(to_, asked, signed_for(found));
  const auto before = scope_.captured;
  scope_.captured = captured_by(to_, asked, scope_);
  if (!scope_.captured) scope_.captured = before;
  const auto then = branch(found.yes, "true");
  scope_.captured = before;
  return joined(when, then, otherwise(found));
}

Scope Expansion::signed_for(const Branches& found) const {
  Scope inner = scope_;
  const auto truth_of = [](const std::optional<std::string_view>& text, bool otherwise) {
    if (!text) return std::optional(otherwise);
    if (text->find_first_of("$\\") != std::string_view::npos) return std::optional<bool>();
    const auto word = trim(*text);
    return std::optional(!(word.empty() || word == "0" || equals_ignoring_case(word, "no") ||
                           equals_ignoring_case(word, "false")));
  };
  const auto yes = truth_of(found.yes, true);
  const auto no = found.fails ? std::optional<bool>() : truth_of(found.no, false);
  if (!yes || !no || *yes == *no) {
    inner.sign = Sign::either;
  } else if (!*yes) {
    inner.sign = opposite(scope_.sign);
  }
  return inner;
}

Value Expansion::environment(std::string_view text, std::string_view whole) {
  if (!text.starts_with('{')) return hidden(whole, "is not followed");
  const auto end = behind_braces(text, 0);
  if (end == std::string_view::npos) return hidden(whole, "an expansion does not end");
  const std::string name(trim(text.substr(1, end - 2)));
  const auto found = branches(text.substr(end));
  const auto& environment = to_.host.environment;
  const auto given = environment.find(name);
  if (given != environment.end()) {
    const auto before = std::exchange(scope_.value, given->second);
    auto value = branch(found.yes, given->second);
    scope_.value = before;
    return value;
  }
  policy::Question question;
  question.name = "the environment variable " + name;
  question.says = "is not in the configuration: --env " + name + "=VALUE";
  question.origin = scope_.origin;
  const auto is_set = to_.builder.unknown(to_.builder.question(std::move(question)), {});
  const bool uses_value = !found.yes || found.yes->find("$value") != std::string_view::npos ||
                          found.yes->find("${value}") != std::string_view::npos;
  const auto then = uses_value ? hidden(whole, "hangs on the environment: --env " + name + "=VALUE")
                               : branch(found.yes, "");
  return joined(is_set, then, otherwise(found));
}

Value Expansion::substitution(std::string_view text, std::string_view whole) {
  std::vector<Value> arguments;
  while (text.starts_with('{') && arguments.size() < 3) {
    const auto end = behind_braces(text, 0);
    if (end == std::string_view::npos) break;
    arguments.push_back(all(text.substr(1, end - 2)));
    text = trim(text.substr(end));
  }
  if (arguments.size() != 3 || arguments[0].size() != 1 || arguments[1].size() != 1 ||
      arguments[2].size() != 1) {
    return hidden(whole, "is not followed");
  }
  const auto expression = arguments[1][0].text.literal();
  const auto replacement = arguments[2][0].text.literal();
  const auto operand = arguments[0][0].text.operand();
  if (!expression || !replacement || !operand) return hidden(whole, "is not followed");
  const auto pattern = patterns::Pattern::compile(*expression, patterns::Flavour::pcre, {});
  if (!pattern) return hidden(whole, *expression + " is no regular expression");
  const auto change = [pattern = *pattern, replacement = *replacement](std::string_view of) {
    return substituted(pattern, replacement, of);
  };
  if (operand->fixed) return one(Text::of(change(*operand->fixed)));
  Text changed;
  changed.pieces.push_back({"",
                            Piece::Special::none,
                            operand->subject,
                            change,
                            {},
                            Piece::Substitution{*expression, *replacement}});
  return one(std::move(changed));
}

}  // namespace relayproof::exim
