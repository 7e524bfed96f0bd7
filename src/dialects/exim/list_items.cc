// What an item of a list asks: domains, local parts and addresses.
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "dialects/exim/list_lowering.h"
#include "dialects/exim/lookups.h"

namespace relayproof::exim {

using policy::ConditionId;
using policy::Field;
using policy::Part;
using Kind = NamedList::Kind;

namespace {

constexpr std::size_t depth_limit = 30;
constexpr std::string_view stranger = "stranger-who-names-us-as-mx.example";

}  // namespace

std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) result += '\\';
    result += c;
  }
  return result;
}

// One that is only compared.
bool ListLowering::is_plain(std::string_view text) const {
  if (subject.fixed || text.empty() || text.find(';') != std::string_view::npos) return false;
  if (kind_ == Kind::address) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && text.rfind('@') == at &&
           at + 1 < text.size() && text.find_first_of("*^+") == std::string_view::npos;
  }
  return text.front() != '^' && text.front() != '*' &&
         (kind_ == Kind::local_part || text.front() != '@');
}

void ListLowering::one(std::string_view text, Item& item) {
  if (kind_ != Kind::host && is_plain(text)) {
    item.texts = {std::string(text)};
    return;
  }
  switch (kind_) {
    case Kind::domain:
      item.holds = pattern(text, subject, true);
      return;
    case Kind::local_part:
      item.holds = pattern(text, subject, false);
      return;
    case Kind::address:
      item.holds = address(text);
      return;
    case Kind::host:
      host(text, item);
      return;
  }
}

ConditionId ListLowering::regex(std::string_view text, const Operand& of) {
  patterns::Options options;
  options.ignore_case = true;
  const auto compiled = patterns::Pattern::compile(text, patterns::Flavour::pcre, options);
  if (!compiled) {
    to_.note(scope_.line, std::string(text) + " is no regular expression", true);
    return hidden(std::string(text), "is no regular expression");
  }
  if (of.fixed) return builder().constant(compiled->matches(*of.fixed).value_or(false));
  return to_.or_if_empty(of.subject, compiled->matches("").value_or(false),
                         builder().matches(*compiled, of.subject, scope_.origin));
}

ConditionId ListLowering::equal(std::string_view text, const Operand& of) {
  if (of.fixed) return builder().constant(equals_ignoring_case(*of.fixed, text));
  if (text.empty() && of.subject.field == Field::sender) return to_.is_null_sender();
  return builder().is_one_of({std::string(text)}, of.subject, scope_.origin);
}

// What domains and local parts are compared with.
ConditionId ListLowering::pattern(std::string_view text, const Operand& of, bool is_domain) {
  if (text.starts_with('^')) return regex(text, of);
  if (text == "*") {
    if (of.fixed) return builder().constant(true);
    return to_.or_if_empty(of.subject, true, builder().anything(of.subject, scope_.origin));
  }
  if (text.starts_with('*')) return regex(quoted(text.substr(1)) + "\\z", of);
  if (is_domain && text.starts_with('@')) {
    if (text == "@") return equal(to_.primary_hostname(), of);
    if (text == "@[]") return own_literal(of);
    if (starts_with_ignoring_case(text, "@mx_")) return named_as_mx(text, of);
  }
  const auto semicolon = text.find(';');
  if (semicolon == std::string_view::npos) return equal(text, of);
  return looked_up(text.substr(0, semicolon), trim(text.substr(semicolon + 1)), of);
}

ConditionId ListLowering::looked_up(std::string_view how, std::string_view file,
                                    const Operand& of) {
  const auto type = parse_lookup_type(how);
  if (!type) {
    const bool before = std::exchange(scope_.lists_domains, false);
    const auto asked = hidden(std::string(how) + ';' + std::string(file), "is not followed");
    scope_.lists_domains = before;
    return asked;
  }
  return is_found(to_, *type, std::string(file), of, scope_);
}

ConditionId ListLowering::own_literal(const Operand& of) {
  std::vector<std::string> literals;
  for (const auto& address : to_.own_addresses()) {
    literals.push_back('[' + address.to_string() + ']');
  }
  if (!of.fixed) return builder().is_one_of(literals, of.subject, scope_.origin);
  return builder().constant(std::find(literals.begin(), literals.end(), *of.fixed) !=
                            literals.end());
}

// A stranger owns a domain and its DNS, and names us there: the stand-in is never anybody else's.
ConditionId ListLowering::named_as_mx(std::string_view text, const Operand& of) {
  const bool before = std::exchange(scope_.lists_domains, false);
  const auto asked = hidden(std::string(text), "hangs on the DNS of the domain");
  scope_.lists_domains = before;
  if (of.fixed) return asked;
  return builder().any(
      {builder().is_one_of({std::string(stranger)}, of.subject, scope_.origin), asked});
}

ConditionId ListLowering::address(std::string_view text) {
  if (text.starts_with('^')) return regex(text, subject);
  std::size_t at = 0;
  while (at < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '-')) {
    ++at;
  }
  if (at < text.size() && text[at] == '*') ++at;
  if (at < text.size() && text[at] == '@') ++at;
  if (at < text.size() && text[at] == ';') {
    return looked_up(text.substr(0, at), trim(text.substr(at + 1)), subject);
  }
  if (text.empty()) return equal("", subject);
  if (text.starts_with("@@")) return hidden(std::string(text), "is not followed");
  auto divide = text.rfind('@');
  const auto domain = subject.part(Part::domain);
  const auto whole =
      divide == std::string_view::npos ? in_domain(text, domain) : parts(text, divide, domain);
  return builder().all({builder().negation(equal("", subject)), whole});
}

ConditionId ListLowering::parts(std::string_view text, std::size_t divide, const Operand& domain) {
  const auto tail = text.substr(divide + 1);
  auto local = text.substr(0, divide);
  std::string behind(tail);
  if (local.ends_with('@') && (tail.empty() || tail == "[]" || tail.starts_with("mx_"))) {
    local.remove_suffix(1);
    behind = '@' + behind;
  }
  const auto of_local = subject.part(Part::local);
  const auto first = local.starts_with('*')
                         ? (local == "*" ? builder().constant(true)
                                         : regex(quoted(local.substr(1)) + "\\z", of_local))
                         : equal(local, of_local);
  return builder().all({first, in_domain(behind, domain)});
}

ConditionId ListLowering::in_domain(std::string_view text, const Operand& domain) {
  if (!text.starts_with('+')) return pattern(text, domain, true);
  ListLowering list(to_, Kind::domain, scope_, domain);
  list.depth_ = depth_ + 1;
  return list.depth_ > depth_limit ? hidden(std::string(text), "lists are nested too deep")
                                   : list.named(text.substr(1));
}

}  // namespace relayproof::exim
