#include "dialects/opensmtpd/matching.h"

#include "base/text.h"
#include "patterns/pattern.h"
#include "policy/part.h"

namespace relayproof::opensmtpd {
namespace {

using policy::Part;
using policy::part_of;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string escaped(std::string_view text) {
  constexpr std::string_view special = ".[]{}()*+?^$|\\";
  std::string pattern;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

// Anything but this character.
std::string other_than(char c) {
  if (c == '^') return "[^^]*";
  return std::string("[^") + c + "]*";
}

std::string_view without_tag(std::string_view user, char delimiter) {
  return user.substr(0, user.find(delimiter));
}

}  // namespace

bool has_wildcard(std::string_view pattern) { return pattern.find('*') != std::string_view::npos; }

bool matches_name(std::string_view name, std::string_view pattern) {
  while (!pattern.empty() && !name.empty()) {
    if (pattern.front() == '*') {
      while (!pattern.empty() && pattern.front() == '*') pattern.remove_prefix(1);
      const char next = pattern.empty() ? '\0' : lower(pattern.front());
      while (!name.empty() && lower(name.front()) != next) name.remove_prefix(1);
      continue;
    }
    if (lower(pattern.front()) != lower(name.front())) return false;
    pattern.remove_prefix(1);
    name.remove_prefix(1);
  }
  return name.empty() && pattern.empty();
}

std::string name_pattern(std::string_view pattern) {
  std::string text = "^";
  while (!pattern.empty()) {
    if (pattern.front() != '*') {
      text += escaped(pattern.substr(0, 1));
      pattern.remove_prefix(1);
      continue;
    }
    while (!pattern.empty() && pattern.front() == '*') pattern.remove_prefix(1);
    text += pattern.empty() ? std::string(".+") : other_than(pattern.front());
  }
  return text + '$';
}

bool matches_address(std::string_view address, std::string_view row, const AddressStyle& style) {
  const auto at = row.rfind('@');
  const auto row_user = row.substr(0, at == std::string_view::npos ? row.size() : at);
  const auto row_domain = at == std::string_view::npos ? std::string_view{} : row.substr(at + 1);
  if (row_user.empty() && row_domain.empty()) return true;
  const auto domain = part_of(address, Part::domain);
  if ((style.old || !row_domain.empty()) && !matches_name(domain, row_domain)) return false;
  if (row_user.empty()) return true;
  auto user = part_of(address, Part::local);
  if (row_user.find(style.delimiter) == std::string_view::npos) {
    user = without_tag(user, style.delimiter);
  }
  return equals_ignoring_case(user, row_user);
}

std::string address_pattern(std::string_view row, const AddressStyle& style) {
  const auto at = row.rfind('@');
  const auto user = row.substr(0, at);
  const auto domain = name_pattern(row.substr(at + 1)).substr(1);
  if (user.empty()) return "@" + domain;
  const bool tagged = user.find(style.delimiter) != std::string_view::npos;
  const auto tag = "(" + escaped({&style.delimiter, 1}) + "[^@]*)?";
  return "^" + escaped(user) + (tagged ? "" : tag) + "@" + domain;
}

std::optional<patterns::Pattern> compiled_regex(std::string_view row) {
  auto text = to_lower(row);
  if (text.starts_with("(?i)")) text.erase(0, 4);
  patterns::Options options;
  options.ignore_case = true;
  auto pattern = patterns::Pattern::compile(text, patterns::Flavour::posix_extended, options);
  return pattern ? std::optional(std::move(*pattern)) : std::nullopt;
}

std::optional<std::string> regex_pattern(std::string_view row) {
  const auto pattern = compiled_regex(row);
  return pattern ? std::optional(pattern->text()) : std::nullopt;
}

bool matches_regex(std::string_view text, std::string_view row) {
  const auto pattern = compiled_regex(row);
  return pattern && pattern->matches(to_lower(text)).value_or(false);
}

}  // namespace relayproof::opensmtpd
