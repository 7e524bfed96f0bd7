// cidr_table(5): networks in order, the first one that holds the address counts. The same address
// patterns stand in match lists (mynetworks).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/table_lines.h"
#include "dialects/postfix/table_parser.h"
#include "mail/ip_address.h"

namespace relayproof::postfix {

/// `addr`, `addr/len`, `[addr]`, `[addr]/len`, `[addr/len]`. Fails with Postfix's reason: bits of
/// the host that are not zero, a bad mask, no address (cidr_match(3)).
Result<mail::Network> parse_address_pattern(std::string_view text);

/// The address with all bits behind the prefix set to zero.
mail::IpAddress masked_address(const mail::IpAddress& address, unsigned prefix);

/// A row, or the beginning or end of a block.
struct CidrRow {
  enum class Op : std::uint8_t { match, block, end_of_block };
  Op op = Op::match;
  bool negated = false;     ///< `!`: every other address of the same family
  mail::Network network{};  ///< of match and block
  std::string_view result;  ///< of match
  std::uint32_t line = 0;
  std::uint32_t end = 0;  ///< of block: the row that ends it; the number of rows if none does
};

struct CidrTable {
  std::shared_ptr<const TableText> text;
  std::vector<CidrRow> rows;      ///< those that Postfix keeps
  std::vector<Problem> problems;  ///< lines that it skips, and why

  /// The row that an address finds, or null.
  const CidrRow* find(const mail::IpAddress& address) const;
};

/// Reads the file. `!` and `if ... endif` are known from 3.2 on; a bad line is skipped alone.
CidrTable parse_cidr_table(std::string file, std::shared_ptr<const std::string> content,
                           const TableOptions& options);

}  // namespace relayproof::postfix
