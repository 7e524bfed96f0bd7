// Just enough of the shell's grammar (POSIX.1-2017, Shell Command Language, 2; and what bash adds
// to words and tests) to see which commands a script runs, with which words, and under which
// conditions. Nothing is run, and what a word becomes is said elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/syntax.h"

namespace relayproof::postfix::shell {

/// A piece of a word whose characters stand side by side in one line of the script.
struct Part {
  enum class Kind : std::uint8_t {
    text,      ///< as it is, quotes removed
    variable,  ///< `text` is its name
    hidden,    ///< what only a running shell knows: `text` is how it is written
  };
  /// What `${name-words}` is made of when the variable is unset, or when it is also empty (`:-`).
  enum class Otherwise : std::uint8_t { none, if_unset, if_empty };

  Kind kind = Kind::text;
  std::string text;
  std::size_t at = 0;   ///< offset of the first character in the source
  bool quoted = false;  ///< it makes no words of its own
  Otherwise otherwise = Otherwise::none;
  std::vector<Part> words{};  ///< for `otherwise`
  bool assigns = false;       ///< `${name:=words}`: the variable keeps it
};

struct Word {
  std::vector<Part> parts;
  std::size_t begin = 0;  ///< [begin, end) of the source
  std::size_t end = 0;

  /// Its text, if nothing of it is quoted or expanded: what can be a reserved word.
  std::optional<std::string_view> plain() const;
};

struct Redirection {
  enum class Kind : std::uint8_t { read, write, append, here, other };
  Kind kind = Kind::other;
  int descriptor = -1;   ///< -1: the usual one
  bool both = false;     ///< `&>`: standard error, too
  Word target;           ///< of a file
  std::size_t here = 0;  ///< index into Script::here_documents
};

struct Assignment {
  std::string name;
  Word value;
  bool appends = false;  ///< `name+=value`
};

/// A command, or several.
struct Node {
  enum class Kind : std::uint8_t {
    simple,    ///< assignments, words, redirections
    pipeline,  ///< children, the output of each being the input of the next
    and_or,    ///< children, with `links` between them
    sequence,  ///< children, one after the other
    group,     ///< `{ … }` and `( … )`: one child
    choice,    ///< `if`, `elif`, `else`: condition and body by turns, at last a body alone
    loop,      ///< `while`, `until`: condition and body; `for`, `select`: `name`, words and body
    cases,     ///< `case`: `words` has what is asked about; bodies
    function,  ///< `name`, and its body
  };
  Kind kind = Kind::simple;
  std::size_t at = 0;
  std::string name{};
  std::vector<Assignment> assignments{};
  std::vector<Word> words{};
  std::vector<Redirection> redirections{};
  std::vector<Node> children{};
  std::vector<char> links{};  ///< `&` for `&&`, `|` for `||`; one fewer than children
  bool is_subshell = false;   ///< of a group
  bool is_negated = false;    ///< of a pipeline
};

struct Script {
  Node root;
  std::vector<Word> here_documents;  ///< their lines, each with its newline
  /// Where the grammar ended that is known here, and why; what stands before it was read.
  struct Stop {
    std::size_t at = 0;
    std::string says;
  };
  std::optional<Stop> stopped;
};

Script parse(const LogicalLine& source);

/// `name`, if it can be that of a variable: letters, digits and `_`, no digit first.
bool is_name(std::string_view text);

}  // namespace relayproof::postfix::shell
