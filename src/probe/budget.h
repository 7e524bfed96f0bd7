// Sessions at a time with one server, over all of its doors that are asked together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace relayproof::probe {

class Budget {
 public:
  explicit Budget(std::size_t sessions) : sessions_(sessions) {}

  /// How a door is told that there may be room for one more.
  using Listener = std::function<void()>;

  std::size_t sessions() const { return sessions_; }
  /// For another session of a door that has `of_this_door`: one is kept for each that waits for its
  /// first.
  bool has_room(std::size_t of_this_door) const {
    return open_ + (of_this_door == 0 ? 0 : hungry_) < sessions_;
  }
  void take() { ++open_; }
  void give_back() {
    --open_;
    for (std::size_t i = 0; i < listeners_.size(); ++i) (*listeners_[i])();
  }
  /// A door waits for its first session, or does no longer.
  void hunger(bool begins) { hungry_ = begins ? hungry_ + 1 : hungry_ - 1; }
  void listen(const Listener& listener) { listeners_.push_back(&listener); }
  void leave(const Listener& listener) {
    listeners_.erase(std::find(listeners_.begin(), listeners_.end(), &listener));
  }

 private:
  std::size_t sessions_;
  std::size_t open_ = 0;
  std::size_t hungry_ = 0;
  std::vector<const Listener*> listeners_;
};

}  // namespace relayproof::probe
