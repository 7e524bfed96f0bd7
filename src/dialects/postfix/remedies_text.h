// Edits of main.cf, master.cf and what they name, byte by byte, so that comments, order, line
// breaks and style of the rest stay what they were.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "dialects/postfix/config.h"

namespace relayproof::postfix {

using Edits = std::vector<dialects::TextEdit>;

/// The bytes of files, and where their lines are. Files are read once.
class SourceTexts {
 public:
  explicit SourceTexts(const FileSystem& files) : files_(files) {}

  /// Null if it cannot be read.
  const std::string* find(const std::string& file);
  /// The byte at this place; nullopt where the file ends before it.
  std::optional<std::size_t> offset(const SourceRange& where);

 private:
  struct File {
    std::shared_ptr<const std::string> text;
    std::vector<std::size_t> lines;  // where each begins
  };
  const File* open(const std::string& file);

  const FileSystem& files_;
  std::map<std::string, File> opened_;
};

/// A value of main.cf or of a `-o` of master.cf as a list of words, to be edited where it stands.
/// Edits that are made apart may overlap: make one remedy of one call.
class ListEditor {
 public:
  /// `text` of the setting is what was written, without expansion. Nullopt for defaults, and where
  /// the place cannot be found again in the file.
  static std::optional<ListEditor> of(SourceTexts& texts, const Setting& setting,
                                      const Version& version);

  struct Word {
    std::string text;
    std::size_t offset = 0;  ///< in the setting's text
    std::size_t begin = 0;   ///< in the file
    std::size_t end = 0;
  };
  const std::vector<Word>& words() const { return words_; }
  /// The word that holds this offset of the setting's text.
  std::optional<std::size_t> word_at(std::size_t offset) const;

  /// Takes words away: whole lines where nothing else stands in them.
  Edits remove(const std::vector<std::size_t>& indices) const;
  Edits replace(std::size_t index, std::string_view text) const;
  /// `text` may be several words, separated by one blank each: written as the list is.
  Edits insert_before(std::size_t index, std::string_view text) const;
  Edits append(std::string_view text) const;
  /// The whole value becomes this list of words.
  Edits set(std::string_view text) const;
  /// The setting goes, with its lines; of a `-o`, with the `-o`.
  std::optional<Edits> remove_setting() const;
  /// Several words as this list would have them: `a, b` or `a b`, `a,b` behind a `-o`.
  std::string joined(std::string_view text) const;

 private:
  ListEditor() = default;
  void find_words(const Version& version);
  std::size_t raw(std::size_t offset) const;
  std::size_t line_begin(std::size_t at) const;
  std::size_t line_end(std::size_t at) const;  // behind its newline
  bool starts_line(const Word& word) const;
  bool is_alone(std::size_t first, std::size_t last) const;
  dialects::TextEdit remove_group(std::size_t first, std::size_t last) const;
  std::optional<Edits> remove_override() const;
  dialects::TextEdit edit(std::size_t begin, std::size_t end, std::string_view text) const;

  std::string file_;
  std::string bytes_;
  Setting setting_;
  std::vector<std::size_t> parts_;  // where each part of setting_.lines begins in the file
  std::vector<Word> words_;
  std::size_t declared_ = 0;  // of the name
  std::size_t value_ = 0;     // where the value begins, or would
  std::size_t value_end_ = 0;
  bool is_override_ = false;
  bool is_braced_ = false;  // `-o { name = value }`
};

/// A new line `name = value` in main.cf, behind the last line of one of these names that it has,
/// else at its end.
Edits insert_setting(SourceTexts& texts, const Config& config, std::string_view name,
                     std::string_view value, const std::vector<std::string_view>& behind);

/// The logical line of a table or list file that begins here, with its continuations.
std::optional<Edits> remove_line(SourceTexts& texts, const SourceRange& where);

}  // namespace relayproof::postfix
