// A configuration as Exim reads it: included files, macros and conditional lines are resolved,
// continued lines joined. What is left is one logical line after another, each with its place.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/source_range.h"

namespace relayproof::exim {

/// A logical line without surrounding space.
struct Line {
  std::string text;
  SourceRange where;  ///< of its first character
};

/// Something in the files that stops Exim from starting, in its words as far as they are known.
struct Problem {
  SourceRange where;
  std::string says;
};

/// A line that could not be followed, and why.
struct Gap {
  SourceRange where;
  std::string text;
  std::string why;
};

struct Lines {
  std::vector<Line> lines;
  std::vector<std::string> files;  ///< in the order in which they were opened
  std::vector<Problem> problems;
  std::vector<Gap> gaps;  ///< included files that are not there
  /// Macros at the end: name and replacement.
  std::vector<std::pair<std::string, std::string>> macros;
};

/// Text that is read as a file of that name.
struct Source {
  std::string file;
  std::string text;
  /// For a text that was put together: where its line (from 1) was written. Empty: as it stands.
  std::vector<SourceRange> places;
};

/// Reads and resolves. Included files come from `files`.
Lines read_lines(const FileSystem& files, const Source& source);

/// True for a macro that Exim itself defines (`_HAVE_TLS`, `_OPT_MAIN_...`), which names what the
/// program was built with; a usual full build is taken for granted.
bool is_builtin_macro(std::string_view name);

}  // namespace relayproof::exim
