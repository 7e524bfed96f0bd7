// A file as PowerShell or regedit wrote it: UTF-8 or UTF-16, with or without a byte order mark.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/source_range.h"

namespace relayproof::exchange {

/// A text in UTF-8, without byte order mark, and where its lines begin.
class ExportText {
 public:
  /// Fails if the file is larger than 64 MiB, or is UTF-16 that breaks off.
  static Result<ExportText> decode(const std::string& file, std::string_view bytes);

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }
  /// Line and column (in bytes) of a place in text().
  SourceRange place(std::size_t offset) const;

 private:
  std::string file_;
  std::string text_;
  std::vector<std::size_t> lines_;
};

/// Text that a report may show in one line: cut after some hundred bytes.
std::string excerpt(std::string_view text);

}  // namespace relayproof::exchange
