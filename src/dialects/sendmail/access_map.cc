#include "dialects/sendmail/access_map.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/map_text.h"

namespace relayproof::sendmail {
namespace {

constexpr auto tags = std::to_array<std::string_view>({
    "authinfo",
    "certissuer",
    "certsubject",
    "clientconn",
    "clientrate",
    "clt_features",
    "connect",
    "friend",
    "from",
    "greetpause",
    "spam",
    "srv_features",
    "tls_clt",
    "tls_rcpt",
    "tls_srv",
    "tls_srv_features",
    "tls_clt_features",
    "to",
    "try_tls",
});

// Rules compare tokens, and blanks are none.
bool is_word(std::string_view value, std::string_view word) {
  return equals_ignoring_case(trim(value), word);
}

bool begins_with_code(std::string_view value) {
  return value.size() >= 3 && (value[0] == '4' || value[0] == '5') &&
         std::all_of(value.begin() + 1, value.begin() + 3,
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_access_tag(std::string_view word) {
  return std::find(tags.begin(), tags.end(), to_lower(word)) != tags.end();
}

AccessResult access_result(std::string_view value) {
  if (is_word(value, "RELAY")) return AccessResult::relay;
  if (is_word(value, "OK")) return AccessResult::ok;
  if (is_word(value, "REJECT")) return AccessResult::reject;
  if (is_word(value, "DISCARD")) return AccessResult::discard;
  if (is_word(value, "SKIP")) return AccessResult::skip;
  if (starts_with_ignoring_case(value, "ERROR:") ||
      starts_with_ignoring_case(value, "QUARANTINE:") || begins_with_code(value)) {
    return AccessResult::error;
  }
  return AccessResult::other;
}

int access_error_code(std::string_view value) {
  if (starts_with_ignoring_case(value, "ERROR:")) value.remove_prefix(6);
  // `4.7.1:` in front of the text.
  const auto colon = value.find(':');
  const auto enhanced = value.substr(0, colon);
  if (colon != std::string_view::npos &&
      enhanced.find_first_not_of("0123456789.") == std::string_view::npos) {
    value.remove_prefix(colon + 1);
  }
  while (value.starts_with('"') || value.starts_with(' ')) value.remove_prefix(1);
  if (!begins_with_code(value)) return 553;
  return (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
}

AccessMap parse_access(std::shared_ptr<const std::string> text, std::string file) {
  AccessMap map;
  map.file = std::move(file);
  map.text = std::move(text);
  const auto parsed = parse_map(*map.text);
  map.without_value = parsed.without_value;
  for (const auto& [key, value, line] : parsed.rows) {
    AccessRow row;
    const auto colon = key.find(':');
    const bool tagged = colon != std::string_view::npos && is_access_tag(key.substr(0, colon));
    row.tag = tagged ? key.substr(0, colon) : std::string_view();
    row.key = tagged ? key.substr(colon + 1) : key;
    row.value = value;
    row.line = line;
    row.result = access_result(value);
    map.rows.push_back(row);
  }
  return map;
}

}  // namespace relayproof::sendmail
