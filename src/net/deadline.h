// Cancels an operation when its time is up.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "net/clock.h"

namespace relayproof::net {

/// What would be late already is not tried: a peer that always has another byte ready must not
/// carry us past the deadline.
bool is_past(TimePoint deadline);

/// Lives as long as the wait that it guards. Calls `cancel` at most once, from the loop, and never
/// after its own end.
class Deadline {
 public:
  Deadline(const boost::asio::any_io_executor& executor, TimePoint when,
           std::function<void()> cancel);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() const;

 private:
  struct Watch;
  std::shared_ptr<Watch> watch_;
};

/// The same for one operation after the other of one owner: it is set anew for each of them and
/// rings at the last of these times only, so that an operation that ends costs no timer.
class Alarm {
 public:
  Alarm(const boost::asio::any_io_executor& executor, std::function<void()> cancel);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// A wait begins, until then at most.
  void set(TimePoint when);
  /// The wait is over. passed() still tells of it.
  void rest();
  bool passed() const;
  /// Nothing more will be waited for.
  void stop();

 private:
  struct Bell;
  std::shared_ptr<Bell> bell_;
};

}  // namespace relayproof::net
