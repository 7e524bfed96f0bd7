#include "probe/many.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace relayproof::probe {
namespace {

constexpr std::chrono::milliseconds look_again{50};
constexpr unsigned v4_network = 24;
constexpr unsigned v6_network = 48;

// The network of an address; a name has one of its own, as nobody knows yet where it leads.
std::string network_of(const TargetSpec& target) {
  const auto address = mail::IpAddress::parse(target.host);
  if (!address) return target.host;
  auto bytes = address->bytes();
  const unsigned kept = (address->is_v6() ? v6_network : v4_network) / 8;
  std::fill(bytes.begin() + kept, bytes.end(), std::uint8_t{0});
  return address->is_v6() ? mail::IpAddress::v6(bytes).to_string()
                          : mail::IpAddress::v4({bytes[0], bytes[1], bytes[2], 0}).to_string();
}

class Many {
 public:
  Many(net::Network& network, RunOptions options, WorkQueue& queue, ResultSink& sink, Pace pace,
       Announce announce)
      : network_(network),
        options_(std::move(options)),
        queue_(queue),
        sink_(sink),
        pace_(pace),
        announce_(std::move(announce)),
        next_start_(network.clock().now()) {}

  net::Task<Result<bool>> run() {
    std::vector<net::Task<void>> workers;
    const auto wanted = std::min<std::uint64_t>(pace_.at_a_time, queue_.size());
    for (std::uint64_t i = 0; i < wanted; ++i) workers.push_back(work());
    co_await net::all(std::move(workers), pace_.at_a_time);
    if (failed_) co_return tl::unexpected(*failed_);
    co_return true;
  }

 private:
  net::Task<void> work() {
    while (!failed_) {
      const auto work = queue_.next();
      if (!work) co_return;
      const std::string place = network_of(work->target);
      co_await wait_for(place);
      ++under_way_[place];
      co_await ask_one(*work);
      if (--under_way_[place] == 0) under_way_.erase(place);
    }
  }

  net::Task<void> ask_one(Work work) {
    RunOptions options = options_;
    options.target = work.target;
    auto plan = co_await prepare(network_, std::move(options));
    if (!plan) {
      keep(work, tl::unexpected(plan.error()));
      co_return;
    }
    if (announce_) announce_(*plan);
    Run run = co_await execute(network_, std::move(*plan));
    keep(work, std::move(run));
  }

  void keep(const Work& work, Result<Run> run) {
    const auto kept = sink_.take(work, std::move(run));
    if (!kept && !failed_) failed_ = kept.error();
  }

  // Until it is this one's turn: by the clock, and in its network.
  net::Task<void> wait_for(std::string place) {
    while (under_way_.contains(place) && under_way_[place] >= pace_.per_network) {
      co_await network_.clock().sleep_until(network_.clock().now() + look_again);
    }
    if (pace_.a_second <= 0) co_return;
    const auto turn = std::max(next_start_, network_.clock().now());
    next_start_ = turn + std::chrono::duration_cast<net::Duration>(
                             std::chrono::duration<double>(1 / pace_.a_second));
    co_await network_.clock().sleep_until(turn);
  }

  net::Network& network_;
  RunOptions options_;
  WorkQueue& queue_;
  ResultSink& sink_;
  Pace pace_;
  Announce announce_;
  net::TimePoint next_start_;
  std::map<std::string, std::size_t> under_way_;
  std::optional<Error> failed_;
};

}  // namespace

net::Task<Result<bool>> ask_many(net::Network& network, RunOptions options, WorkQueue& queue,
                                 ResultSink& sink, Pace pace, Announce announce) {
  Many many(network, std::move(options), queue, sink, pace, std::move(announce));
  Result<bool> done = co_await many.run();
  co_return done;
}

}  // namespace relayproof::probe
