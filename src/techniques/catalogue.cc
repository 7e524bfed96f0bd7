// The catalogue: its tables one after the other, the likeliest first. "twenty types #n" in also_in
// is the numbered list of relay types that testers of the nineties had in common.
#include <vector>

#include "techniques/rows.h"

namespace relayproof::techniques {

std::span<const Technique> catalogue() {
  static const std::vector<Technique> all = [] {
    std::vector<Technique> rows;
    for (const auto table : {plain_rows(), spelled_rows(), reading_rows(), literal_rows(),
                             gateway_rows(), claim_rows(), session_rows(), bare_rows()}) {
      rows.insert(rows.end(), table.begin(), table.end());
    }
    return rows;
  }();
  return all;
}

std::string_view catalogue_version() { return "2026.11"; }

}  // namespace relayproof::techniques
