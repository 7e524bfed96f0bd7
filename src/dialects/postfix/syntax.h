// The lines of main.cf, master.cf and other files of Postfix, joined as Postfix joins them: a line
// that begins with a blank continues the one before, also across comments and empty lines
// (postconf(5), "The general format of the main.cf file").
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_range.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {

/// A line with its continuations. Newlines are gone, blanks stay, and so do carriage returns.
struct LogicalLine {
  std::string text;                  ///< up to the first NUL, where Postfix stops reading it
  std::vector<Setting::Line> lines;  ///< where each physical part of `text` stands
  bool has_null = false;

  /// Begins with a blank and continues nothing: Postfix warns and ignores it.
  bool is_ignored() const { return !text.empty() && is_blank(text.front()); }
  SourceRange locate(std::size_t offset) const;
};

/// Every logical line of a file, comments and empty lines left out.
std::vector<LogicalLine> logical_lines(std::string_view bytes, const std::string& file);

/// The parts of `lines` that hold [begin, end) of the text, counted from `begin`.
std::vector<Setting::Line> slice(const std::vector<Setting::Line>& lines, std::size_t begin,
                                 std::size_t end);

/// What stands at `offset`, of parts that are not empty.
SourceRange place_at(const std::vector<Setting::Line>& lines, std::size_t offset);

/// `name = value` within [begin, end) of a line. Either a setting, or what Postfix says where it
/// stops: "missing '=' after attribute name".
struct NameValue {
  SettingPtr setting;  ///< null if it is refused
  std::string refused;
};
NameValue name_value(const LogicalLine& line, std::size_t begin, std::size_t end,
                     Provenance provenance);

/// main.cf as it was written.
struct MainCf {
  std::vector<SettingPtr> settings;   ///< in the order of the file, repeated names included
  std::vector<Problem> problems;      ///< lines that stop Postfix, or that it warns about
  std::vector<LogicalLine> not_read;  ///< lines that are no setting: refused or ignored
};
MainCf parse_main_cf(std::string_view bytes, const std::string& file);

}  // namespace relayproof::postfix
