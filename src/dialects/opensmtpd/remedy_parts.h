// What edits of rules and tables are made of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dialect.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/statement_text.h"

namespace relayproof::opensmtpd {

/// Words [begin, end) of a rule.
struct Clause {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// `from src <x>` with its `!`, up to the next condition; where it would stand if there is none. Of
/// `from auth` and `from mail-from <x>` only the first word: the rest is a condition by itself.
Clause from_clause(const StatementText& rule);

/// True if the row of a table for domains or recipients fits a domain that a stranger can have.
bool claims_others(std::string_view row);

/// The statement replaced by this text.
dialects::TextEdit in_place(const StatementText& statement, std::string text);
/// The statement and its line replaced.
dialects::TextEdit whole(const StatementText& statement, std::string text);
/// The table without these rows of it, in its own file or where it is written out. Empty: it
/// cannot do without them, or is written in a way that is not known here.
std::vector<dialects::TextEdit> without_rows(const FileSystem& files, const Table& table,
                                             const std::vector<Row>& rows);

}  // namespace relayproof::opensmtpd
