#include "dialects/exim/expand.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/acl_variables.h"
#include "dialects/exim/conditions.h"
#include "dialects/exim/lookups.h"
#include "dialects/exim/variables.h"

namespace relayproof::exim {
namespace {

constexpr std::size_t case_limit = 64;
constexpr std::size_t depth_limit = 40;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void append(Text& to, const Text& more) {
  // With something before or behind it, a row is no longer all that the owner wrote.
  if (to.kind != Text::Kind::known) {
    if (!more.literal() || !more.literal()->empty()) to.is_owners = false;
    return;
  }
  if (more.kind != Text::Kind::known) {
    const bool alone = to.pieces.empty();
    to = more;
    to.is_owners = to.is_owners && alone;
    return;
  }
  for (const auto& piece : more.pieces) {
    const bool plain = piece.special == Piece::Special::none && !piece.subject;
    if (plain && piece.text.empty()) continue;
    if (plain && !to.pieces.empty() && !to.pieces.back().subject &&
        to.pieces.back().special == Piece::Special::none) {
      to.pieces.back().text += piece.text;
    } else {
      to.pieces.push_back(piece);
    }
  }
}

class Expansion {
 public:
  Expansion(Lowering& to, Scope scope) : to_(to), scope_(std::move(scope)) { ++scope_.depth; }

  Value all(std::string_view text) {
    if (scope_.depth > depth_limit) return hidden(text, "is nested too deep");
    Value value = one(Text{});
    std::string plain;
    std::size_t at = 0;
    const auto flush = [&] {
      if (!plain.empty()) add(value, one(Text::of(std::exchange(plain, {}))));
    };
    while (at < text.size()) {
      if (text[at] == '\\' && at + 1 < text.size()) {
        at = escaped(text, at, plain);
      } else if (text[at] == '$') {
        flush();
        add(value, dollar(text, at));
      } else {
        plain += text[at++];
      }
    }
    flush();
    return value;
  }

 private:
  Value one(Text text) const { return {{to_.builder.constant(true), std::move(text)}}; }

  Value hidden(std::string_view text, std::string why) const {
    return one(Text::hidden(std::move(why), mentioned_in(text, scope_)));
  }

  // Appends a value: each case with each.
  void add(Value& to, const Value& more) {
    if (more.size() == 1) {
      for (auto& one_case : to) append(one_case.text, more.front().text);
      return;
    }
    if (to.size() * more.size() > case_limit) {
      to = one(Text::hidden("too many cases", {}));
      return;
    }
    Value product;
    for (const auto& first : to) {
      for (const auto& second : more) {
        Case both{to_.builder.all({first.when, second.when}), first.text};
        append(both.text, second.text);
        product.push_back(std::move(both));
      }
    }
    to = std::move(product);
  }

  static std::size_t escaped(std::string_view text, std::size_t at, std::string& plain) {
    const char next = text[at + 1];
    if (next == 'N') {
      const auto end = text.find("\\N", at + 2);
      plain += text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
      return end == std::string_view::npos ? text.size() : end + 2;
    }
    constexpr std::string_view escapes = "nrt";
    constexpr std::string_view meant = "\n\r\t";
    const auto found = escapes.find(next);
    plain += found == std::string_view::npos ? next : meant[found];
    return at + 2;
  }

  Value dollar(std::string_view text, std::size_t& at) {
    const auto begin = at++;
    if (at >= text.size()) return one(Text::of("$"));
    if (text[at] == '{') {
      const auto end = behind_braces(text, at);
      if (end == std::string_view::npos) {
        at = text.size();
        return hidden(text.substr(begin), "an expansion does not end");
      }
      const auto inner = text.substr(at + 1, end - at - 2);
      at = end;
      return braced(inner, text.substr(begin, end - begin));
    }
    auto end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    // Headers go on to a colon: $h_subject: (section 11.5).
    const auto name = text.substr(at, end - at);
    const bool is_header = name.starts_with("h_") || name.starts_with("header_") ||
                           name.starts_with("rh_") || name.starts_with("bh_");
    if (is_header) {
      while (end < text.size() && (is_word(text[end]) || text[end] == '-')) ++end;
      if (end < text.size() && text[end] == ':') ++end;
    }
    at = end;
    return named(name);
  }

  Value named(std::string_view name) {
    const bool of_acl = name.starts_with("acl_m") || name.starts_with("acl_c");
    if (of_acl && to_.variables != nullptr) return to_.variables->value(to_, name);
    return one(variable(to_, name, scope_));
  }

