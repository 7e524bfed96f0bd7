// Property: what a language says of a pattern and what the engine says never contradict each other.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "patterns/pattern.h"

namespace relayproof::patterns {
namespace {

/// How a flavour spells what the generator wants.
struct Spelling {
  Flavour flavour;
  std::string open, close, alternative, plus, question, left_brace, right_brace;
  std::vector<std::string> atoms;
  std::vector<std::string> assertions;
};

const Spelling pcre{Flavour::pcre,
                    "(",
                    ")",
                    "|",
                    "+",
                    "?",
                    "{",
                    "}",
                    {"a",      "b",      "@",   "\\.",         ".",        "[ab]",     "[^a]",
                     "[a-c.]", "\\w",    "\\W", "[[:alpha:]]", "\\x40",    "\\Qa.\\E", "\\S",
                     "\\n",    "[^\\w]", "A",   "(?i:a)",      "(?:a|b@)", "(?i)",     "\\N"},
                    {"^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "(?=a)", "(?!b)", "(?!.*@)",
                     "(?<=a)", "(?<!@)", "(?<=^|\\.)", "(?m:^)", "(?m:$)", "(?=a|b@)", "(?!^a)"}};

const Spelling extended{Flavour::posix_extended,
                        "(",
                        ")",
                        "|",
                        "+",
                        "?",
                        "{",
                        "}",
                        {"a", "b", "@", "\\.", ".", "[ab]", "[^a]", "[a-c.]", "\\w", "\\W",
                         "[[:alpha:]]", "[\\.]", "A", "\\S", "[]a]", "[a-]"},
                        {"^", "$", "\\b", "\\<", "\\>", "\\`", "\\'"}};

const Spelling basic{Flavour::posix_basic,
                     "\\(",
                     "\\)",
                     "\\|",
                     "\\+",
                     "\\?",
                     "\\{",
                     "\\}",
                     {"a", "b", "@", "\\.", ".", "[ab]", "[^a]", "\\w", "+", "?", "[[:upper:]]"},
                     {"^", "$", "\\b", "\\<", "\\>"}};

std::string any_quantifier(const Spelling& as) {
  const std::string brace = as.left_brace;
  const auto close = as.right_brace;
  auto quantifier = *rc::gen::element<std::string>("", "", "", "*", as.plus, as.question,
                                                   brace + "2" + close, brace + "1,2" + close,
                                                   brace + "2," + close, brace + "0,1" + close);
  const bool may_be_lazy = as.flavour == Flavour::pcre && !quantifier.empty();
  if (may_be_lazy) quantifier += *rc::gen::element<std::string>("", "", "", "?", "+");
  return quantifier;
}

std::string any_pattern(const Spelling& as, int depth) {
  std::string pattern;
  const int items = *rc::gen::inRange(0, 4);
  for (int i = 0; i < items; ++i) {
    const int what = *rc::gen::inRange(0, 10);
    if (what == 0) {
      pattern += as.alternative;
    } else if (what <= 2) {
      pattern += *rc::gen::elementOf(as.assertions);
    } else if (what <= 5 && depth > 0) {
      const bool special = as.flavour == Flavour::pcre;
      const auto kind =
          special ? *rc::gen::element<std::string>("", "", "?:", "?>", "?=", "?!") : std::string();
      pattern += as.open + kind + any_pattern(as, depth - 1) + as.close;
      pattern += any_quantifier(as);
    } else if (what == 6 && depth < 2) {
      pattern += "\\1";
    } else {
      pattern += *rc::gen::elementOf(as.atoms) + any_quantifier(as);
    }
  }
  return pattern;
}

std::string any_subject() {
  return *rc::gen::container<std::string>(
      rc::gen::element('a', 'b', 'a', 'b', '@', '.', 'A', '_', '\n', '-', '\0'));
}

Options any_options() {
  Options options;
  options.ignore_case = *rc::gen::arbitrary<bool>();
  options.multiline = *rc::gen::arbitrary<bool>();
  options.dot_all = *rc::gen::arbitrary<bool>();
  options.dollar_endonly = *rc::gen::arbitrary<bool>();
  options.anchored = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
  return options;
}

Spelling any_spelling() { return *rc::gen::element(pcre, pcre, extended, basic); }

/// A pattern that its engine takes.
Pattern any_compiled() {
  const auto as = any_spelling();
  const auto text = any_pattern(as, 2);
  auto pattern = Pattern::compile(text, as.flavour, any_options());
  RC_PRE(pattern.has_value());
  return *pattern;
}

/// One that has a group 1.
Pattern any_capturing() {
  const auto as = any_spelling();
  const auto text =
      any_pattern(as, 1) + as.open + any_pattern(as, 1) + as.close + any_pattern(as, 1);
  auto pattern = Pattern::compile(text, as.flavour, any_options());
  RC_PRE(pattern.has_value());
  return *pattern;
}

void agree(const Pattern& pattern, const std::string& subject) {
  const auto matches = pattern.matches(subject);
  if (!matches) return;
  RC_LOG() << to_string(pattern.flavour()) << " /" << pattern.text() << "/ i"
           << pattern.options().ignore_case << " m" << pattern.options().multiline << " s"
           << pattern.options().dot_all << " D" << pattern.options().dollar_endonly << " A"
           << pattern.options().anchored << "\n";
  const auto& [lower, upper] = pattern.language();
  RC_ASSERT(!lower.contains(subject) || *matches);
  RC_ASSERT(!*matches || upper.contains(subject));
}

RC_GTEST_PROP(Property, TheEngineIsBetweenTheBounds, ()) {
  const auto pattern = any_compiled();
  for (int i = 0; i < 20; ++i) agree(pattern, any_subject());
}

RC_GTEST_PROP(Property, MembersOfTheLowerBoundAreMatched, ()) {
  const auto pattern = any_compiled();
  find_member(pattern.language().lower,
              [&](std::string_view member) {
                agree(pattern, std::string(member));
                return false;
              },
              {.states = 200, .candidates = 40});
}

RC_GTEST_PROP(Property, StringsOutsideTheUpperBoundAreNotMatched, ()) {
  const auto pattern = any_compiled();
  find_member(~pattern.language().upper,
              [&](std::string_view member) {
                agree(pattern, std::string(member));
                return false;
              },
              {.states = 200, .candidates = 40});
}

RC_GTEST_PROP(Property, OperatorsAreThoseOfSets, ()) {
  const auto a = any_compiled().language().upper;
  const auto b = any_compiled().language().upper;
  const auto subject = any_subject();
  const bool in_a = a.contains(subject);
  const bool in_b = b.contains(subject);
  RC_ASSERT((a & b).contains(subject) == (in_a && in_b));
  RC_ASSERT((a | b).contains(subject) == (in_a || in_b));
  RC_ASSERT((~a).contains(subject) == !in_a);
  const SearchBudget budget{.states = 300};
  RC_ASSERT(find_any(a & ~a, budget, nullptr) != Searched::found);
  RC_ASSERT(find_any((a & b) & ~a, budget, nullptr) != Searched::found);
  RC_ASSERT(find_any(~(a | b) & a, budget, nullptr) != Searched::found);
}

RC_GTEST_PROP(Property, SubjectsCapturingAreWhatTheySay, ()) {
  const auto pattern = any_capturing();
  const auto wanted = *rc::gen::element<std::string>("a", "ab", "b@", "");
  for (const auto& subject : pattern.subjects_capturing(1, wanted, 3)) {
    RC_ASSERT(pattern.captures(subject).at(1) == wanted);
  }
}

RC_GTEST_PROP(Property, CapturesOnlyMissesNoCapture, ()) {
  const auto pattern = any_capturing();
  std::vector<std::string> texts;
  RC_LOG() << to_string(pattern.flavour()) << " /" << pattern.text() << "/\n";
  if (!pattern.captures_only(1, texts)) return;
  for (int i = 0; i < 20; ++i) {
    const auto captures = pattern.captures(any_subject());
    if (captures.size() < 2 || !captures[1]) continue;
    RC_ASSERT(std::find(texts.begin(), texts.end(), *captures[1]) != texts.end());
  }
}

}  // namespace
}  // namespace relayproof::patterns
