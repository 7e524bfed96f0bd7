#include "dialects/exim/conditions.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/lists.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// How many braced arguments a condition has.
struct Known {
  std::string_view name;
  int arguments;
};
constexpr auto known = std::to_array<Known>({{"acl", 1},
                                             {"and", 1},
                                             {"bool", 1},
                                             {"bool_lax", 1},
                                             {"crypteq", 2},
                                             {"eq", 2},
                                             {"eqi", 2},
                                             {"exists", 1},
                                             {"forall", 2},
                                             {"forany", 2},
                                             {"ge", 2},
                                             {"gei", 2},
                                             {"gt", 2},
                                             {"gti", 2},
                                             {"inlist", 2},
                                             {"inlisti", 2},
                                             {"isip", 1},
                                             {"isip4", 1},
                                             {"isip6", 1},
                                             {"ldapauth", 1},
                                             {"le", 2},
                                             {"lei", 2},
                                             {"lt", 2},
                                             {"lti", 2},
                                             {"match", 2},
                                             {"match_address", 2},
                                             {"match_domain", 2},
                                             {"match_ip", 2},
                                             {"match_local_part", 2},
                                             {"or", 1},
                                             {"pam", 1},
                                             {"pwcheck", 1},
                                             {"radius", 1},
                                             {"saslauthd", 1},
                                             {"inbound_srs", 2},
                                             {"=", 2},
                                             {"==", 2},
                                             {">", 2},
                                             {">=", 2},
                                             {"<", 2},
                                             {"<=", 2}});

// The name of a condition: letters, or the signs of a comparison of numbers.
std::string_view name_of(std::string_view text) {
  std::size_t end = 0;
  if (!text.empty() && is_word(text[0])) {
    while (end < text.size() && is_word(text[end])) ++end;
  } else {
    while (end < text.size() && (text[end] == '<' || text[end] == '>' || text[end] == '=')) ++end;
  }
  return text.substr(0, end);
}

const Known* find_known(std::string_view name) {
  const auto* found =
      std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.name == name; });
  return found == known.end() ? nullptr : found;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
  return at;
}

std::vector<std::string_view> arguments_of(std::string_view text) {
  std::vector<std::string_view> arguments;
  auto at = skip_space(text, 0);
  while (at < text.size() && text[at] == '{') {
    const auto end = behind_braces(text, at);
    if (end == std::string_view::npos) break;
    arguments.push_back(text.substr(at + 1, end - at - 2));
    at = skip_space(text, end);
  }
  return arguments;
}

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

class Asking {
 public:
  Asking(Lowering& to, Scope scope) : to_(to), scope_(std::move(scope)) {}

  ConditionId of(std::string_view text) {
    text = trim(text);
    if (text.starts_with('!')) {
      scope_.sign = opposite(scope_.sign);
      const auto inner = of(text.substr(1));
      scope_.sign = opposite(scope_.sign);
      return to_.builder.negation(inner);
    }
    const auto name = name_of(text);
    auto rest = text.substr(name.size());
    if (name == "def" && rest.starts_with(':')) return defined(rest.substr(1));
    const auto* found = find_known(name);
    const auto arguments = arguments_of(rest);
    if (found == nullptr || (name != "and" && name != "or" && name != "acl" &&
                             static_cast<int>(arguments.size()) != found->arguments)) {
      return hidden(text, "is not followed");
    }
    if (name == "and" || name == "or") return combined(name, arguments);
    return asked(name, arguments, text);
  }

 private:
  PolicyBuilder& builder() { return to_.builder; }

  ConditionId hidden(std::string_view text, std::string why) {
    return to_.hidden(std::string(text), std::move(why), scope_, mentioned_in(text, scope_));
  }

  ConditionId combined(std::string_view name, const std::vector<std::string_view>& arguments) {
    std::vector<ConditionId> parts;
    for (const auto group : arguments) {
      for (const auto one : arguments_of(group)) parts.push_back(of(one));
    }
    return name == "and" ? builder().all(parts) : builder().any(parts);
  }

