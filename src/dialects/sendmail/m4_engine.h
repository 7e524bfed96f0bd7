// The expanding part of m4: tokens, arguments, macros, diversions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/m4.h"
#include "dialects/sendmail/m4_input.h"

namespace relayproof::sendmail {

class M4Engine;

/// A macro of m4's own: what it gives is read again.
struct M4Builtin {
  std::string_view name;
  std::string (*run)(M4Engine& engine, const std::vector<std::string>& arguments) = nullptr;
  bool only_with_arguments = true;  ///< the bare word is text
};
const M4Builtin* m4_builtin(std::string_view name);

class M4Engine {
 public:
  using Arguments = std::vector<std::string>;

  M4Engine(const FileSystem& files, const M4Vocabulary& vocabulary)
      : files_(files), vocabulary_(vocabulary) {}

  void predefine(const std::string& name, const std::string& text);
  M4Result run(std::string_view text, const std::string& path);

  // What builtins use.
  void define(const std::string& name, const std::string& text, bool pushes);
  void undefine(const std::string& name, bool pops);
  std::optional<std::string> definition(const std::string& name) const;
  bool is_macro(const std::string& name) const;
  std::string quoted(std::string_view text) const { return open_ + std::string(text) + close_; }
  void include(const std::string& path, bool may_be_missing);
  void divert(int diversion) { diversion_ = diversion; }
  int diversion() const { return diversion_; }
  void drop_line();
  void change_quotes(const std::string& open, const std::string& close);
  void change_comments(const std::string& begin) { comment_ = begin; }
  void complain(std::string says);

 private:
  struct Definition {
    std::string text;
    SourceRange where;
    bool is_given = false;  // predefined
  };
  struct Token {
    enum class Kind { end, name, text } kind = Kind::end;
    std::string text;
    SourceRange where;
  };

  // Beyond any real file; what m4 itself would do is to go on for ever.
  static constexpr std::size_t most_steps = 2'000'000;
  static constexpr std::size_t most_bytes = 8'000'000;
  static constexpr std::size_t most_texts = 500;

  Token next();
  std::string quoted_text();
  std::string comment_text();
  void read_all();
  bool expands(const Token& name) const;
  void expand(const Token& name);
  std::optional<Arguments> arguments_of(const Token& name);
  bool argument(std::string& text);
  std::string filled(const std::string& name, const std::string& body,
                     const Arguments& arguments) const;
  void record(const Token& name, Arguments arguments);
  void put(std::string_view text, const SourceRange& where);
  void put_lines();
  bool is_exhausted();

  const FileSystem& files_;
  const M4Vocabulary& vocabulary_;
  M4Input input_;
  M4Result result_;
  std::map<std::string, std::vector<Definition>, std::less<>> macros_;
  std::map<int, M4Line> open_lines_;  // by diversion
  std::string open_ = "`";
  std::string close_ = "'";
  std::string comment_ = "#";
  int diversion_ = 0;
  bool library_is_here_ = true;  // Sendmail's macros are known
  std::size_t depth_ = 0;        // calls within arguments
  std::size_t steps_ = 0;
  std::size_t written_ = 0;
  bool hash_ = false;  // the call that is read stands behind `#`
  SourceRange call_;
};

}  // namespace relayproof::sendmail
