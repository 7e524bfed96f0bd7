// The literal rows of a table, by key: a million of them lie in a row, in the order in which they
// were added, and are found without a node for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace relayproof::policy {

/// Of a table's row: which of Policy::results it gives, and where it stands.
struct Row {
  std::uint32_t result = 0;  ///< index into Policy::results
  std::uint32_t line = 0;    ///< in Table::file; 0: none
  std::string_view value;    ///< the right-hand side as written; lives in Table::storage
};

/// Keys are views: whoever adds one keeps its text. What is added stays. Adding makes references
/// and iterators void.
class KeyedRows {
 public:
  using value_type = std::pair<std::string_view, Row>;
  using iterator = std::vector<value_type>::iterator;
  using const_iterator = std::vector<value_type>::const_iterator;

  /// The row that the key has, and whether it is new.
  std::pair<iterator, bool> try_emplace(std::string_view key, const Row& row);
  std::pair<iterator, bool> emplace(std::string_view key, const Row& row) {
    return try_emplace(key, row);
  }
  void insert_or_assign(std::string_view key, const Row& row);
  Row& operator[](std::string_view key) { return try_emplace(key, Row()).first->second; }

  const_iterator find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != end(); }

  const_iterator begin() const { return rows_.begin(); }
  const_iterator end() const { return rows_.end(); }
  iterator begin() { return rows_.begin(); }
  iterator end() { return rows_.end(); }
  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  void reserve(std::size_t rows);

 private:
  /// Half of the key's hash, and the place of its row and one; 0: free.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t place = 0;
  };
  std::size_t slot_of(std::string_view key, std::size_t hash) const;
  void spread(std::size_t slots);

  std::vector<value_type> rows_;
  std::vector<Slot> slots_;  ///< a power of two of them, at least twice as many as rows
};

}  // namespace relayproof::policy
