// The text of the files that a configuration was read from, for edits of whole statements.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "dialects/exim/config.h"

namespace relayproof::exim {

/// Bytes [begin, end) of one file.
struct Stretch {
  std::string file;
  std::size_t begin = 0;
  std::size_t end = 0;
};

class SourceText {
 public:
  explicit SourceText(const FileSystem& files) : files_(files) {}

  /// The logical line that begins there, with the lines it goes on in; nullopt if the file does not
  /// have it any more.
  std::optional<Stretch> line(const SourceRange& where);
  /// A statement: from its first line to the end of its last one.
  std::optional<Stretch> statement(const Statement& statement);
  std::string text(const Stretch& stretch);
  /// The white space that the stretch begins with.
  std::string indent(const Stretch& stretch);

 private:
  const std::string* content(const std::string& file);

  const FileSystem& files_;
  std::map<std::string, std::shared_ptr<const std::string>> known_;
};

}  // namespace relayproof::exim
