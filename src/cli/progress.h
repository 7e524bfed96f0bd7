// Progress of long work, on standard error and only on a terminal.
#pragma once

#include <chrono>
#include <cstddef>

namespace relayproof::cli {

class Progress {
 public:
  /// Shows nothing if standard error is no terminal, or if `quiet`.
  explicit Progress(bool quiet);
  ~Progress();  ///< clears its line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// The most that may come.
  void expect(std::size_t total) { total_ += total; }
  void done(std::size_t count);

 private:
  bool shown_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace relayproof::cli
