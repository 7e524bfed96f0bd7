#include "logs/message_table.h"

namespace relayproof::logs {

std::size_t MessageTable::place_of(std::uint64_t key, std::string_view queue_id) const {
  const auto mask = index_.size() - 1;
  auto at = key & mask;
  while (index_[at] != 0) {
    const auto& message = messages_[index_[at] - 1];
    if (message.key == key && message.queue_id.view() == queue_id) break;
    at = (at + 1) & mask;
  }
  return at;
}

Message* MessageTable::find(std::uint64_t key, std::string_view queue_id) {
  if (index_.empty()) return nullptr;
  const auto slot = index_[place_of(key, queue_id)];
  return slot == 0 ? nullptr : &messages_[slot - 1];
}

Message& MessageTable::insert(std::uint64_t key, std::string_view queue_id) {
  if ((used_ + 1) * 2 > index_.size()) grow();
  auto place = place_of(key, queue_id);
  if (index_[place] == 0) {
    const auto slot = free_slot();  // may close a gap, and so move places
    place = place_of(key, queue_id);
    index_[place] = slot + 1;
    ++used_;
  }
  auto& message = messages_[index_[place] - 1];
  message = Message{};
  message.key = key;
  message.queue_id.assign(queue_id);
  return message;
}

std::uint32_t MessageTable::free_slot() {
  if (used_ >= capacity_) {
    while (messages_[oldest_].key == 0) oldest_ = (oldest_ + 1) % messages_.size();
    const auto& old = messages_[oldest_];
    erase(old.key, FixedText<24>(old.queue_id).view());
    oldest_ = (oldest_ + 1) % messages_.size();
    ++forgotten_;
  }
  if (free_.empty()) {
    messages_.emplace_back();
    return static_cast<std::uint32_t>(messages_.size() - 1);
  }
  const auto slot = free_.back();
  free_.pop_back();
  return slot;
}

void MessageTable::erase(std::uint64_t key, std::string_view queue_id) {
  if (index_.empty()) return;
  const auto place = place_of(key, queue_id);
  const auto slot = index_[place];
  if (slot == 0) return;
  unlink(place);
  messages_[slot - 1].key = 0;
  free_.push_back(slot - 1);
  --used_;
}

// Closes the gap, so that no search ends too early.
void MessageTable::unlink(std::size_t place) {
  const auto mask = index_.size() - 1;
  auto gap = place;
  for (auto at = (gap + 1) & mask; index_[at] != 0; at = (at + 1) & mask) {
    const auto wish = messages_[index_[at] - 1].key & mask;
    if (((at - wish) & mask) >= ((at - gap) & mask)) {
      index_[gap] = index_[at];
      gap = at;
    }
  }
  index_[gap] = 0;
}

void MessageTable::grow() {
  const auto size = index_.empty() ? std::size_t{1024} : index_.size() * 2;
  index_.assign(size, 0);
  for (std::size_t slot = 0; slot < messages_.size(); ++slot) {
    if (messages_[slot].key == 0) continue;
    auto at = messages_[slot].key & (size - 1);
    while (index_[at] != 0) at = (at + 1) & (size - 1);
    index_[at] = static_cast<std::uint32_t>(slot + 1);
  }
}

}  // namespace relayproof::logs
