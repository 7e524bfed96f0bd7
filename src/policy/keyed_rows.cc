#include "policy/keyed_rows.h"

#include <bit>
#include <functional>

namespace relayproof::policy {
namespace {

static_assert(sizeof(std::size_t) == 8, "half of a hash is a tag");

std::size_t hash_of(std::string_view key) { return std::hash<std::string_view>()(key); }
std::uint32_t tag_of(std::size_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

// Open addressing; the slot that the key has or would have.
std::size_t KeyedRows::slot_of(std::string_view key, std::size_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at].place != 0; at = (at + 1) & mask) {
    if (slots_[at].tag == tag_of(hash) && rows_[slots_[at].place - 1].first == key) break;
  }
  return at;
}

void KeyedRows::spread(std::size_t slots) {
  slots_.assign(slots, Slot());
  for (std::size_t place = 0; place < rows_.size(); ++place) {
    const auto hash = hash_of(rows_[place].first);
    std::size_t at = hash & (slots - 1);
    while (slots_[at].place != 0) at = (at + 1) & (slots - 1);
    slots_[at] = {tag_of(hash), static_cast<std::uint32_t>(place + 1)};
  }
}

void KeyedRows::reserve(std::size_t rows) {
  rows_.reserve(rows);
  const auto wanted = std::bit_ceil(rows * 2 + 2);
  if (wanted > slots_.size()) spread(wanted);
}

std::pair<KeyedRows::iterator, bool> KeyedRows::try_emplace(std::string_view key, const Row& row) {
  if (slots_.size() < (rows_.size() + 1) * 2) spread(std::bit_ceil(rows_.size() * 4 + 8));
  const auto hash = hash_of(key);
  Slot& slot = slots_[slot_of(key, hash)];
  const bool is_new = slot.place == 0;
  if (is_new) {
    rows_.emplace_back(key, row);
    slot = {tag_of(hash), static_cast<std::uint32_t>(rows_.size())};
  }
  return {rows_.begin() + static_cast<std::ptrdiff_t>(slot.place - 1), is_new};
}

void KeyedRows::insert_or_assign(std::string_view key, const Row& row) {
  const auto [entry, is_new] = try_emplace(key, row);
  if (!is_new) entry->second = row;
}

KeyedRows::const_iterator KeyedRows::find(std::string_view key) const {
  if (rows_.empty()) return end();
  const auto place = slots_[slot_of(key, hash_of(key))].place;
  return place == 0 ? end() : begin() + static_cast<std::ptrdiff_t>(place - 1);
}

}  // namespace relayproof::policy
