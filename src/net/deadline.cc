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

struct Alarm::Bell {
  Bell(const boost::asio::any_io_executor& executor, std::function<void()> action)
      : timer(executor), cancel(std::move(action)) {}

  static void wind(const std::shared_ptr<Bell>& bell, TimePoint when) {
    bell->wound = when;
    bell->timer.expires_at(when);  // whoever waited for it before is told so, and does nothing
    bell->timer.async_wait([bell](const boost::system::error_code& error) {
      if (error || bell->stopped) return;
      const TimePoint next = bell->due;
      bell->wound = TimePoint::max();
      if (next == TimePoint::max()) return;
      if (!is_past(next)) return wind(bell, next);
      bell->due = TimePoint::max();
      bell->passed = true;
      bell->cancel();
    });
  }

  boost::asio::steady_timer timer;
  std::function<void()> cancel;
  TimePoint due = TimePoint::max();    // of the wait under way; max: there is none
  TimePoint wound = TimePoint::max();  // when the timer expires; max: it does not run
  bool passed = false;
  bool stopped = false;
};

Alarm::Alarm(const boost::asio::any_io_executor& executor, std::function<void()> cancel)
    : bell_(std::make_shared<Bell>(executor, std::move(cancel))) {}

Alarm::~Alarm() { stop(); }

void Alarm::set(TimePoint when) {
  bell_->passed = false;
  bell_->due = when;
  // It may ring too early, and is wound again then; never too late.
  if (!bell_->stopped && when < bell_->wound) Bell::wind(bell_, when);
}

void Alarm::rest() { bell_->due = TimePoint::max(); }

bool Alarm::passed() const { return bell_->passed; }

void Alarm::stop() {
  bell_->stopped = true;
  bell_->timer.cancel();
}

}  // namespace relayproof::net
