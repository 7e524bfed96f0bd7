// Keys and what they give: access maps, domain lists, alias tables, pattern tables. A million rows
// are one table with a few distinct results, not a million rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/pattern.h"
#include "policy/keyed_rows.h"

namespace relayproof::policy {

/// How keys are made of a subject, in the order in which they are asked.
enum class Key : std::uint8_t {
  whole,              ///< `user+ext@example.com`, a host name
  without_extension,  ///< `user@example.com`, if there is an extension
  domain,             ///< `example.com`
  parents,            ///< `example.com` and `com` of mail.example.com: the domain's parents
  dotted_parents,     ///< `.example.com`, `.com`
  local_at,           ///< `user+ext@`
  local_at_without_extension,  ///< `user@`, if there is an extension
  local,                       ///< `user+ext`
  local_without_extension,     ///< `user`, if there is an extension
  at_domain,                   ///< `@example.com`
  host_parents,                ///< parents of a host name; of an address in digits none
  dotted_host_parents,         ///< the same with a leading dot
};
std::string_view to_string(Key key);

/// A row that a pattern stands for; asked only with Key::whole. `unless` and `only_if` are the
/// conditional blocks around it (`if /x/`, `if !/x/`).
struct PatternRow {
  patterns::Pattern pattern;
  bool negated = false;
  std::vector<patterns::Pattern> only_if;
  std::vector<patterns::Pattern> unless;
  Row row;
};

/// Literal keys, or patterns in order, or one row for everything.
struct Table {
  std::string name;       ///< as the configuration calls it: `hash:/etc/postfix/access`
  std::string file;       ///< where its rows stand; empty: in the configuration itself
  bool fold_case = true;  ///< keys are in lower case and so is what is asked
  KeyedRows literals;     ///< keys live in `storage`
  std::vector<PatternRow> patterns;
  std::optional<Row> everything;  ///< gives this for any key (`static:`)
  std::vector<std::shared_ptr<const std::string>> storage;
};

/// A table as it is asked: several tables count as one, asked key by key, table by table.
struct Lookup {
  std::vector<std::uint32_t> tables;  ///< indices into Policy::tables
  std::vector<Key> keys;
  std::string extension_delimiters;  ///< `+`; empty: addresses have no extension
  bool operator==(const Lookup&) const = default;
};

struct Match {
  const Table* table = nullptr;
  Row row;
  std::string key;                             ///< the literal key, or the pattern's subject
  const patterns::Pattern* pattern = nullptr;  ///< of a pattern row
};

/// The first row that answers for this text (already a part, already rewritten).
std::optional<Match> find(std::span<const Table> tables, const Lookup& lookup,
                          std::string_view text);

/// The keys that `find` asks for, in order, without repetition.
std::vector<std::string> keys_of(const Lookup& lookup, std::string_view text);

}  // namespace relayproof::policy
