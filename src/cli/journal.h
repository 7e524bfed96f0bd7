// The results of a long run, and how far it came: after a crash it goes on where it was, and no
// result is lost or there twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"

namespace relayproof::cli {

/// Two files that grow: the results, and a line for each target whose results are whole there:
/// how long the results were then, and its number. What stands in the results beyond the last of
/// these lines came of a target that was not finished, and is cut off at the start.
class Journal {
 public:
  virtual ~Journal() = default;

  /// What is done; the order of the earlier run, if there was one.
  virtual const std::unordered_set<std::uint64_t>& done() const = 0;
  virtual std::uint64_t seed() const = 0;
  /// The earlier runs' part of the exit status.
  virtual int status() const = 0;

  /// Appends the results of this target, then its line.
  virtual Result<bool> keep(std::uint64_t number, int status, std::string_view results) = 0;
};

/// Begins or goes on. `about` is the run: of another one nothing is taken over, and that is a
/// failure, as is a journal that is none.
Result<std::unique_ptr<Journal>> open_journal(const std::string& journal,
                                              const std::string& results, std::string_view about,
                                              std::uint64_t seed);

}  // namespace relayproof::cli
