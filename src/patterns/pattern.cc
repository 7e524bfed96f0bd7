#include "patterns/pattern.h"

#include <algorithm>
#include <array>

#include "patterns/engine.h"
#include "patterns/posix_trust.h"
#include "patterns/syntax.h"

namespace relayproof::patterns {

struct Pattern::Compiled {
  std::string text;
  Flavour flavour;
  Options options;
  Engine engine;
  std::optional<Parsed> parsed;  ///< if it was understood
  Bounds language;
};

namespace {

/// regcomp(3) writes repetitions out: no more states than this are asked of it.
constexpr std::size_t most_written_out = 20'000;
constexpr std::size_t longest_for_posix = 65'536;

std::size_t times(std::size_t a, std::size_t b) {
  return b != 0 && a > most_written_out / b ? most_written_out + 1 : a * b;
}

/// How many states the tree is when all repetitions are written out; at most one too many.
std::size_t written_out(const Syntax& syntax) {
  std::size_t size = 1;
  for (const auto& part : syntax.parts) {
    size = std::min(size + written_out(part), most_written_out + 1);
  }
  if (syntax.kind != SyntaxKind::repeat) return size;
  // x{2,} is written out as xxx*.
  return times(size, std::max<std::size_t>(1, syntax.most.value_or(syntax.least + 1)));
}

/// The same for a text that was not parsed: every number in braces may repeat all, and so may every
/// `+` behind a group or a quantifier.
std::size_t written_out(std::string_view text) {
  std::size_t size = std::max<std::size_t>(1, text.size() * 2);
  std::size_t number = 0;
  char before = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit) number = std::min(number * 10 + static_cast<std::size_t>(c - '0'), most_written_out);
    if (c == ',' || c == '}' || c == '\\') size = times(size, number + 1);
    if (c == '+' && std::string_view(")+*?}").find(before) != std::string_view::npos) {
      size = times(size, 2);
    }
    if (!digit) number = 0;
    if (c != '\\') before = c;
  }
  return size;
}

bool too_large_for_posix(const std::string& text, const std::optional<Parsed>& parsed) {
  if (text.size() > longest_for_posix) return true;
  if (parsed) return written_out(parsed->syntax) > most_written_out;
  const auto parentheses = std::ranges::count(text, '(');  // The C library's parser recurses.
  return parentheses > 1000 || written_out(text) > most_written_out;
}

Result<Engine> engine_for(const std::string& text, Flavour flavour, const Options& options,
                          const std::optional<Parsed>& parsed) {
  if (flavour == Flavour::pcre) return PcreEngine::compile(text, options);
  if (too_large_for_posix(text, parsed)) {
    return PosixEngine::unanswering(parsed ? parsed->groups : 0);
  }
  return PosixEngine::compile(text, flavour == Flavour::posix_extended, options,
                              posix_trust(parsed));
}

Truth ask(const Engine& engine, std::string_view subject, Captures* captures) {
  return std::visit([&](const auto& one) { return one.match(subject, captures); }, engine);
}

std::size_t groups_of(const Engine& engine) {
  return std::visit([](const auto& one) { return one.groups(); }, engine);
}

/// Strings that look like addresses, names and header lines: printable, without spaces or empty
/// parts.
Language plausible() {
  const auto part = Language::one_of([](unsigned char c) {
                      return named_class("alnum").test(c);
                    }).repeated(1, std::nullopt);
  const auto separator = Language::one_of([](unsigned char c) {
    return std::string_view(".-@=%!+_:/#").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return part.then(separator.then(part).repeated(0, std::nullopt));
}

}  // namespace

std::string_view to_string(Flavour flavour) {
  constexpr std::array<std::string_view, 3> names = {"pcre", "posix-extended", "posix-basic"};
  return names[static_cast<std::size_t>(flavour)];
}

Result<Pattern> Pattern::compile(std::string_view text, Flavour flavour, const Options& options) {
  std::string pattern(text);
  auto parsed = parse(pattern, flavour, options);
  auto engine = engine_for(pattern, flavour, options, parsed);
  if (!engine) return tl::unexpected(engine.error());
  // Whoever counts other groups has read another pattern.
  if (parsed && parsed->groups != groups_of(*engine)) parsed.reset();
  Bounds language = parsed ? bounds_of(*parsed) : unknown_bounds();
  return Pattern(std::make_shared<const Compiled>(Compiled{std::move(pattern), flavour, options,
                                                           *std::move(engine), std::move(parsed),
                                                           std::move(language)}));
}

const std::string& Pattern::text() const { return compiled_->text; }
Flavour Pattern::flavour() const { return compiled_->flavour; }
const Options& Pattern::options() const { return compiled_->options; }
const Bounds& Pattern::language() const { return compiled_->language; }
std::size_t Pattern::groups() const { return groups_of(compiled_->engine); }

std::optional<bool> Pattern::matches(std::string_view subject) const {
  const Truth answer = ask(compiled_->engine, subject, nullptr);
  return answer == Truth::unknown ? std::nullopt : std::optional(answer == Truth::yes);
}

std::vector<std::optional<std::string>> Pattern::captures(std::string_view subject) const {
  Captures captures;
  if (ask(compiled_->engine, subject, &captures) != Truth::yes) return {};
  return captures;
}

std::vector<std::string> Pattern::subjects_capturing(std::size_t group, std::string_view wanted,
                                                     std::size_t limit) const {
  std::vector<std::string> subjects;
  if (!compiled_->parsed || group > groups() || limit == 0) return subjects;
  const auto accept = [&](std::string_view subject) {
    const auto texts = captures(subject);
    const bool captured = group < texts.size() && texts[group] == wanted;
    if (captured && std::ranges::find(subjects, subject) == subjects.end()) {
      subjects.emplace_back(subject);
    }
    return subjects.size() >= limit;
  };
  const Language candidates = capturing(*compiled_->parsed, group, wanted);
  find_member(candidates & plausible(), accept, {});
  if (subjects.size() < limit) find_member(candidates, accept, {});
  return subjects;
}

bool Pattern::captures_only(std::size_t group, std::vector<std::string>& texts) const {
  texts.clear();
  if (!compiled_->parsed) return false;
  const auto language = group_language(*compiled_->parsed, group);
  if (!language) return false;
  const auto keep = [&](std::string_view text) {
    texts.emplace_back(text);
    return false;
  };
  const SearchBudget budget{.candidates = 1000, .all_or_none = true};
  if (find_member(*language, keep, budget).searched == Searched::exhausted) return true;
  texts.clear();
  return false;
}

}  // namespace relayproof::patterns
