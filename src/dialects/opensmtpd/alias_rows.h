// Aliases: what their right-hand sides mean, and which row a name or an address finds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialects/opensmtpd/config.h"

namespace relayproof::opensmtpd {

/// One target of an alias (text_to_expandnode() of to.c).
struct Target {
  enum class Kind : std::uint8_t {
    user,
    address,
    program,  ///< or a file
    include,  ///< more targets, in a file
    error,    ///< refused with these words
    invalid,  ///< smtpd cannot read the row: 424
  } kind = Kind::invalid;
  std::string text;
};
Target target_of(std::string_view text);

/// The rows of a table by their keys in lower case.
class AliasRows {
 public:
  explicit AliasRows(const Table& table);
  const Row* find(std::string_view key) const;

 private:
  std::unordered_map<std::string, const Row*> rows_;
};

}  // namespace relayproof::opensmtpd
