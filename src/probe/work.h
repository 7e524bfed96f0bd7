// Many targets: where the next one comes from, and where goes what was found. The queue may be a
// file here, or one that many machines share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "probe/observation.h"
#include "probe/target.h"

namespace relayproof::probe {

/// One target of a queue.
struct Work {
  TargetSpec target;
  std::uint64_t number = 0;  ///< its place in the queue: the same target has the same one again
};

class WorkQueue {
 public:
  virtual ~WorkQueue() = default;

  /// The next target, each once; nullopt when there is none any more.
  virtual std::optional<Work> next() = 0;
  /// How many there are in all, those included that were asked in an earlier run.
  virtual std::uint64_t size() const = 0;
};

class ResultSink {
 public:
  virtual ~ResultSink() = default;

  /// Keeps what came of a target, or why it could not be asked, whole or not at all. A failure ends
  /// the run: what cannot be kept need not be asked.
  virtual Result<bool> take(const Work& work, Result<Run> run) = 0;
};

}  // namespace relayproof::probe