  ConditionId asked(std::string_view name, const std::vector<std::string_view>& arguments,
                    std::string_view whole) {
    if (name == "eq" || name == "eqi") return equal(arguments[0], arguments[1], whole);
    if (name == "match") return matched(arguments[0], arguments[1], whole);
    if (name.starts_with("match_")) return listed(name, arguments[0], arguments[1], whole);
    if (name.starts_with("inlist"))
      return listed("match_string", arguments[0], arguments[1], whole);
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

  // Each case of both.
  ConditionId pairs(std::string_view one, std::string_view other,
                    const std::function<ConditionId(const Text&, const Text&)>& compare) {
    const auto first = expand(to_, one, scope_);
    const auto second = expand(to_, other, scope_);
    return each_case(to_, first, [&](const Text& text) {
      return each_case(to_, second, [&](const Text& with) { return compare(text, with); });
    });
  }

  ConditionId equal(std::string_view one, std::string_view other, std::string_view whole) {
    return pairs(one, other, [&](const Text& text, const Text& with) {
      auto result = same(text, with);
      if (!result) result = same(with, text);
      return result ? *result : hidden(whole, reason(text, with));
    });
  }

  static std::string reason(const Text& one, const Text& other) {
    if (one.kind == Text::Kind::hidden) return one.why;
    return other.kind == Text::Kind::hidden ? other.why : "is not followed";
  }

  std::optional<ConditionId> same(const Text& text, const Text& with) {
    const auto a = text.literal();
    const auto b = with.literal();
    if (a && b) return builder().constant(*a == *b);
    if (b && text.kind == Text::Kind::known && text.pieces.size() == 1) {
      const auto special = text.pieces[0].special;
      if (special != Piece::Special::none) return same_special(special, *b);
    }
    const auto one = text.operand();
    const auto other = with.operand();
    if (!one || !other || one->fixed) return std::nullopt;
    if (!other->fixed) {
      return builder().condition(policy::Same{one->subject, other->subject});
    }
    if (other->fixed->empty()) return builder().negation(is_there(one->subject));
    return builder().is_one_of({*other->fixed}, one->subject, scope_.origin);
  }

  std::optional<ConditionId> same_special(Piece::Special special, const std::string& with) {
    if (special == Piece::Special::client) {
      const auto address = mail::IpAddress::parse(with);
      if (!address) return builder().constant(false);
      return builder().client_in(mail::IpSet::of(*address), scope_.origin);
    }
    if (!with.empty()) return std::nullopt;
    return builder().negation(builder().is_set(
        special == Piece::Special::login ? policy::Flag::authenticated : policy::Flag::tls));
  }

  // Not empty.
  ConditionId is_there(const policy::Subject& subject) {
    const auto is_empty = builder().is_one_of({""}, subject);
    const bool optional = subject.field == Field::helo || subject.field == Field::client_name ||
                          subject.field == Field::user;
    if (!optional) return builder().negation(is_empty);
    return builder().condition(policy::Present{subject.field});
  }

  ConditionId defined(std::string_view name) {
    const auto value = expand(to_, "${" + std::string(trim(name)) + "}", scope_);
    return each_case(to_, value, [&](const Text& text) {
      if (const auto literal = text.literal()) return builder().constant(!literal->empty());
      const auto equals = same(text, Text{});
      return equals ? builder().negation(*equals) : hidden("def:" + std::string(name), text.why);
    });
  }

  ConditionId matched(std::string_view subject, std::string_view expression,
                      std::string_view whole) {
    return pairs(subject, expression, [&](const Text& text, const Text& with) {
      const auto literal = with.literal();
      const auto operand = text.operand();
      if (!literal || !operand) return hidden(whole, reason(text, with));
      patterns::Options options;
      options.ignore_case = operand->subject.part == policy::Part::domain && !operand->fixed;
      const auto compiled = patterns::Pattern::compile(*literal, patterns::Flavour::pcre, options);
      if (!compiled) return hidden(whole, "is no regular expression");
      if (operand->fixed) {
        return builder().constant(compiled->matches(*operand->fixed).value_or(false));
      }
      return builder().matches(*compiled, operand->subject, scope_.origin);
    });
  }

  // The second argument is not expanded again, but by the list itself it is once.
  ConditionId listed(std::string_view name, std::string_view subject, std::string_view list,
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

  ConditionId exists(std::string_view name, std::string_view whole) {
    const auto value = expand(to_, name, scope_);
    return each_case(to_, value, [&](const Text& text) {
      const auto path = text.literal();
      if (!path) return hidden(whole, text.why.empty() ? "hangs on the address" : text.why);
      return builder().constant(to_.files.info(*path).kind != FileInfo::Kind::missing);
    });
  }

  ConditionId is_address(std::string_view name, std::string_view argument, std::string_view whole) {
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
      return builder().constant(address &&
                                (name == "isip" || address->is_v6() == (name == "isip6")));
    });
  }

