#include "smtp/path.h"

#include "base/text.h"

namespace relayproof::smtp {
namespace {

// The first of `stops` outside a quoted string (RFC 5321 4.1.2), text.size() if there is none
// of them, npos if the quotes are not closed.
std::size_t find_outside_quotes(std::string_view text, std::string_view stops) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (c == '\\') ++i;
    if (!quoted && stops.find(c) != std::string_view::npos) return i;
  }
  return quoted ? std::string_view::npos : text.size();
}

}  // namespace

Path parse_path(std::string_view argument) {
  Path path{.argument = std::string(argument)};
  std::string_view rest = trim(argument);
  if (rest.empty()) return path;
  const bool bracketed = rest.front() == '<';
  if (bracketed) rest.remove_prefix(1);
  const std::size_t end = find_outside_quotes(rest, bracketed ? ">" : " \t");
  const bool closed = end != std::string_view::npos && (!bracketed || end < rest.size());
  if (!closed) return path;
  path.address = std::string(rest.substr(0, end));
  rest.remove_prefix(bracketed ? end + 1 : end);
  for (const std::string_view word : words(rest)) path.parameters.emplace_back(word);
  return path;
}

}  // namespace relayproof::smtp
