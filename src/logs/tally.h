// What is counted for one source while a log is read.
#pragma once

#include "logs/distinct.h"
#include "logs/event.h"
#include "logs/summary.h"

namespace relayproof::logs {

/// How much at most in one hour, in the order of time; late lines count for the hour under way.
class Busiest {
 public:
  void add(Time when);
  std::uint64_t count() const { return std::max(peak_, current_); }
  Time hour() const;
  /// Of the other hours in which there was anything.
  std::uint64_t usual(std::uint64_t total) const;

 private:
  static constexpr Time hour_seconds = 3600;
  Time hour_ = no_time;
  Time peak_hour_ = no_time;
  std::uint64_t current_ = 0;
  std::uint64_t peak_ = 0;
  std::uint64_t hours_ = 0;
};

/// How many different networks in one day.
class Travels {
 public:
  void add(Time when, std::uint64_t network);
  std::uint64_t count() const { return std::max<std::uint64_t>(peak_, today_.size()); }
  Time day() const;

 private:
  static constexpr std::size_t most = 256;
  Time day_ = no_time;
  Time peak_day_ = no_time;
  std::uint64_t peak_ = 0;
  std::vector<std::uint64_t> today_;
};

/// One delivery to an outside domain, with what its message told before.
struct Relayed {
  Time when = no_time;
  Outcome outcome = Outcome::other;
  bool first_of_message = false;
  std::uint64_t domain = 0;         ///< hash
  std::uint64_t sender_domain = 0;  ///< hash
  std::uint64_t client = 0;         ///< hash
  std::uint64_t network = 0;        ///< hash of its /16 or /32
  std::string_view queue_id;
  std::string_view client_text;
  std::string_view sender;
  std::string_view recipient;
};

struct Tally {
  static constexpr std::size_t most_examples = 3;

  Source source;  ///< without the numbers that finished() fills in
  Distinct domains;
  Distinct sender_domains;
  Distinct clients;
  Busiest busiest;
  Travels travels;

  void add(const Relayed& relayed);
  /// The source with all of its numbers and oddities.
  Source finished() const;
};

}  // namespace relayproof::logs
