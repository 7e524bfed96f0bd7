#include "net/deadline.h"

#include <utility>

namespace relayproof::net {

bool is_past(TimePoint deadline) { return std::chrono::steady_clock::now() >= deadline; }

struct Deadline::Watch {
  Watch(const boost::asio::any_io_executor& executor, TimePoint when, std::function<void()> action)
      : timer(executor, when), cancel(std::move(action)) {}

  boost::asio::steady_timer timer;
  std::function<void()> cancel;
  bool passed = false;
  bool over = false;
};

Deadline::Deadline(const boost::asio::any_io_executor& executor, TimePoint when,
                   std::function<void()> cancel)
    : watch_(std::make_shared<Watch>(executor, when, std::move(cancel))) {
  watch_->timer.async_wait([watch = watch_](const boost::system::error_code& error) {
    // The timer may have expired, and its handler be queued, before the operation ended.
    if (error || watch->over) return;
    watch->passed = true;
    watch->cancel();
  });
}

Deadline::~Deadline() {
  watch_->over = true;
  watch_->timer.cancel();
}

bool Deadline::passed() const { return watch_->passed; }

}  // namespace relayproof::net
