// Redirection data: what a redirect router sends an address on to (specification, chapter 22).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/expand.h"
#include "dialects/exim/lookups.h"

namespace relayproof::exim {

/// What a text of redirection data means.
struct Redirection {
  enum class Kind : std::uint8_t {
    declines,
    addresses,
    dropped,
    local,
    unreadable
  } kind = Kind::declines;
  std::vector<std::string> addresses;  ///< qualified
};
Redirection read_redirection(std::string_view data, const std::string& qualify);
/// Its addresses; where it has none, the text as it stands.
std::vector<std::string> redirection_targets(std::string_view data, const std::string& qualify);

/// `${lookup{key}lsearch{file}}` as a whole: its rows are redirection data.
struct RowData {
  LookupType type;
  std::string file;
  policy::Subject key;
  Value otherwise;  ///< where no row is found
};
std::optional<RowData> data_in_rows(Lowering& to, std::string_view data, const Scope& scope);

/// The rewritings that a text of data is, if it is one address made of parts of the recipient's:
/// templates, or, where other functions are applied, a computed text of this name. One of their
/// conditions holds. Empty: it is not followed.
struct Rewriting {
  policy::ConditionId when = 0;
  policy::Transform transform;
};
std::vector<Rewriting> rewritings_of(Lowering& to, const Text& text, const std::string& name);

}  // namespace relayproof::exim
