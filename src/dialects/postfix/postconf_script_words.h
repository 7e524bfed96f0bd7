// The words and operators of a shell script, one by one (POSIX.1-2017, Shell Command Language,
// 2.2 and 2.3).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/postconf_script_shell.h"

namespace relayproof::postfix::shell {

struct Token {
  enum class Kind : std::uint8_t { word, operation, newline, end };
  Kind kind = Kind::end;
  std::size_t at = 0;
  std::string text{};   ///< of an operator
  int descriptor = -1;  ///< the digits in front of a redirection
  Word word{};

  bool is(std::string_view operation) const { return kind == Kind::operation && text == operation; }
};

/// Reads tokens; what it cannot read it remembers, and from there on there is only the end.
class Lexer {
 public:
  /// `skip_commands` reads commands up to the `)` that ends them: what is within `$( … )`.
  Lexer(const std::string& text, std::vector<Word>& here_documents,
        std::function<void()> skip_commands)
      : text_(text), here_documents_(here_documents), skip_commands_(std::move(skip_commands)) {}

  Token next();
  /// The next word within `[[ … ]]`, where operators are words.
  Token next_in_test();
  /// The body of a here-document begins behind the line: what `<<` or `<<-` names.
  std::size_t expect_here_document(const Word& delimiter, bool strips_tabs);
  /// Behind the `((` that was just read: up to its `))`.
  void skip_arithmetic() { skip_balanced('(', ')', 2); }

  void fail(std::size_t at, std::string says);
  const std::optional<Script::Stop>& stopped() const { return stopped_; }
  /// One level deeper for the caller's lifetime; fails beyond what anybody writes.
  class Deeper;

 private:
  struct Expected {
    std::string delimiter;
    bool strips_tabs = false;
    bool is_literal = false;
    std::size_t index = 0;
  };

  char peek(std::size_t ahead = 0) const;
  bool at_end() const { return at_ >= text_.size() || stopped_; }
  void skip_blanks();
  std::optional<Token> operation();
  Token word_token();
  void add(Word& word, char c, std::size_t at, bool quoted);
  void hide(Word& word, std::size_t begin, bool quoted);
  void plain_character(Word& word);
  void single_quotes(Word& word);
  void double_quotes(Word& word);
  void ansi_quotes(Word& word);
  void escape(Word& word);
  void expansion(Word& word, bool quoted);
  void braced_expansion(Word& word, bool quoted);
  std::vector<Part> otherwise(bool quoted);
  void backquotes(Word& word, bool quoted);
  void skip_balanced(char open, char close, int level);
  void skip_quoted();
  void read_here_documents();
  void read_here_document(const Expected& expected);
  void here_line(Word& body, std::size_t end);
  bool is_array(const Word& word) const;

  const std::string& text_;
  std::vector<Word>& here_documents_;
  std::function<void()> skip_commands_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<Expected> expected_;
  std::optional<Script::Stop> stopped_;
};

class Lexer::Deeper {
 public:
  explicit Deeper(Lexer& lexer) : lexer_(lexer) {
    if (++lexer_.depth_ > deepest) lexer_.fail(lexer_.at_, "nested too deeply");
  }
  ~Deeper() { --lexer_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  static constexpr std::size_t deepest = 60;
  Lexer& lexer_;
};

}  // namespace relayproof::postfix::shell