  Value braced(std::string_view inner, std::string_view whole) {
    std::size_t end = 0;
    while (end < inner.size() && is_word(inner[end])) ++end;
    const auto word = inner.substr(0, end);
    const auto rest = inner.substr(end);
    if (rest.empty()) return named(word);
    if (rest.front() == ':') return operation(word, rest.substr(1), whole);
    if (word == "if") return conditional(trim(rest), whole);
    if (word == "lookup") return lookup(trim(rest), whole);
    if (word == "env") return environment(trim(rest), whole);
    if (word == "sg") return substitution(trim(rest), whole);
    return hidden(whole, "${" + std::string(word) + " is not followed");
  }

  Value operation(std::string_view name, std::string_view argument, std::string_view whole) {
    const auto argument_value = all(argument);
    if (name == "lc" || name == "uc") return argument_value;
    const bool is_part = name == "domain" || name == "local_part";
    if (is_part && argument_value.size() == 1) {
      auto operand = argument_value.front().text.operand();
      if (operand && (operand->fixed || operand->subject.part == policy::Part::whole)) {
        const auto part =
            operand->part(name == "domain" ? policy::Part::domain : policy::Part::local);
        if (part.fixed) return one(Text::of(*part.fixed));
        Text text;
        text.pieces.push_back({"", Piece::Special::none, part.subject, {}});
        return one(std::move(text));
      }
    }
    return hidden(whole, "${" + std::string(name) + ": is not followed");
  }

