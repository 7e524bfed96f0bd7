#include "dialects/sendmail/rewriting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

constexpr int most_repeats = 100;  // of one rule; then Sendmail speaks of an infinite loop
constexpr std::size_t most_tokens = 1000;
constexpr std::size_t most_rule_sets_in_a_rule = 15;
constexpr std::size_t most_steps = 20'000;
constexpr std::size_t most_tried = 4'000'000;  // pieces of patterns; an address takes some 100'000

bool is(const std::string& token, char kind) { return token.front() == kind; }

bool begins_with(const Tokens& tokens, char kind) {
  return !tokens.empty() && is(tokens.front(), kind);
}

int number_or(const CfOption* option, int otherwise) {
  int number = otherwise;
  if (option != nullptr) {
    std::from_chars(option->value.data(), option->value.data() + option->value.size(), number);
  }
  return number;
}

}  // namespace

Rewriter::Rewriter(const Cf& cf, const Maps& maps, AskHidden ask)
    : cf_(cf),
      maps_(maps),
      ask_(std::move(ask)),
      tokenizer_(cf.operators),
      names_(cf.names),
      macros_(cf.macros),
      budget_(most_tried) {
  const CfOption* blank = cf.option("BlankSub");
  if (blank != nullptr && !blank->value.empty()) space_ = blank->value.front();
  deepest_ = std::clamp(number_or(cf.option("MaxRuleSetRecursion"), deepest_), 1, 200);
}

void Rewriter::set(std::string_view macro, std::string value) {
  const MacroId id = names_.enter(macro);
  if (id != 0) macros_[id] = {std::move(value), {}};
}

void Rewriter::unset(std::string_view macro) { macros_.erase(names_.find(macro)); }

std::string Rewriter::macro(std::string_view name) const {
  const auto found = macros_.find(names_.find(name));
  return found == macros_.end() ? std::string() : expand(found->second.value, macros_);
}

void Rewriter::in_trouble(std::string why, const SourceRange& where) {
  if (!trouble_.empty()) return;
  trouble_ = std::move(why);
  trouble_at_ = where;
}

void Rewriter::step(RunStep::Kind kind, const CfRuleSet& set, const SourceRange& where,
                    const Tokens& tokens) {
  if (steps_.size() >= most_steps || (kind != RunStep::Kind::rule && !records_all_)) return;
  steps_.push_back({kind, set.name, where, records_all_ ? tokens : Tokens{}});
}

Rewriter::Ran Rewriter::run(std::string_view rule_set, Tokens tokens) {
  const CfRuleSet* set = cf_.rule_set(rule_set);
  if (set == nullptr) {
    const CfRuleSet empty{std::string(rule_set), {}, {}};
    return rewrite(empty, std::move(tokens), 0);
  }
  return rewrite(*set, std::move(tokens), 0);
}

bool Rewriter::is_too_deep(const CfRuleSet& set, int depth) {
  if (depth <= deepest_) return false;
  in_trouble(fmt::format("excessive recursion (max {}), ruleset {}", deepest_, set.name),
             set.where.empty() ? SourceRange{} : set.where.front());
  return true;
}

std::optional<Matched> Rewriter::matched(const CfRule& rule, const Tokens& tokens) {
  MacroId doubtful = 0;
  auto found = match(rule.left, tokens, {cf_, macros_, tokenizer_, space_, budget_}, doubtful);
  if (budget_ == 0) in_trouble("it takes too long to run the rules", rule.where);
  if (doubtful != 0) {
    in_trouble(fmt::format("not all members of $={} are known", names_.name(doubtful)), rule.where);
  }
  return found;
}

Rewriter::Ran Rewriter::rewrite(const CfRuleSet& set, Tokens tokens, int depth) {
  Ran ran{std::move(tokens), RunStatus::ok};
  step(RunStep::Kind::enters, set, {}, ran.tokens);
  if (is_too_deep(set, depth)) {
    ran.status = RunStatus::broken;
    return ran;
  }
  int repeats = 0;
  for (std::size_t at = 0; at < set.rules.size() && trouble_.empty();) {
    if (!ran.tokens.empty() && is(ran.tokens.front(), op::mailer)) break;
    const CfRule& rule = set.rules[at];
    if (++repeats > most_repeats) {
      in_trouble(fmt::format("Infinite loop in ruleset {}, rule {}", set.name, at + 1), rule.where);
      break;
    }
    const auto found = matched(rule, ran.tokens);
    const bool goes_on = !found || begins_with(rule.right, op::user);
    if (found) {
      if (!apply(rule, *found, depth, ran)) return ran;
      step(RunStep::Kind::rule, set, rule.where, ran.tokens);
      if (begins_with(rule.right, op::host)) break;
    }
    if (goes_on) {
      ++at;
      repeats = 0;
    }
  }
  step(RunStep::Kind::leaves, set, {}, ran.tokens);
  return ran;
}

