#include "mail/reply.h"

#include <charconv>

#include "base/text.h"

namespace relayproof::mail {
namespace {

// Reads up to three digits and what must follow them; returns false without them.
bool take_number(std::string_view& text, int& number) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 3) return false;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return true;
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text.front() != '.') return false;
  text.remove_prefix(1);
  return true;
}

struct Parsed {
  std::optional<EnhancedCode> code;
  std::string_view rest;
};

Parsed split_enhanced(std::string_view text) {
  EnhancedCode code;
  std::string_view rest = text;
  const bool read = take_number(rest, code.status) && take_dot(rest) &&
                    take_number(rest, code.subject) && take_dot(rest) &&
                    take_number(rest, code.detail);
  const bool ends = rest.empty() || rest.front() == ' ' || rest.front() == '\t';
  if (!read || !ends || (code.status != 2 && code.status != 4 && code.status != 5)) {
    return {std::nullopt, text};
  }
  return {code, trim(rest)};
}

}  // namespace

std::optional<EnhancedCode> EnhancedCode::parse_prefix(std::string_view text) {
  return split_enhanced(text).code;
}

std::string EnhancedCode::to_string() const {
  return std::to_string(status) + "." + std::to_string(subject) + "." + std::to_string(detail);
}

std::optional<EnhancedCode> Reply::enhanced() const {
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const auto found = EnhancedCode::parse_prefix(*line);
    if (found && found->status == code / 100) return found;
  }
  return {};
}

std::string Reply::text() const {
  std::string all;
  for (const auto& line : lines) {
    const std::string_view rest = split_enhanced(line).rest;
    if (!all.empty() && !rest.empty()) all += ' ';
    all += rest;
  }
  return all;
}

}  // namespace relayproof::mail
