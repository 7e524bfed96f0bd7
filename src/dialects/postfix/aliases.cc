// aliases(5), as postalias(1) reads it: `name: value, value`, with the quotes of RFC 822.
#include <utility>

#include "base/text.h"
#include "dialects/postfix/table_parser.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

/// The position of the first `wanted` outside quotes, comments and `<...>`; npos if there is none.
std::size_t find_unquoted(std::string_view text, char wanted) {
  bool quoted = false;
  int comment = 0;
  int angle = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (quoted) {
      quoted = c != '"';
    } else if (comment > 0) {
      comment += c == '(' ? 1 : c == ')' ? -1 : 0;
    } else if (c == wanted && angle == 0) {
      return i;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '(') {
      comment = 1;
    } else if (c == '<' || c == '>') {
      angle = c == '<' ? 1 : 0;
    }
  }
  return text.npos;
}

/// Without quotes and comments.
std::string unquoted(std::string_view text) {
  std::string result;
  bool quoted = false;
  int comment = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (comment > 0) {
      comment += c == '(' ? 1 : c == ')' ? -1 : 0;
    } else if (c == '\\' && i + 1 < text.size()) {
      result += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '(' && !quoted) {
      comment = 1;
    } else {
      result += c;
    }
  }
  return std::string(trim_blanks(result));
}

AliasTarget read_target(std::string_view text) {
  std::string plain = unquoted(text);
  constexpr std::string_view include = ":include:";
  using Kind = AliasTarget::Kind;
  if (plain.starts_with('|')) return {Kind::command, std::string(trim_blanks(plain.substr(1)))};
  if (plain.starts_with('/')) return {Kind::file, std::move(plain)};
  if (starts_with_ignoring_case(plain, include))
    return {Kind::include, plain.substr(include.size())};
  return {Kind::address, std::move(plain)};
}

}  // namespace

std::vector<AliasTarget> alias_targets(std::string_view value) {
  std::vector<AliasTarget> targets;
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t comma = find_unquoted(rest, ',');
    AliasTarget target = read_target(rest.substr(0, comma));
    if (!target.text.empty()) targets.push_back(std::move(target));
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  }
  return targets;
}

Aliases parse_aliases(const std::string& file, std::shared_ptr<const std::string> content) {
  Aliases aliases;
  const auto text = make_table_text(file, std::move(content));
  TableLines lines(*text);
  for (TableLine line; lines.next(line);) {
    const std::size_t colon = line.misplaced ? line.text.npos : find_unquoted(line.text, ':');
    AliasRow row;
    row.line = line.line;
    if (colon != line.text.npos) {
      row.name = to_lower(unquoted(line.text.substr(0, colon)));
      row.targets = alias_targets(line.text.substr(colon + 1));
    }
    if (row.name.empty() || row.targets.empty()) {
      note(aliases.problems, {file, line.line, 1}, "a line that is not `name: value` is ignored");
    } else {
      aliases.rows.push_back(std::move(row));
    }
  }
  return aliases;
}

}  // namespace relayproof::postfix
