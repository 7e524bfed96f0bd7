// The access map as text, /etc/mail/access: keys with tags, and what they give. Facts: cf/README,
// "ANTI-SPAM CONFIGURATION CONTROL", makemap(8).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::sendmail {

/// What a right-hand side means, where rule sets ask.
enum class AccessResult : std::uint8_t {
  relay,
  ok,
  reject,
  discard,
  skip,
  error,  ///< `ERROR:550 text`, `550 text`, `QUARANTINE:...`: refused or held, one way or another
  other,  ///< anything else, such as FRIEND, HATER, VERIFY, numbers
};

/// One row. Views into AccessMap::text.
struct AccessRow {
  std::string_view tag;    ///< `Connect`, without its colon; empty: none
  std::string_view key;    ///< behind the tag, as written
  std::string_view value;  ///< as written
  std::uint32_t line = 0;
  AccessResult result = AccessResult::other;
};

struct AccessMap {
  std::string file;
  std::shared_ptr<const std::string> text;
  std::vector<AccessRow> rows;               ///< in the order of the file
  std::vector<std::uint32_t> without_value;  ///< lines that makemap refuses
};

/// The tags that rule sets ask with, `Connect` `To` `From` and so on; any case.
bool is_access_tag(std::string_view word);
AccessResult access_result(std::string_view value);

/// What the client hears where a value is an error: of `ERROR:4.7.1:451 later` 451, of a text
/// without a code 553.
int access_error_code(std::string_view value);

/// Parses the source text of makemap: `#` only begins a comment at the start of a line.
AccessMap parse_access(std::shared_ptr<const std::string> text, std::string file);

}  // namespace relayproof::sendmail
