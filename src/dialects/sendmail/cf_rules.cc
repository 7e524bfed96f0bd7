// Rule sets and rules: `S` and `R` lines.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/text.h"
#include "dialects/sendmail/cf_reader.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

constexpr int rule_set_numbers = 100;      // MAXRWSETS / 2
constexpr std::size_t most_wildcards = 9;  // MAXMATCH

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Misplaced {
  char byte;
  std::string_view written;
};
constexpr std::array<Misplaced, 8> not_left = {{{op::replacement, "$1-$9"},
                                                {op::user, "$:"},
                                                {op::call, "$>"},
                                                {op::if_set, "$?"},
                                                {op::end_if, "$."},
                                                {op::host_begin, "$["},
                                                {op::lookup_begin, "$("},
                                                {op::lookup_end, "$)"}}};
constexpr std::array<Misplaced, 5> not_right = {{{op::any, "$*"},
                                                 {op::some, "$+"},
                                                 {op::one, "$-"},
                                                 {op::in_class, "$="},
                                                 {op::not_in_class, "$~"}}};

template <std::size_t count>
std::string_view misplaced(const Tokens& tokens, const std::array<Misplaced, count>& which) {
  for (const std::string& token : tokens) {
    for (const Misplaced& each : which) {
      if (token.front() == each.byte) return each.written;
    }
  }
  return {};
}

std::optional<int> number_of(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number >= rule_set_numbers) return std::nullopt;
  return number;
}

}  // namespace

const Tokenizer& CfReader::tokenizer() {
  if (tokenizer_) return *tokenizer_;
  const CfOption* option = cf_.option("OperatorChars");
  std::string characters = option != nullptr ? option->value : "";
  if (option == nullptr && cf_.level < 7 && cf_.macros.count('o') != 0) {
    characters = cf_.macros.at('o').value;
  }
  cf_.operators = characters.empty() ? ".:@[]" : expand(characters, cf_.macros);
  return tokenizer_.emplace(cf_.operators);
}

CfRuleSet* CfReader::rule_set(std::string_view name, const SourceRange& where) {
  name = trim(name);
  if (!name.empty() && is_digit(name.front())) {
    const auto value = number_of(name);
    if (!value) {
      problem(fmt::format("bad ruleset {}", escape_foreign(name, 40)), where);
      return nullptr;
    }
    return &numbered_rule_set(*value);
  }
  const auto end = std::find_if_not(name.begin(), name.end(),
                                    [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
  const std::string word(name.begin(), end);
  if (word.empty() || !is_letter(word.front())) {
    problem(fmt::format("invalid ruleset name: \"{}\"", escape_foreign(name, 20)), where);
    return nullptr;
  }
  const auto known = cf_.rule_set_index.find(word);
  if (known != cf_.rule_set_index.end()) return &cf_.rule_sets[known->second];
  // `Sname=7` gives the set both a name and a number.
  const std::size_t equals = name.find('=');
  if (equals == std::string_view::npos) {
    cf_.rule_set_index.emplace(word, cf_.rule_sets.size());
    return &cf_.rule_sets.emplace_back(CfRuleSet{word, {}, {}});
  }
  const auto value = number_of(trim(name.substr(equals + 1)));
  if (!value) {
    problem(fmt::format("bad ruleset number in \"{}\"", escape_foreign(name, 40)), where);
    return nullptr;
  }
  CfRuleSet& set = numbered_rule_set(*value);
  set.name = word;
  cf_.rule_set_index.emplace(word, static_cast<std::size_t>(&set - cf_.rule_sets.data()));
  return &set;
}

CfRuleSet& CfReader::numbered_rule_set(int number) {
  const std::string text = std::to_string(number);
  const auto [found, is_new] = cf_.rule_set_index.emplace(text, cf_.rule_sets.size());
  if (is_new) cf_.rule_sets.push_back({text, {}, {}});
  return cf_.rule_sets[found->second];
}

void CfReader::read_rule_set(const Line& line) {
  CfRuleSet* set = rule_set(expand(line.text, cf_.macros), line.where);
  current_.reset();
  if (set == nullptr) return;
  set->where.push_back(line.where);
  current_ = static_cast<std::size_t>(set - cf_.rule_sets.data());
}

Tokens CfReader::side(std::string_view text, const SourceRange& where) {
  const Scan scan = cf_.level >= 9 ? Scan::with_comments : Scan::rule;
  auto cut = tokenizer().cut(expand(text, cf_.macros), {scan, '\t', true});
  for (std::string& each : cut.complaints) problem(std::move(each), where);
  return std::move(cut.tokens);
}

void CfReader::read_rule(const Line& line) {
  if (!current_) return problem("a rule before any `S` line that is valid", line.where);
  const std::string_view text = line.text;
  const std::size_t left_end = text.find('\t');
  if (left_end == std::string_view::npos) {
    return problem("invalid rewrite line: a tab is expected between its two sides", line.where);
  }
  std::size_t right = text.find_first_not_of('\t', left_end);
  if (right == std::string_view::npos) right = text.size();
  CfRule rule;
  rule.where = line.where;
  const std::string_view right_text =
      text.substr(right, std::min(text.find('\t', right), text.size()) - right);
  rule.left = side(text.substr(0, left_end), line.where);
  rule.right = side(right_text, line.where);
  rule.text =
      to_external(text.substr(0, left_end), cf_.names) + "\t" + to_external(right_text, cf_.names);
  check_rule(rule);
  cf_.rule_sets[*current_].rules.push_back(std::move(rule));
}

void CfReader::check_rule(const CfRule& rule) {
  if (rule.left.empty()) problem("R line: null LHS", rule.where);
  if (rule.right.empty()) problem("R line: null RHS", rule.where);
  if (const auto what = misplaced(rule.left, not_left); !what.empty()) {
    problem(fmt::format("Inappropriate use of {} on LHS", what), rule.where);
  }
  if (const auto what = misplaced(rule.right, not_right); !what.empty()) {
    problem(fmt::format("Inappropriate use of {} on RHS", what), rule.where);
  }
  std::size_t wildcards = 0;
  for (const std::string& token : rule.left) {
    wildcards += token.front() >= op::any && token.front() <= op::not_in_class ? 1U : 0U;
  }
  if (wildcards > most_wildcards) problem("R line: too many wildcards", rule.where);
  for (const std::string& token : rule.right) {
    if (token.front() != op::replacement || token.size() < 2) continue;
    if (token[1] <= '0' || token[1] > static_cast<char>('0' + wildcards)) {
      problem(fmt::format("replacement ${} out of bounds", token[1]), rule.where);
    }
  }
}

}  // namespace relayproof::sendmail
