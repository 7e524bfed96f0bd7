// Open addressing over folded keys: tables of a million rows are common enough.
#include <bit>
#include <cstddef>

#include "base/text.h"
#include "dialects/postfix/table_parser.h"

namespace relayproof::postfix {
namespace {

std::size_t hash_folded(std::string_view key) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (char c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace

RowIndex::RowIndex(const std::vector<Row>& rows, Duplicates duplicates)
    : rows_(&rows), slots_(std::bit_ceil(rows.size() * 2 + 2), 0) {
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    auto& slot = slots_[find_slot(rows[i].key)];
    if (slot == 0) {
      slot = i + 1;
    } else if (duplicates == Duplicates::first) {
      hidden_.push_back(&rows[i]);
    } else {
      hidden_.push_back(&rows[slot - 1]);
      slot = i + 1;
    }
  }
}

std::size_t RowIndex::find_slot(std::string_view key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_folded(key) & mask;
  while (slots_[slot] != 0 && !equals_ignoring_case((*rows_)[slots_[slot] - 1].key, key)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

const Row* RowIndex::find(std::string_view key) const {
  const std::uint32_t row = slots_[find_slot(key)];
  return row == 0 ? nullptr : &(*rows_)[row - 1];
}

}  // namespace relayproof::postfix
