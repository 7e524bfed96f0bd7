#include "dialects/exim/asking.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/lists.h"

namespace relayproof::exim {

using policy::ConditionId;
using policy::Field;

namespace {

std::optional<long long> number_of(std::string_view text) {
  text = trim(text);
  if (text.empty()) return 0;
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  long long value = 0;
  std::size_t at = 0;
  while (at < text.size() && at < 15 && text[at] >= '0' && text[at] <= '9') {
    value = value * 10 + (text[at++] - '0');
  }
  if (at == 0) return std::nullopt;
  const auto unit = text.substr(at);
  if (equals_ignoring_case(unit, "k")) value *= 1024;
  if (equals_ignoring_case(unit, "m")) value *= 1024LL * 1024;
  if (equals_ignoring_case(unit, "g")) value *= 1024LL * 1024 * 1024;
  if (unit.size() > 1) return std::nullopt;
  return negative ? -value : value;
}

bool compares(std::string_view sign, long long one, long long other) {
  if (sign == "<") return one < other;
  if (sign == "<=") return one <= other;
  if (sign == ">") return one > other;
  if (sign == ">=") return one >= other;
  return one == other;
}

}  // namespace

ConditionId Asking::of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('!')) {
    scope_.sign = opposite(scope_.sign);
    const auto inner = of(text.substr(1));
    scope_.sign = opposite(scope_.sign);
    return to_.builder.negation(inner);
  }
  const auto name = name_of_condition(text);
  auto rest = text.substr(name.size());
  if (name == "def" && rest.starts_with(':')) return defined(rest.substr(1));
  const auto wanted = arguments_wanted(name);
  const auto arguments = arguments_of(rest);
  if (!wanted || (name != "and" && name != "or" && name != "acl" &&
                  static_cast<int>(arguments.size()) != *wanted)) {
    return hidden(text, "is not followed");
  }
  if (name == "and" || name == "or") return combined(name, arguments);
  return asked(name, arguments, text);
}

PolicyBuilder& Asking::builder() { return to_.builder; }

ConditionId Asking::hidden(std::string_view text, std::string why) {
  return to_.hidden(std::string(text), std::move(why), scope_, mentioned_in(text, scope_));
}

ConditionId Asking::combined(std::string_view name,
                             const std::vector<std::string_view>& arguments) {
  std::vector<ConditionId> parts;
  for (const auto group : arguments) {
    for (const auto one : arguments_of(group)) parts.push_back(of(one));
  }
  return name == "and" ? builder().all(parts) : builder().any(parts);
}

ConditionId Asking::asked(std::string_view name, const std::vector<std::string_view>& arguments,
                          std::string_view whole) {
  if (name == "eq" || name == "eqi") {
    ignores_case_ = name == "eqi";
    return equal(arguments[0], arguments[1], whole);
  }
  if (name == "match") return matched(arguments[0], arguments[1], whole);
  if (name.starts_with("match_")) return listed(name, arguments[0], arguments[1], whole);
  if (name.starts_with("inlist")) return listed("match_string", arguments[0], arguments[1], whole);
  if (name == "exists") return exists(arguments[0], whole);
  if (name == "bool" || name == "bool_lax") {
    return is_true(to_, expand(to_, arguments[0], scope_), whole, scope_, false);
  }
  if (name.starts_with("isip")) return is_address(name, arguments[0], whole);
  if (name.find_first_of("<>=") != std::string_view::npos) {
    return numbers(name, arguments[0], arguments[1], whole);
  }
  return hidden(whole, "is not in the configuration");
}

ConditionId Asking::pairs(std::string_view one, std::string_view other,
                          const std::function<ConditionId(const Text&, const Text&)>& compare) {
  const auto first = expand(to_, one, scope_);
  const auto second = expand(to_, other, scope_);
  return each_case(to_, first, [&](const Text& text) {
    return each_case(to_, second, [&](const Text& with) { return compare(text, with); });
  });
}

ConditionId Asking::equal(std::string_view one, std::string_view other, std::string_view whole) {
  return pairs(one, other, [&](const Text& text, const Text& with) {
    auto result = same(text, with);
    if (!result) result = same(with, text);
    return result ? *result : hidden(whole, reason(text, with));
  });
}

std::string Asking::reason(const Text& one, const Text& other) {
  if (one.kind == Text::Kind::hidden) return one.why;
  return other.kind == Text::Kind::hidden ? other.why : "is not followed";
}

std::optional<ConditionId> Asking::same(const Text& text, const Text& with) {
  const auto a = text.literal();
  const auto b = with.literal();
  if (a && b) {
    return builder().constant(ignores_case_ ? equals_ignoring_case(*a, *b) : *a == *b);
  }
  if (b && text.kind == Text::Kind::known && text.pieces.size() == 1) {
    const auto special = text.pieces[0].special;
    if (special != Piece::Special::none) return same_special(special, *b);
  }
  const auto one = text.operand();
  const auto other = with.operand();
  if (!one || !other || one->fixed) return std::nullopt;
  if (!other->fixed) {
    const auto same = builder().condition(policy::Same{one->subject, other->subject});
    const auto either = to_.or_if_empty(other->subject, false, same);
    return to_.or_if_empty(one->subject, false, either);
  }
  if (other->fixed->empty()) return builder().negation(is_there(one->subject));
  return is_exactly(*other->fixed, one->subject);
}

