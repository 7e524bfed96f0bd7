// The words of a statement as they stand in its file, for edits that leave the rest as it is.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/source_range.h"

namespace relayproof::opensmtpd {

/// Bytes [begin, end) of the file. `{ ... }`, `<...>` and what is in quotes is one word, `!` is
/// one.
struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class StatementText {
 public:
  /// The statement that begins there; nullopt if nothing can be read there.
  static std::optional<StatementText> at(const FileSystem& files, const SourceRange& where);
  /// Words from this byte on, to the end of the statement, or of what is in braces.
  static std::vector<Word> words_from(std::string_view text, std::size_t begin);

  const std::string& file() const { return file_; }
  const std::vector<Word>& words() const { return words_; }
  std::string_view word(std::size_t index) const;
  std::size_t begin() const { return words_.front().begin; }
  std::size_t end() const { return words_.back().end; }
  /// Behind the line that the statement ends in, with its comment.
  std::size_t end_of_line() const;
  /// White space before it.
  std::string indent() const;
  bool has_line(std::size_t number) const { return number >= first_line_ && number <= last_line_; }
  /// The index of this word behind the first one; nullopt: it does not stand here.
  std::optional<std::size_t> find(std::string_view word) const;
  /// The statement with words [from, to) replaced.
  std::string with(std::size_t from, std::size_t to, std::string_view text) const;

 private:
  std::string file_;
  std::shared_ptr<const std::string> text_;
  std::vector<Word> words_;
  std::size_t first_line_ = 0;
  std::size_t last_line_ = 0;
};

}  // namespace relayproof::opensmtpd
