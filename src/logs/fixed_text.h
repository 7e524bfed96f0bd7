// A short text in place, cut where it is longer: what messages under way are remembered by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace relayproof::logs {

template <std::size_t capacity>
class FixedText {
 public:
  FixedText() = default;
  FixedText(std::string_view text) { assign(text); }  // NOLINT: a text is what it is

  void assign(std::string_view text) {
    size_ = static_cast<std::uint8_t>(text.size() < capacity ? text.size() : capacity);
    if (size_ > 0) std::memcpy(text_, text.data(), size_);
  }
  std::string_view view() const { return {text_, size_}; }
  bool empty() const { return size_ == 0; }

 private:
  static_assert(capacity < 256);
  std::uint8_t size_ = 0;
  char text_[capacity] = {};
};

}  // namespace relayproof::logs