ConditionId Asking::is_exactly(const std::string& text, const policy::Subject& subject) {
  if (ignores_case_) return builder().is_one_of({text}, subject, scope_.origin);
  if (subject.field == Field::recipient) {
    if (to_lower(text) != text) return builder().constant(false);
    return builder().is_one_of({text}, subject, scope_.origin);
  }
  std::string literal = "^";
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) literal += '\\';
    literal += c;
  }
  const auto exact = patterns::Pattern::compile(literal + "\\z", patterns::Flavour::pcre, {});
  if (!exact) return builder().is_one_of({text}, subject, scope_.origin);
  return to_.or_if_empty(subject, false, builder().matches(*exact, subject, scope_.origin));
}

std::optional<ConditionId> Asking::same_special(Piece::Special special, const std::string& with) {
  if (special == Piece::Special::client) {
    const auto address = mail::IpAddress::parse(with);
    if (!address) return builder().constant(false);
    return builder().client_in(mail::IpSet::of(*address), scope_.origin);
  }
  if (!with.empty()) return std::nullopt;
  return builder().negation(builder().is_set(
      special == Piece::Special::login ? policy::Flag::authenticated : policy::Flag::tls));
}

ConditionId Asking::is_there(const policy::Subject& subject) {
  if (subject.field == Field::sender) return builder().negation(to_.is_null_sender());
  const auto is_empty = builder().is_one_of({""}, subject);
  const bool optional = subject.field == Field::helo || subject.field == Field::client_name ||
                        subject.field == Field::user;
  if (!optional) return builder().negation(is_empty);
  return builder().condition(policy::Present{subject.field});
}

ConditionId Asking::defined(std::string_view name) {
  const auto value = expand(to_, "${" + std::string(trim(name)) + "}", scope_);
  return each_case(to_, value, [&](const Text& text) {
    if (const auto literal = text.literal()) return builder().constant(!literal->empty());
    const auto equals = same(text, Text{});
    return equals ? builder().negation(*equals) : hidden("def:" + std::string(name), text.why);
  });
}

ConditionId Asking::matched(std::string_view subject, std::string_view expression,
                            std::string_view whole) {
  return pairs(subject, expression, [&](const Text& text, const Text& with) {
    const auto literal = with.literal();
    const auto operand = text.operand();
    if (!literal || !operand) return hidden(whole, reason(text, with));
    patterns::Options options;
    const auto compiled = patterns::Pattern::compile(*literal, patterns::Flavour::pcre, options);
    if (!compiled) return hidden(whole, "is no regular expression");
    if (operand->fixed) {
      return builder().constant(compiled->matches(*operand->fixed).value_or(false));
    }
    return to_.or_if_empty(operand->subject, compiled->matches("").value_or(false),
                           builder().matches(*compiled, operand->subject, scope_.origin));
  });
}

ConditionId Asking::listed(std::string_view name, std::string_view subject, std::string_view list,
                           std::string_view whole) {
  const auto value = expand(to_, subject, scope_);
  return each_case(to_, value, [&](const Text& text) {
    const bool is_client = text.kind == Text::Kind::known && text.pieces.size() == 1 &&
                           text.pieces[0].special == Piece::Special::client;
    if (name == "match_ip") {
      return is_client ? host_list(to_, list, scope_, true) : hidden(whole, "is not followed");
    }
    const auto operand = text.operand();
    if (!operand) return hidden(whole, text.why);
    if (name == "match_domain") return domain_list(to_, list, *operand, scope_);
    if (name == "match_address") return address_list(to_, list, *operand, scope_);
    return local_part_list(to_, list, *operand, scope_);
  });
}

ConditionId Asking::exists(std::string_view name, std::string_view whole) {
  const auto value = expand(to_, name, scope_);
  return each_case(to_, value, [&](const Text& text) {
    const auto path = text.literal();
    if (!path) return hidden(whole, text.why.empty() ? "hangs on the address" : text.why);
    return builder().constant(to_.files.info(*path).kind != FileInfo::Kind::missing);
  });
}

ConditionId Asking::is_address(std::string_view name, std::string_view argument,
                               std::string_view whole) {
  const auto value = expand(to_, argument, scope_);
  return each_case(to_, value, [&](const Text& text) {
    const bool is_client = text.kind == Text::Kind::known && text.pieces.size() == 1 &&
                           text.pieces[0].special == Piece::Special::client;
    if (is_client) {
      if (name == "isip") return builder().constant(true);
      return builder().client_in(name == "isip4" ? mail::IpSet::all_v4() : mail::IpSet::all_v6());
    }
    const auto literal = text.literal();
    if (!literal) return hidden(whole, "is not followed");
    const auto address = mail::IpAddress::parse(*literal);
    return builder().constant(address && (name == "isip" || address->is_v6() == (name == "isip6")));
  });
}

ConditionId Asking::numbers(std::string_view sign, std::string_view one, std::string_view other,
                            std::string_view whole) {
  return pairs(one, other, [&](const Text& text, const Text& with) {
    const auto a = text.literal();
    const auto b = with.literal();
    const auto first = a ? number_of(*a) : std::nullopt;
    const auto second = b ? number_of(*b) : std::nullopt;
    if (!first || !second) return hidden(whole, reason(text, with));
    return builder().constant(compares(sign, *first, *second));
  });
}

}  // namespace relayproof::exim
