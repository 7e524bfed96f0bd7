#include "logs/tally.h"

#include <algorithm>
#include <array>

namespace relayproof::logs {
namespace {

// Of honest accounts few have a provider for each device and hour: home, office, telephone, train.
constexpr std::uint64_t many_networks = 8;
constexpr std::uint64_t sudden_volume = 100;  // recipients in an hour
constexpr std::uint64_t sudden_factor = 10;   // times the usual hour
constexpr std::uint64_t sudden_alone = 500;   // where there is no other hour to compare
constexpr std::uint64_t enough_to_judge = 50;
constexpr std::uint64_t failures_in_ten = 3;
constexpr std::uint64_t many_senders = 20;
constexpr Time day_seconds = 86400;

std::string_view word(Outcome outcome) {
  constexpr std::array<std::string_view, 4> words = {"sent", "deferred", "bounced", "other"};
  return words[static_cast<std::size_t>(outcome)];
}

}  // namespace

std::string_view to_string(Standing standing) {
  constexpr std::array<std::string_view, 7> names = {"stranger", "unclear", "near",   "account",
                                                     "trusted",  "machine", "unknown"};
  return names[static_cast<std::size_t>(standing)];
}

std::string_view to_string(Oddity::Kind kind) {
  constexpr std::array<std::string_view, 4> names = {"many-networks", "sudden-volume",
                                                     "many-failures", "many-senders"};
  return names[static_cast<std::size_t>(kind)];
}

void Busiest::add(Time when) {
  const Time hour = when / hour_seconds;
  if (hour > hour_ || hours_ == 0) {
    if (current_ > peak_) {
      peak_ = current_;
      peak_hour_ = hour_;
    }
    hour_ = hour;
    current_ = 0;
    ++hours_;
  }
  ++current_;
}

Time Busiest::hour() const {
  const Time hour = current_ > peak_ ? hour_ : peak_hour_;
  return hour == no_time ? no_time : hour * hour_seconds;
}

std::uint64_t Busiest::usual(std::uint64_t total) const {
  return hours_ < 2 ? 0 : (total - count()) / (hours_ - 1);
}

void Travels::add(Time when, std::uint64_t network) {
  const Time day = when / day_seconds;
  if (day > day_ || day_ == no_time) {
    if (today_.size() > peak_) {
      peak_ = today_.size();
      peak_day_ = day_;
    }
    day_ = day;
    today_.clear();
  }
  if (today_.size() < most && std::find(today_.begin(), today_.end(), network) == today_.end()) {
    today_.push_back(network);
  }
}

Time Travels::day() const {
  const Time day = today_.size() > peak_ ? day_ : peak_day_;
  return day == no_time ? no_time : day * day_seconds;
}

void Tally::add(const Relayed& relayed) {
  if (relayed.first_of_message) {
    ++source.messages;
    sender_domains.add(relayed.sender_domain);
    if (source.standing == Standing::account) {
      clients.add(relayed.client);
      if (relayed.when != no_time) travels.add(relayed.when, relayed.network);
    }
    if (source.examples.size() < most_examples) {
      source.examples.push_back({relayed.when, std::string(relayed.queue_id),
                                 std::string(relayed.client_text), std::string(relayed.sender),
                                 std::string(relayed.recipient),
                                 std::string(word(relayed.outcome))});
    }
  }
  if (relayed.outcome == Outcome::sent) ++source.sent;
  if (relayed.outcome == Outcome::deferred) ++source.deferred;
  if (relayed.outcome == Outcome::bounced) ++source.bounced;
  domains.add(relayed.domain);
  if (relayed.when == no_time) return;
  if (source.first == no_time || relayed.when < source.first) source.first = relayed.when;
  source.last = std::max(source.last, relayed.when);
  if (relayed.outcome != Outcome::deferred) busiest.add(relayed.when);
}

Source Tally::finished() const {
  Source out = source;
  out.domains = domains.count();
  out.sender_domains = sender_domains.count();
  out.clients = std::max<std::uint64_t>(clients.count(), out.client ? 1 : 0);
  out.counts_are_exact = domains.exact() && sender_domains.exact() && clients.exact();
  using Kind = Oddity::Kind;
  const auto total = out.sent + out.bounced;
  const bool account = out.standing == Standing::account;
  if (account && travels.count() >= many_networks) {
    out.oddities.push_back({Kind::many_networks, travels.count(), 0, travels.day()});
  }
  const auto usual = busiest.usual(total);
  const auto sudden = usual == 0 ? sudden_alone : std::max(sudden_volume, sudden_factor * usual);
  if (account && busiest.count() >= sudden) {
    out.oddities.push_back({Kind::sudden_volume, busiest.count(), usual, busiest.hour()});
  }
  if (total >= enough_to_judge && out.bounced * 10 >= total * failures_in_ten) {
    out.oddities.push_back({Kind::many_failures, out.bounced, total, no_time});
  }
  const bool gateway = out.standing == Standing::near || account;
  if (gateway && out.sender_domains >= many_senders) {
    out.oddities.push_back({Kind::many_senders, out.sender_domains, 0, no_time});
  }
  return out;
}

}  // namespace relayproof::logs
