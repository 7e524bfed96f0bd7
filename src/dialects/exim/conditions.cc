#include "dialects/exim/conditions.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/asking.h"

namespace relayproof::exim {
namespace {

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

const Known* find_known(std::string_view name) {
  const auto* found =
      std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.name == name; });
  return found == known.end() ? nullptr : found;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
  return at;
}

}  // namespace

std::string_view name_of_condition(std::string_view text) {
  std::size_t end = 0;
  if (!text.empty() && is_word(text[0])) {
    while (end < text.size() && is_word(text[end])) ++end;
  } else {
    while (end < text.size() && (text[end] == '<' || text[end] == '>' || text[end] == '=')) ++end;
  }
  return text.substr(0, end);
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

std::optional<int> arguments_wanted(std::string_view name) {
  const auto* found = find_known(name);
  return found == nullptr ? std::nullopt : std::optional(found->arguments);
}

std::size_t condition_end(std::string_view text) {
  auto at = skip_space(text, 0);
  while (at < text.size() && text[at] == '!') at = skip_space(text, at + 1);
  const auto name = name_of_condition(text.substr(at));
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
  if (name_of_condition(condition) != "match") return std::nullopt;
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
