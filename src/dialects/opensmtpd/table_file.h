// The rows of tables: those written in smtpd.conf itself, and the files of table(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "dialects/opensmtpd/config.h"

namespace relayproof::opensmtpd {

/// False if a list is given a row with a value, or a map one without.
bool add_row(Table& table, std::string_view key, const std::optional<std::string>& value,
             std::uint32_t line);

/// The rows of a file as table(5) has them; the first row says whether it is a list or a map.
/// nullopt if all is well, else the number of the line that smtpd does not take.
std::optional<std::uint32_t> parse_rows(std::shared_ptr<const std::string> text, Table& table);

struct Opened {
  std::optional<std::string> complains;  ///< what keeps smtpd from starting
};
/// Fills in the rows of a table whose backend and path are given. A file that is not at its place
/// is looked for beside smtpd.conf; `db:` is read from the text it was made of.
Opened read_table_file(const FileSystem& files, const std::string& folder, const std::string& path,
                       Table& table);

}  // namespace relayproof::opensmtpd
