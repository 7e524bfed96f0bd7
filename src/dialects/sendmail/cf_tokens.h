// How Sendmail cuts an address or a rule into tokens, and puts tokens together again: comments,
// quotes, angle brackets, operator characters (op, section 5.1.4; "prescan").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::sendmail {

using Tokens = std::vector<std::string>;

/// What is done with operators of our own making and with comments.
enum class Scan : std::uint8_t {
  address,       ///< text from outside: comments are dropped, bytes from 0x80 on are letters
  rule,          ///< operators are tokens, comments are dropped
  with_comments  ///< operators are tokens, parentheses too
};

/// The kinds of characters, which `O OperatorChars` settles.
class Tokenizer {
 public:
  /// `.:%@!^/[]+`; what every Sendmail adds is added here.
  explicit Tokenizer(std::string_view operator_characters = ".:@[]");

  struct Options {
    Scan scan = Scan::address;
    char delimiter = '\0';  ///< where it ends outside of quotes, comments and angle brackets
    bool forgive = false;   ///< unbalanced ones are left as they are
  };
  struct Result {
    Tokens tokens;  ///< empty: there is none, or it is too long
    /// `553 Unbalanced '<'`: in an address of the envelope the first one is the reply.
    std::vector<std::string> complaints;
    std::size_t end = 0;  ///< where the delimiter stood
  };
  Result cut(std::string_view text, const Options& options) const;

  /// The tokens in a row; a space, or what `O BlankSub` names, where two words meet.
  std::string join(const std::string* first, const std::string* last, char space) const;
  std::string join(const Tokens& tokens, char space) const {
    return join(tokens.data(), tokens.data() + tokens.size(), space);
  }

 private:
  friend class TokenScanner;
  enum class Kind : std::uint8_t { operator_, atom, quote, space, single };
  using Table = std::array<Kind, 256>;
  std::array<Table, 3> tables_{};
};

}  // namespace relayproof::sendmail
