#include "dialects/postfix/restriction_texts.h"

#include <memory>

#include "base/text.h"
#include "patterns/pattern.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
constexpr std::string_view label = "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?";
constexpr std::string_view group = "[0-9A-Fa-f]{1,4}";

std::string quad() {
  const auto one = std::string(octet);
  return one + "\\." + one + "\\." + one + "\\." + one;
}

// Close to valid_ipv6_hostaddr(): full, and with one `::`; a dotted quad may end it.
std::string six() {
  const auto one = std::string(group);
  const auto last = "(" + one + "|" + quad() + ")";
  return "((" + one + ":){5,7}" + last + "|((" + one + ":)*" + one + ")?::((" + one + ":)*" + last +
         ")?)";
}

policy::ConditionId asks(PolicyBuilder& builder, policy::Table table,
                         const policy::Subject& subject, std::vector<policy::Key> keys) {
  policy::Lookup lookup;
  lookup.tables = {builder.table(std::move(table))};
  lookup.keys = std::move(keys);
  return builder.finds(builder.lookup(lookup), subject);
}

policy::Table literals(PolicyBuilder& builder, const std::vector<std::string>& texts) {
  policy::Table table;
  const auto result = builder.result(policy::Nothing{});
  table.name = "these:{";
  for (const auto& text : texts) {
    table.storage.push_back(std::make_shared<const std::string>(to_lower(text)));
    table.name += (table.storage.size() > 1 ? ", " : "") + *table.storage.back();
    table.literals.emplace(*table.storage.back(), policy::Row{result, 0, {}});
  }
  table.name += "}";
  return table;
}

}  // namespace

policy::ConditionId text_is(PolicyBuilder& builder, const policy::Subject& subject,
                            const std::vector<std::string>& texts) {
  return asks(builder, literals(builder, texts), subject, {policy::Key::whole});
}

policy::ConditionId is_not_empty(PolicyBuilder& builder, const policy::Subject& subject) {
  policy::Table table;  // an empty text has no key, so that it is not asked for
  table.name = "any text";
  table.everything = policy::Row{builder.result(policy::Nothing{}), 0, {}};
  return asks(builder, std::move(table), subject, {policy::Key::whole});
}

policy::ConditionId name_is_under(PolicyBuilder& builder, const policy::Subject& subject,
                                  const std::vector<std::string>& names) {
  return asks(builder, literals(builder, names), subject,
              {policy::Key::whole, policy::Key::host_parents});
}

policy::ConditionId text_matches(PolicyBuilder& builder, const policy::Subject& subject,
                                 std::string_view what, std::string_view expression) {
  const auto pattern =
      patterns::Pattern::compile(expression, patterns::Flavour::posix_extended, {});
  if (!pattern) return builder.constant(false);  // ours are constant, and a test compiles each one
  policy::Table table;
  table.name = "<" + std::string(what) + ">";
  table.fold_case = false;
  policy::PatternRow row{
      .pattern = *pattern, .negated = false, .only_if = {}, .unless = {}, .row = {}};
  row.row.result = builder.result(policy::Nothing{});
  table.patterns.push_back(std::move(row));
  return asks(builder, std::move(table), subject, {policy::Key::whole});
}

policy::ConditionId is_hostname(PolicyBuilder& builder, const policy::Subject& subject) {
  const auto one = std::string(label);
  return builder.all(
      {text_matches(builder, subject, "labels", "^" + one + "(\\." + one + ")*\\.?$"),
       text_matches(builder, subject, "not numeric", "[^0-9.]")});
}

policy::ConditionId is_qualified_hostname(PolicyBuilder& builder, const policy::Subject& subject) {
  const auto one = std::string(label);
  return builder.all(
      {text_matches(builder, subject, "several labels", "^" + one + "(\\." + one + ")+\\.?$"),
       text_matches(builder, subject, "not numeric", "[^0-9.]")});
}

policy::ConditionId is_address(PolicyBuilder& builder, const policy::Subject& subject) {
  return text_matches(builder, subject, "an address", "^(" + quad() + "|" + six() + ")$");
}

policy::ConditionId is_ipv4_address(PolicyBuilder& builder, const policy::Subject& subject) {
  return text_matches(builder, subject, "an IPv4 address", "^" + quad() + "$");
}

policy::ConditionId is_digits_and_dots(PolicyBuilder& builder, const policy::Subject& subject) {
  return text_matches(builder, subject, "digits, dots and colons", "^[0-9.:]+$");
}

policy::ConditionId is_bracketed(PolicyBuilder& builder, const policy::Subject& subject) {
  return text_matches(builder, subject, "[...", "^\\[");
}

policy::ConditionId is_in_brackets(PolicyBuilder& builder, const policy::Subject& subject) {
  return text_matches(builder, subject, "[...]", "^\\[.*\\]$");
}

policy::ConditionId is_literal(PolicyBuilder& builder, const policy::Subject& subject) {
  return text_matches(builder, subject, "a literal",
                      "^\\[(" + quad() + "|[Ii][Pp][Vv]6:" + six() + ")\\]$");
}

}  // namespace relayproof::postfix
