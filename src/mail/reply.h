// What an SMTP server answers (RFC 5321 section 4.2), with its enhanced code (RFC 2034, RFC 3463).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::mail {

/// The status code of RFC 3463: class, subject, detail.
struct EnhancedCode {
  int status = 0;  ///< 2, 4 or 5
  int subject = 0;
  int detail = 0;

  /// At the start of a reply's text, followed by a space or the end; nullopt if there is none.
  static std::optional<EnhancedCode> parse_prefix(std::string_view text);
  std::string to_string() const;
  bool operator==(const EnhancedCode&) const = default;
};

/// A whole reply. The texts are the server's own bytes: escape them before showing them.
struct Reply {
  int code = 0;                    ///< 200 to 599, of the last line
  std::vector<std::string> lines;  ///< the text behind `250-` or `250 `, a line each

  bool is_positive() const { return code >= 200 && code < 300; }
  bool is_intermediate() const { return code >= 300 && code < 400; }
  bool is_transient() const { return code >= 400 && code < 500; }
  bool is_permanent() const { return code >= 500 && code < 600; }

  /// The enhanced code of the last line that has one and agrees with the class of the reply.
  std::optional<EnhancedCode> enhanced() const;
  /// All lines with a space between them, without the enhanced codes.
  std::string text() const;
  bool operator==(const Reply&) const = default;
};

}  // namespace relayproof::mail
