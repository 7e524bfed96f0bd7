#include "dialects/sendmail/map_text.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::sendmail {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

}  // namespace

MapText parse_map(std::string_view text) {
  MapText map;
  std::uint32_t number = 0;
  for (const auto line : split(text, '\n')) {
    ++number;
    if (line.starts_with('#') || trim(line).empty()) continue;
    const auto* const end = std::find_if(line.begin(), line.end(), is_blank);
    const auto key = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    const auto value = trim(line.substr(key.size()));
    if (key.empty() || value.empty()) {
      map.without_value.push_back(number);
    } else {
      map.rows.push_back({key, value, number});
    }
  }
  return map;
}

std::vector<AliasRow> parse_aliases(std::string_view text) {
  std::vector<AliasRow> rows;
  std::uint32_t number = 0;
  for (const auto line : split(text, '\n')) {
    ++number;
    if (line.starts_with('#') || trim(line).empty()) continue;
    if (is_blank(line.front())) {
      if (!rows.empty()) rows.back().value += ' ' + std::string(trim(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    auto key = to_lower(trim(line.substr(0, colon)));
    std::erase(key, '"');
    if (!key.empty()) rows.push_back({key, std::string(trim(line.substr(colon + 1))), number});
  }
  return rows;
}

std::vector<std::string> targets_of_alias(std::string_view value) {
  std::vector<std::string> targets;
  std::string target;
  bool quoted = false;
  const auto finish = [&] {
    const auto text = trim(target);
    if (!text.empty()) targets.emplace_back(text);
    target.clear();
  };
  for (const char c : value) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      finish();
    } else if (c != '"') {
      target += c;
    }
  }
  finish();
  return targets;
}

}  // namespace relayproof::sendmail
