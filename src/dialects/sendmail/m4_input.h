// What m4 reads from: a text, and before it what was pushed back for rescanning.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_range.h"

namespace relayproof::sendmail {

class M4Input {
 public:
  static constexpr int end = -1;

  void push_text(std::string text, const std::string& file);
  /// What a macro gave: read before anything else, and told as of `where`.
  void push_back(std::string text, const SourceRange& where);

  int peek() const;
  int take();
  bool starts_with(std::string_view word) const;
  void skip(std::size_t count);
  SourceRange where() const;
  /// True where the line so far begins with `#`.
  bool behind_hash() const;
  /// How many texts are open: one for each include.
  std::size_t depth() const { return sources_.size(); }

 private:
  struct Source {
    std::string text;
    std::size_t next = 0;
    SourceRange where;
    bool rescanned = false;  // the place does not move
    bool hash = false;
    bool blank = true;  // only blanks on the line so far
  };
  void drop_finished() const;

  mutable std::vector<Source> sources_;
};

}  // namespace relayproof::sendmail
