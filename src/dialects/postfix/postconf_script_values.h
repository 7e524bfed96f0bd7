// What words of a script become, as far as the script itself tells: constants, variables that it
// sets to one, defaults of variables that nobody sets. Each character knows where it is written.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/postconf_script_shell.h"
#include "dialects/postfix/syntax.h"

namespace relayproof::postfix {

/// A text of a script. Where it is not known, it stands as the script has it.
struct ScriptValue {
  LogicalLine line;                        ///< the text, and where it stands
  std::optional<std::size_t> hidden_from;  ///< from this offset on it is not known
  std::string why;                         ///< if so: one clause
  /// Variables of the environment that are taken to be unset.
  std::set<std::string> unless;

  const std::string& text() const { return line.text; }
  bool is_known() const { return !hidden_from; }
  /// What is known in front of the first that is not.
  std::string_view known_start() const {
    return std::string_view(line.text).substr(0, hidden_from.value_or(line.text.size()));
  }
  void append(std::string_view text, const SourceRange& where);
  void append(const ScriptValue& other);
  void hide(std::string_view as_written, const SourceRange& where, std::string because);
  ScriptValue part(std::size_t begin, std::size_t end) const;
};

using ScriptVariables = std::map<std::string, ScriptValue, std::less<>>;

/// Reads words of one script.
class WordReader {
 public:
  enum class Unset { hidden, empty };  ///< what a variable is that nobody sets

  WordReader(const LogicalLine& source, const ScriptVariables& variables)
      : source_(source), variables_(variables) {}

  /// As one text: behind `=`, in a here-document, as a file's name.
  ScriptValue text(const shell::Word& word, Unset unset = Unset::hidden) const;
  /// As the words that it makes: a variable outside quotes is split at its blanks.
  std::vector<ScriptValue> words(const shell::Word& word) const;

 private:
  void append(ScriptValue& to, const shell::Part& part, Unset unset) const;
  void append_variable(ScriptValue& to, const shell::Part& part, Unset unset) const;

  const LogicalLine& source_;
  const ScriptVariables& variables_;
};

}  // namespace relayproof::postfix
