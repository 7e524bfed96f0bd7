// Asks every target of a queue, so many at a time, at the pace that was agreed on. What it holds in
// memory depends on how many are asked at a time, not on how many there are.
#pragma once

#include <functional>
#include <optional>

#include "net/network.h"
#include "probe/run.h"
#include "probe/work.h"

namespace relayproof::probe {

struct Pace {
  std::size_t at_a_time = 4;    ///< targets
  double a_second = 0;          ///< targets begun; 0: as fast as they come
  std::size_t per_network = 2;  ///< targets at a time in one /24 or /48
};

/// Called with the plan of each target before its first connection; may be empty.
using Announce = std::function<void(const Plan&)>;

/// Until the queue is empty. A failure is that of the sink.
net::Task<Result<bool>> ask_many(net::Network& network, RunOptions options, WorkQueue& queue,
                                 ResultSink& sink, Pace pace, Announce announce);

}  // namespace relayproof::probe
