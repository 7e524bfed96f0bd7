#include "dialects/opensmtpd/alias_rows.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::opensmtpd {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool only(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter_or_digit(c) || more.find(c) != std::string_view::npos;
  });
}

bool is_error(std::string_view words) {
  return words.size() >= 5 && (words[0] == '4' || words[0] == '5') && is_digit(words[1]) &&
         is_digit(words[2]) && words[3] == ' ' && is_letter_or_digit(words[4]);
}

bool is_program(std::string_view text) {
  if (text.starts_with('|')) return true;
  return text.starts_with("\"|") && text.size() > 2 && text.ends_with('"');
}

bool is_address(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() < 3 || at == std::string_view::npos || at == 0 || at + 1 == text.size()) {
    return false;
  }
  return only(text.substr(0, at), "!#$%*/?|^{}`~&'+-=_.") && only(text.substr(at + 1), "-.");
}

}  // namespace

Target target_of(std::string_view text) {
  using Kind = Target::Kind;
  for (const std::string_view prefix : {":error:", "error:"}) {
    if (!starts_with_ignoring_case(text, prefix)) continue;
    const auto words = text.substr(prefix.size());
    if (is_error(words)) return {Kind::error, std::string(words)};
  }
  for (const std::string_view prefix : {":include:/", "include:/"}) {
    if (starts_with_ignoring_case(text, prefix)) {
      return {Kind::include, std::string(text.substr(prefix.size() - 1))};
    }
  }
  if (is_program(text) || text.starts_with('/')) return {Kind::program, std::string(text)};
  if (is_address(text)) return {Kind::address, std::string(text)};
  if (only(text, "_.-+")) return {Kind::user, std::string(text)};
  return {Kind::invalid, std::string(text)};
}

AliasRows::AliasRows(const Table& table) {
  for (const auto& row : table.rows) rows_[to_lower(row.key)] = &row;
}

const Row* AliasRows::find(std::string_view key) const {
  const auto found = rows_.find(to_lower(key));
  return found == rows_.end() ? nullptr : found->second;
}

}  // namespace relayproof::opensmtpd
