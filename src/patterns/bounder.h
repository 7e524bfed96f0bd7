// From syntax trees to languages, from right to left: the language of a part *and all that follows
// it* is computed from the language of what follows. So an assertion about what follows is an
// intersection; for assertions about what went before, everything is computed once for each kind
// of byte that may stand there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "patterns/node.h"
#include "patterns/rest.h"
#include "patterns/syntax.h"

namespace relayproof::patterns {

/// Which of the two bounds is computed.
enum class Side : std::uint8_t { lower, upper };

/// The group of that number, or null.
const Syntax* find_group(const Syntax& syntax, std::size_t group);

class Bounder {
 public:
  explicit Bounder(const Parsed& parsed);

  Bounds bounds();
  Language plain(const Syntax& syntax, Side side);

 private:
  Language whole(Side side);
  void divide(const Syntax& syntax);
  void divide_by(const ByteSet& set);
  Rest match(const Syntax& syntax, const Rest& rest, Side side);
  Rest behind_plain(const Language& language, const Rest& rest);
  Rest behind_bytes(const ByteSet& set, const Rest& rest);
  Rest match_concat(const Syntax& syntax, const Rest& rest, Side side);
  Rest match_repeat(const Syntax& syntax, const Rest& rest, Side side);
  Rest match_assertion(Assertion assertion, const Rest& rest);
  Language follows(Assertion assertion, std::size_t context) const;
  Rest match_look(const Syntax& syntax, const Rest& rest, Side side);
  Language word_rest(Assertion assertion, std::size_t context) const;
  /// Without the byte at which the engine stops to read.
  ByteSet readable(const ByteSet& set) const { return parsed_.ends_at_nul ? set & ~byte(0) : set; }
  std::optional<bool> stands_before(const Syntax& syntax, std::size_t context) const;
  Language plain_inside(const Syntax& syntax, Side side);
  Language plain_backreference(const Syntax& syntax, Side side);
  Rest nothing() const { return Rest(contexts(), none_); }
  Rest anything() const { return Rest(contexts(), all_); }
  std::size_t contexts() const { return before_.size() + 1; }

  const Parsed& parsed_;
  std::vector<ByteSet> before_;  ///< the kinds of bytes that assertions tell apart
  bool exact_ = true;            ///< so far both sides are the same
  bool in_backreference_ = false;
  const ByteSet word_ = named_class("word");
  const ByteSet newline_ = byte('\n');
  const Language none_ = Language::none();
  const Language all_ = Language::all();
  Language end_ = Language::text("");  ///< what the engine takes for the end of the subject
};

}  // namespace relayproof::patterns
