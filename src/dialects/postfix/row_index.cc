// Open addressing over folded keys: tables of a million rows are common enough.
#include <bit>
#include <cstddef>

#include "base/text.h"
#include "dialects/postfix/table_parser.h"

namespace relayproof::postfix {
namespace {

std::uint64_t hash_folded(std::string_view key) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (char c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return hash ^ (hash >> 29);
}

std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

RowIndex::RowIndex(const std::vector<Row>& rows, Duplicates duplicates)
    : rows_(&rows), slots_(std::bit_ceil(rows.size() * 2 + 2)) {
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const std::uint64_t hash = hash_folded(rows[i].key);
    Slot& slot = slots_[slot_of(rows[i].key, hash)];
    if (slot.row == 0) {
      slot = {i + 1, tag_of(hash)};
    } else if (duplicates == Duplicates::first) {
      hidden_.push_back(&rows[i]);
    } else {
      hidden_.push_back(&rows[slot.row - 1]);
      slot.row = i + 1;
    }
  }
}

std::size_t RowIndex::slot_of(std::string_view key, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash) & mask;
  for (; slots_[at].row != 0; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.tag == tag_of(hash) && equals_ignoring_case((*rows_)[slot.row - 1].key, key)) break;
  }
  return at;
}

const Row* RowIndex::find(std::string_view key) const {
  const std::uint32_t row = slots_[slot_of(key, hash_folded(key))].row;
  return row == 0 ? nullptr : &(*rows_)[row - 1];
}

}  // namespace relayproof::postfix
