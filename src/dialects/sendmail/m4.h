// As much of m4 as a sendmail.mc needs: quotes, comments, diversions, definitions. Sendmail's own
// macros are not expanded but recorded, since what they mean is known. Facts: GNU m4 1.4's manual,
// and cf/README of Sendmail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/source_range.h"

namespace relayproof::sendmail {

/// A macro of Sendmail's as it was called: `FEATURE` with `access_db`.
struct M4Call {
  std::string name;
  std::vector<std::string> arguments;  ///< expanded, without quotes
  SourceRange where;
  bool behind_hash = false;  ///< its line begins with `#`, which is no comment here
};

/// A line that is no macro: it becomes a line of sendmail.cf.
struct M4Line {
  std::string text;
  SourceRange where;
  int diversion = 0;  ///< where Sendmail's macros send it; below 0: nowhere
};

/// A name and its value when the text ended.
struct M4Definition {
  std::string text;
  SourceRange where;
};

struct M4Problem {
  std::string says;
  SourceRange where;
};

struct M4Result {
  std::vector<M4Call> calls;
  std::vector<M4Line> lines;
  std::map<std::string, M4Definition, std::less<>> definitions;  ///< defined by this text
  std::vector<std::string> files;                                ///< that were read
  std::vector<M4Problem> missing;   ///< files that are included and not here
  std::vector<M4Problem> problems;  ///< what m4 would give up for
  bool too_large = false;           ///< it grew beyond any real one and was cut
};

/// How Sendmail's macros are known to the reader: recorded, and where what follows goes.
struct M4Vocabulary {
  std::function<bool(std::string_view name)> is_recorded;
  /// The diversion that a recorded macro begins (`LOCAL_CONFIG`); nullptr: none does.
  std::function<const int*(std::string_view name)> begins;
};

/// Expands the text of `path`. Included files are read through `files`; the library file cf.m4 is
/// not: including it only ends that `#` begins a comment, as it does.
M4Result expand_m4(std::string_view text, const std::string& path, const FileSystem& files,
                   const M4Vocabulary& vocabulary,
                   const std::map<std::string, std::string, std::less<>>& predefined);

}  // namespace relayproof::sendmail
