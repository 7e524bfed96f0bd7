#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace relayproof::cli {

Progress::Progress(bool quiet) : shown_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_ && done_ > 0) std::fputs("\r\033[K", stderr);
}

void Progress::done(std::size_t count) {
  done_ += count;
  if (!shown_) return;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double rate = static_cast<double>(done_) / std::max(seconds, 0.001);
  const double left = static_cast<double>(total_ - std::min(done_, total_)) / std::max(rate, 0.001);
  const auto line = fmt::format("\r\033[K  asked {} of at most {}, {:.0f} a second, {:.0f} s left",
                                done_, std::max(done_, total_), rate, left);
  std::fputs(line.c_str(), stderr);
}

}  // namespace relayproof::cli
