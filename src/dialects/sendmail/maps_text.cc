// The text of a database, as makemap(8) reads it.
#include <algorithm>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/maps.h"

namespace relayproof::sendmail {

MapRows read_map_text(const std::string& file, std::string_view all, bool keeps_case) {
  constexpr std::size_t longest_line = 1023, most_problems = 100;
  MapRows table;
  std::uint32_t number = 0;
  const auto complain = [&](const char* says) {
    if (table.problems.size() < most_problems) {
      table.problems.push_back({says, {file, number, 1}, false});
    }
  };
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    std::string_view line = all.substr(at, end - at);
    at = end + 1;
    ++number;
    line = line.substr(0, line.find('\0'));
    if (line.empty() || line.front() == '#') continue;
    if (is_blank(line.front())) {
      complain("syntax error (leading space)");
      continue;
    }
    if (line.size() > longest_line) {
      complain("line too long");
      continue;
    }
    const auto key_end = std::find_if(line.begin(), line.end(), is_blank);
    const auto value = std::find_if_not(key_end, line.end(), is_blank);
    const std::string_view key = line.substr(0, static_cast<std::size_t>(key_end - line.begin()));
    if (value == line.end()) {
      complain("no RHS for LHS");
      continue;
    }
    const MapRow row{line.substr(static_cast<std::size_t>(value - line.begin())), number};
    if (!table.rows.emplace(keeps_case ? std::string(key) : to_lower(key), row).second) {
      complain("duplicate key");
    }
  }
  return table;
}

}  // namespace relayproof::sendmail