  ConditionId numbers(std::string_view sign, std::string_view one, std::string_view other,
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

  Lowering& to_;
  Scope scope_;
};

}  // namespace

std::size_t condition_end(std::string_view text) {
  auto at = skip_space(text, 0);
  while (at < text.size() && text[at] == '!') at = skip_space(text, at + 1);
  const auto name = name_of(text.substr(at));
  at += name.size();
  if (name == "def") {
    while (at < text.size() && text[at] != '{' &&
           std::isspace(static_cast<unsigned char>(text[at])) == 0) {
      ++at;
    }
    return at;
  }
  const auto* found = find_known(name);
  if (found == nullptr) return std::string_view::npos;
  for (int argument = 0; argument < found->arguments; ++argument) {
    at = skip_space(text, at);
    if (at >= text.size() || text[at] != '{') return std::string_view::npos;
    at = behind_braces(text, at);
    if (at == std::string_view::npos) return at;
  }
  return at;
}

policy::ConditionId expand_condition(Lowering& to, std::string_view text, const Scope& scope) {
  Scope inner = scope;
  if (++inner.depth > 40) return to.hidden(std::string(text), "is nested too deep", scope, {});
  return Asking(to, std::move(inner)).of(text);
}

std::optional<Captured> captured_by(Lowering& to, std::string_view condition, const Scope& scope) {
  condition = trim(condition);
  if (name_of(condition) != "match") return std::nullopt;
  const auto arguments = arguments_of(condition.substr(5));
  if (arguments.size() != 2) return std::nullopt;
  const auto subject = expand(to, arguments[0], scope);
  const auto expression = expand(to, arguments[1], scope);
  if (subject.size() != 1 || expression.size() != 1) return std::nullopt;
  const auto operand = subject[0].text.operand();
  const auto literal = expression[0].text.literal();
  if (!operand || operand->fixed || !literal) return std::nullopt;
  const auto compiled = patterns::Pattern::compile(*literal, patterns::Flavour::pcre, {});
  if (!compiled) return std::nullopt;
  return Captured{*compiled, operand->subject};
}

policy::ConditionId is_true(Lowering& to, const Value& value, std::string_view written,
                            const Scope& scope, bool forced) {
  return each_case(to, value, [&](const Text& text) {
    if (text.kind == Text::Kind::failed) return to.builder.constant(forced);
    if (const auto literal = text.literal()) {
      const auto word = trim(*literal);
      return to.builder.constant(!(word.empty() || word == "0" ||
                                   equals_ignoring_case(word, "no") ||
                                   equals_ignoring_case(word, "false")));
    }
    return to.hidden(std::string(written), text.why.empty() ? "is not followed" : text.why, scope,
                     mentioned_in(written, scope));
  });
}

std::vector<policy::Subject> mentioned_in(std::string_view text, const Scope& scope) {
  std::vector<policy::Subject> subjects;
  const auto mentions = [&](std::string_view name) {
    return text.find(name) != std::string_view::npos;
  };
  if (scope.address && !scope.address->fixed && (mentions("domain") || mentions("local_part"))) {
    subjects.push_back(scope.address->subject);
  }
  if (scope.has_sender && mentions("sender_address")) {
    subjects.push_back({Field::sender, policy::Part::whole, {}});
  }
  if (mentions("sender_helo_name")) {
    subjects.push_back({Field::helo, policy::Part::whole, {}});
  }
  return subjects;
}

}  // namespace relayproof::exim