// Puts what the right hand side says in the place of the tokens; false if the run ends here.
bool Rewriter::apply(const CfRule& rule, const Matched& found, int depth, Ran& ran) {
  const bool prefixed = begins_with(rule.right, op::user) || begins_with(rule.right, op::host);
  auto made = substituted(rule, prefixed ? 1 : 0, ran.tokens, found);
  if (!made || !look_up_maps(*made, ran.status, rule.where)) {
    ran.status = RunStatus::broken;
    return false;
  }
  const RunStatus called = call_rule_sets(*made, depth + 1, rule.where);
  if (ran.status == RunStatus::ok || called == RunStatus::fails_for_now) ran.status = called;
  ran.tokens = std::move(*made);
  return true;
}

std::optional<Tokens> Rewriter::substituted(const CfRule& rule, std::size_t begin,
                                            const Tokens& tokens, const Matched& matched) {
  Tokens made;
  for (std::size_t at = begin; at < rule.right.size(); ++at) {
    const std::string& piece = rule.right[at];
    if (is(piece, op::replacement) && piece.size() > 1) {
      const auto number = static_cast<std::size_t>(piece[1] - '1');
      if (number >= matched.spans.size()) {
        in_trouble(fmt::format("replacement ${} out of bounds", piece[1]), rule.where);
        return std::nullopt;
      }
      const auto& span = matched.spans[number];
      made.insert(made.end(), tokens.begin() + static_cast<std::ptrdiff_t>(span.first),
                  tokens.begin() + static_cast<std::ptrdiff_t>(span.last));
    } else if (is(piece, op::deferred) && piece.size() > 1) {
      const auto value = macros_.find(static_cast<MacroId>(piece[1]));
      if (value == macros_.end() || value->second.value.empty()) continue;
      Tokens more = tokenizer_.cut(value->second.value, {}).tokens;
      if (more.empty()) return std::nullopt;
      made.insert(made.end(), more.begin(), more.end());
    } else {
      made.push_back(piece);
    }
    if (made.size() > most_tokens) {
      in_trouble("rewrite: expansion too long", rule.where);
      return std::nullopt;
    }
  }
  return made;
}

// The rule sets that tokens call, from the left. Calls of sets without rules are taken out.
std::optional<Rewriter::Calls> Rewriter::calls_in(Tokens& tokens, const SourceRange& where) {
  Calls calls;
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    if (!is(tokens[at], op::call)) continue;
    const std::string name = strip_quotes(tokens[at + 1]);
    const CfRuleSet* set = cf_.rule_set(name);
    // Sets are known by number whether they have rules or not.
    if (set == nullptr && (name.empty() || name.front() < '0' || name.front() > '9')) {
      in_trouble(fmt::format("Unknown ruleset {}", name), where);
      return std::nullopt;
    }
    if (set == nullptr || set->rules.empty()) {
      // Sendmail goes on behind the token that has now moved here.
      const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(at);
      tokens.erase(begin, begin + 2);
      continue;
    }
    calls.emplace_back(at, set);
    if (calls.size() > most_rule_sets_in_a_rule) {
      in_trouble("Too many subroutine calls", where);
      return std::nullopt;
    }
  }
  return calls;
}

// The last one is called first, on all that follows it.
RunStatus Rewriter::call_rule_sets(Tokens& tokens, int depth, const SourceRange& where) {
  auto calls = calls_in(tokens, where);
  if (!calls) return RunStatus::broken;
  RunStatus status = RunStatus::ok;
  for (; !calls->empty() && trouble_.empty(); calls->pop_back()) {
    const auto [at, set] = calls->back();
    const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    Ran ran = rewrite(*set, Tokens(begin + 2, tokens.end()), depth);
    tokens.erase(begin, tokens.end());
    tokens.insert(tokens.end(), ran.tokens.begin(), ran.tokens.end());
    if (ran.status == RunStatus::broken) return ran.status;
    if (status == RunStatus::ok) status = ran.status;
  }
  return status;
}

}  // namespace relayproof::sendmail
