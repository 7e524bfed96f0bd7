// A map that remembers the latest entries only: its memory is fixed, whatever is put in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace relayproof::logs {

/// Keys are hashes. When it is full, the entry that was put in first gives way.
template <class Value>
class RecentMap {
 public:
  struct Entry {
    std::uint64_t key = 0;
    Value value{};
    bool used = false;
  };

  explicit RecentMap(std::size_t capacity) : capacity_(capacity) {}

  Value* find(std::uint64_t key) {
    if (entries_.empty()) return nullptr;
    for (auto at = home(key); index_[at] != 0; at = next(at)) {
      auto& entry = entries_[index_[at] - 1];
      if (entry.key == key) return &entry.value;
    }
    return nullptr;
  }

  /// Puts it in, or over what has its key. What had to give way is handed to `out`.
  template <class Out>
  void put(std::uint64_t key, Value value, Out&& out) {
    if (entries_.empty()) allocate();
    if (auto* there = find(key)) {
      *there = std::move(value);
      return;
    }
    auto& entry = entries_[next_];
    if (entry.used) {
      unlink(entry.key);
      out(std::move(entry.value));
    }
    entry = {key, std::move(value), true};
    auto at = home(key);
    while (index_[at] != 0) at = next(at);
    index_[at] = static_cast<std::uint32_t>(next_ + 1);
    next_ = (next_ + 1) % capacity_;
  }
  void put(std::uint64_t key, Value value) {
    put(key, std::move(value), [](Value&&) {});
  }

  void erase(std::uint64_t key) {
    if (entries_.empty()) return;
    if (const auto found = unlink(key)) entries_[found - 1] = Entry{};
  }

  template <class Out>
  void for_each(Out&& out) {
    for (auto& entry : entries_) {
      if (entry.used) out(entry.key, entry.value);
    }
  }

 private:
  std::size_t home(std::uint64_t key) const { return key & (index_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (index_.size() - 1); }

  void allocate() {
    entries_.resize(capacity_);
    std::size_t size = 2;
    while (size < capacity_ * 2) size *= 2;
    index_.resize(size);
  }

  // Takes the key out of the index and closes the gap; the number of its entry and 1, or 0.
  std::uint32_t unlink(std::uint64_t key) {
    auto at = home(key);
    while (index_[at] != 0 && entries_[index_[at] - 1].key != key) at = next(at);
    const auto found = index_[at];
    if (found == 0) return 0;
    for (auto gap = at;;) {
      at = next(at);
      if (index_[at] == 0) {
        index_[gap] = 0;
        return found;
      }
      const auto wish = home(entries_[index_[at] - 1].key);
      const bool moves = ((at - wish) & (index_.size() - 1)) >= ((at - gap) & (index_.size() - 1));
      if (moves) {
        index_[gap] = index_[at];
        gap = at;
      }
    }
  }

  std::size_t capacity_;
  std::size_t next_ = 0;
  std::vector<Entry> entries_;        // allocated with the first one
  std::vector<std::uint32_t> index_;  // number of the entry and 1; 0: free
};

}  // namespace relayproof::logs
