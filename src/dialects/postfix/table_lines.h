// The logical lines of tables and of files that lists name (readlline(3)): comments and empty lines
// go, lines that begin with white space continue the one before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::postfix {

/// Foreign text, kept alive together with the lines that had to be joined. Shared by whatever holds
/// views into it.
struct TableText {
  std::string file;                            ///< its path; `main.cf` values have their own
  std::shared_ptr<const std::string> content;  ///< never null
  std::deque<std::string> joined;              ///< logical lines of more than one physical line
};

/// One logical line. Everything behind a zero byte is cut off, as Postfix does not see it.
struct TableLine {
  struct Part {
    std::size_t offset = 0;  ///< in `text`, from which on the characters stand in `line`
    std::uint32_t line = 0;
  };
  std::string_view text;    ///< into the TableText; empty only in front of a zero byte
  std::uint32_t line = 0;   ///< where it begins, from 1
  std::vector<Part> parts;  ///< of a joined line; empty for a line of its own
  bool misplaced = false;   ///< it begins with white space: Postfix drops it with a warning
};

/// Reads them one by one.
class TableLines {
 public:
  explicit TableLines(TableText& text);
  /// False at the end; else `line` is filled in (its old content is reused).
  bool next(TableLine& line);

 private:
  struct Physical {
    std::string_view text;
    bool counts = false;  ///< neither empty nor a comment
  };
  Physical take();
  bool continues() const;

  TableText* text_;
  std::string_view rest_;
  std::uint32_t line_ = 0;
};

/// isspace(3) in the C locale.
bool is_blank(char c);
/// Without leading and trailing is_blank() characters.
std::string_view trim_blanks(std::string_view text);

}  // namespace relayproof::postfix