  // `{yes}{no}` behind something that holds or not. What is not written: `otherwise_yes` and "".
  struct Branches {
    std::optional<std::string_view> yes;
    std::optional<std::string_view> no;
    bool fails = false;  ///< instead of the second
  };
  static Branches branches(std::string_view text) {
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

  Value branch(const std::optional<std::string_view>& text, std::string otherwise) {
    return text ? all(*text) : one(Text::of(std::move(otherwise)));
  }

  Value otherwise(const Branches& branches) {
    if (!branches.fails) return branch(branches.no, "");
    Text failed;
    failed.kind = Text::Kind::failed;
    return one(std::move(failed));
  }

  // The cases of both, each under its condition.
  Value joined(policy::ConditionId when, const Value& then, const Value& otherwise) {
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

  Value conditional(std::string_view text, std::string_view whole) {
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

  // The sign of a condition whose branches are written out as yes and no.
  Scope signed_for(const Branches& found) const {
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

  Value environment(std::string_view text, std::string_view whole) {
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
    const auto then = uses_value
                          ? hidden(whole, "hangs on the environment: --env " + name + "=VALUE")
                          : branch(found.yes, "");
    return joined(is_set, then, otherwise(found));
  }

  // `${sg{text}{expression}{replacement}}` of one part of the attempt.
  Value substitution(std::string_view text, std::string_view whole) {
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

  // `${lookup{key}type{file}…` or `${lookup type{query}…`.
  Value lookup(std::string_view text, std::string_view whole) {
    std::size_t end = 0;
    std::optional<Value> key;
    if (text.starts_with('{')) {
      end = behind_braces(text, 0);
      if (end == std::string_view::npos) return hidden(whole, "an expansion does not end");
      key = all(text.substr(1, end - 2));
    }
    auto rest = trim(text.substr(end));
    const auto open = rest.find('{');
    if (open == std::string_view::npos) return hidden(whole, "is not followed");
    const auto type = parse_lookup_type(trim(rest.substr(0, open)));
    end = behind_braces(rest, open);
    if (!type || end == std::string_view::npos) return hidden(whole, "is not followed");
    const auto file_value = all(rest.substr(open + 1, end - open - 2));
    const auto found = branches(rest.substr(end));
    if (!key) return outside(*type, found, whole, "asks outside the configuration");
    const auto file = file_value.size() == 1 ? file_value[0].text.literal() : std::nullopt;
    if (!file || key->size() != 1) {
      return outside(*type, found, whole, "the file's name is not constant");
    }
    const auto operand = key->front().text.operand();
    if (!operand) return outside(*type, found, whole, "the key is not followed");
    return looked_up(*type, *file, *operand, found, whole);
  }

  // Rows that cannot be seen: one is found or not, and what it gives is the owner's.
  Value outside(const LookupType& type, const Branches& found, std::string_view whole,
                std::string why) {
    const bool gives_the_row =
        !found.yes || trim(*found.yes) == "$value" || trim(*found.yes) == "${value}";
    if (!holds_owners_rows(type)) return hidden(whole, std::move(why));
    if (gives_the_row && (found.fails || !found.no || trim(*found.no).empty())) {
      return one(Text::owners_row(std::move(why), mentioned_in(whole, scope_)));
    }
    return hidden(whole, std::move(why));
  }

  Value looked_up(const LookupType& type, const std::string& file, const Operand& key,
                  const Branches& found, std::string_view whole) {
    const auto with_value = [&](const std::string& value) {
      const auto before = std::exchange(scope_.value, value);
      auto result = branch(found.yes, value);
      scope_.value = before;
      return result;
    };
    if (key.fixed) {
      bool seen = false;
      const auto row = find_row(to_, type, file, *key.fixed, seen);
      if (!seen) return outside(type, found, whole, "the rows of " + file + " cannot be seen");
      return row ? with_value(row->value) : otherwise(found);
    }
    std::vector<std::string> values;
    const auto ways = lookup_ways(to_, type, file, key.subject, [&](const LookupRow& row) {
      if (std::find(values.begin(), values.end(), row.value) == values.end() &&
          values.size() <= case_limit) {
        values.push_back(row.value);
      }
      return to_.builder.named_result("value " + row.value);
    });
    if (!ways.why_not.empty()) return outside(type, found, whole, ways.why_not);
    if (values.size() >= case_limit / 2) {
      return outside(type, found, whole, "too many different rows");
    }
    Value result = otherwise(found);
    for (std::size_t way = ways.ways.size(); way > 0; --way) {
      for (const auto& value : values) {
        const auto row =
            to_.builder.finds(ways.ways[way - 1].lookup, ways.ways[way - 1].subject,
                              {to_.builder.named_result("value " + value)}, scope_.origin);
        result = joined(row, with_value(value), result);
      }
    }
    return result;
  }

  Lowering& to_;
  Scope scope_;
};

}  // namespace

Text Text::of(std::string text) {
  Text result;
  if (!text.empty()) result.pieces.push_back({std::move(text), Piece::Special::none, {}, {}});
  return result;
}

Text Text::hidden(std::string why, std::vector<policy::Subject> about) {
  Text result;
  result.kind = Kind::hidden;
  result.why = std::move(why);
  result.about = std::move(about);
  return result;
}

Text Text::owners_row(std::string why, std::vector<policy::Subject> about) {
  auto result = hidden(std::move(why), std::move(about));
  result.is_owners = true;
  return result;
}

std::optional<std::string> Text::literal() const {
  if (kind != Kind::known) return std::nullopt;
  std::string text;
  for (const auto& piece : pieces) {
    if (piece.subject || piece.special != Piece::Special::none) return std::nullopt;
    text += piece.text;
  }
  return text;
}

std::optional<Operand> Text::operand() const {
  if (auto text = literal()) return Operand::text(*text);
  if (kind != Kind::known) return std::nullopt;
  const auto is_part = [](const Piece& piece, policy::Part part) {
    return piece.subject && !piece.change && piece.subject->part == part;
  };
  if (pieces.size() == 1 && pieces[0].subject && !pieces[0].change) {
    return Operand::of(*pieces[0].subject);
  }
  // $local_part@$domain is the address.
  if (pieces.size() == 3 && is_part(pieces[0], policy::Part::local) && pieces[1].text == "@" &&
      is_part(pieces[2], policy::Part::domain)) {
    auto whole = Operand::of(*pieces[0].subject).part(policy::Part::whole);
    if (whole.part(policy::Part::domain).subject == *pieces[2].subject) return whole;
  }
  return std::nullopt;
}

Value expand(Lowering& to, std::string_view text, const Scope& scope) {
  return Expansion(to, scope).all(text);
}

policy::ConditionId each_case(Lowering& to, const Value& value,
                              const std::function<policy::ConditionId(const Text&)>& of) {
  auto result = of(value.back().text);
  for (std::size_t index = value.size() - 1; index > 0; --index) {
    const auto& one = value[index - 1];
    result = to.builder.choice(one.when, of(one.text), result);
  }
  return result;
}

std::size_t behind_braces(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      if (text[at + 1] == 'N') {
        const auto end = text.find("\\N", at + 2);
        if (end == std::string_view::npos) return end;
        at = end;
      }
      ++at;
    } else if (text[at] == '{') {
      ++depth;
    } else if (text[at] == '}' && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace relayproof::exim
