// Reads smtpd.conf(5) word by word: comments, continued lines, quotes, macros, included files.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/opensmtpd/token.h"

namespace relayproof::opensmtpd {

class Lexer {
 public:
  /// Begins with this file's text.
  Lexer(std::string file, std::shared_ptr<const std::string> text);

  Token next();
  /// `name = "value"`; a later one replaces an earlier one, as in smtpd.
  void define(const std::string& name, std::string value);
  /// Goes on with this file behind the line that stands now, and comes back at its end. False if it
  /// is being read already, or files lie too deep in each other.
  bool include(std::string file, std::shared_ptr<const std::string> text);
  /// How much of smtpd's patience with macros was used up: what grows without end is cut off.
  bool ran_away() const { return expansions_ > expansion_limit; }

 private:
  static constexpr std::size_t expansion_limit = 100'000;
  static constexpr std::size_t longest_word = 8095;

  // A file, or what a macro stands for.
  struct Input {
    std::string file;
    std::shared_ptr<const std::string> text;
    std::size_t at = 0;
    std::size_t line = 1;
    std::size_t line_begin = 0;
    bool is_macro = false;
    bool ended = false;  // the line end that smtpd makes up at the end of a file was given
  };
  static constexpr int none = -1;

  int peek_raw(std::size_t ahead = 0) const;
  int raw();             // the next character as it stands
  int character();       // without continued lines and backslashes
  int peek_character();  // what character() is going to give
  SourceRange here() const;
  Token word(SourceRange where, int first);
  Token quoted(SourceRange where, int quote);
  bool number(std::string& digits, int first);
  Token broken(SourceRange where, std::string says);
  bool expand(const SourceRange& where, Token& problem);
  void skip_blanks_and_comment();
  void skip_line();

  std::vector<Input> inputs_;
  std::map<std::string, std::string, std::less<>> macros_;
  std::size_t expansions_ = 0;
};

/// What may stand in a bare word behind its first character.
bool is_in_word(int character);

}  // namespace relayproof::opensmtpd
