// What differs between two configurations.
#pragma once

#include <string>

#include "questions/compare.h"
#include "report/render.h"

namespace relayproof::report {

struct Compared {
  std::string before;  ///< the path
  std::string after;
  const questions::Comparison& comparison;
};

/// `relayproof/diff/1`: pretty-printed, or one line.
std::string comparison_json(const Compared& compared);
std::string comparison_json_line(const Compared& compared);
std::string comparison_text(const Compared& compared, const TextOptions& options);

}  // namespace relayproof::report
