#include "logs/distinct.h"

#include <algorithm>
#include <iterator>

namespace relayproof::logs {

void Distinct::add(std::uint64_t hash) {
  hash |= 1;  // 0 marks a free place
  if (hash > bound_) {
    full_ = true;
    return;
  }
  if ((size_ + 1) * 2 > table_.size()) rebuild();
  insert(hash);
}

void Distinct::insert(std::uint64_t hash) {
  // The low bits choose the place, since the high ones say whether it is kept at all.
  const auto mask = table_.size() - 1;
  for (auto at = static_cast<std::size_t>(hash >> 1) & mask;; at = (at + 1) & mask) {
    if (table_[at] == hash) return;
    if (table_[at] != 0) continue;
    table_[at] = hash;
    ++size_;
    return;
  }
}

// Makes room; at the limit by forgetting the larger half.
void Distinct::rebuild() {
  std::vector<std::uint64_t> kept;
  kept.reserve(size_);
  std::copy_if(table_.begin(), table_.end(), std::back_inserter(kept),
               [](std::uint64_t hash) { return hash != 0; });
  if (kept.size() > limit) {
    std::nth_element(kept.begin(), kept.begin() + limit / 2, kept.end());
    bound_ = kept[limit / 2];
    kept.resize(limit / 2);
    full_ = true;
  }
  std::size_t size = 16;
  while (size < kept.size() * 4) size *= 2;
  table_.assign(size, 0);
  size_ = 0;
  for (const auto hash : kept) insert(hash);
}

std::uint64_t Distinct::count() const {
  if (!full_ || bound_ == UINT64_MAX) return size_;
  const double share = static_cast<double>(bound_) / 18446744073709551616.0;
  return static_cast<std::uint64_t>(static_cast<double>(size_) / share + 0.5);
}

}  // namespace relayproof::logs
