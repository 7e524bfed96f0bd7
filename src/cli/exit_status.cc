#include "cli/exit_status.h"

#include <algorithm>
#include <array>

namespace relayproof::cli {

int exit_status(const probe::Run& run) {
  switch (run.verdict) {
    case probe::Verdict::open:
      return critical;
    case probe::Verdict::undecided:
      return unknown;
    case probe::Verdict::closed:
      break;
  }
  return run.weak ? warning : ok;
}

int exit_status(const questions::Audit& audit) {
  using questions::Verdict;
  if (audit.verdict == Verdict::open) return critical;
  if (audit.verdict == Verdict::undecided) return unknown;
  const bool weak =
      std::any_of(audit.findings.begin(), audit.findings.end(),
                  [](const Finding& finding) { return finding.severity >= Severity::medium; });
  return weak || audit.verdict == Verdict::scoped ? warning : ok;
}

int exit_status(const crosscheck::CrossCheck& cross, std::span<const questions::Audit> audits) {
  using questions::Verdict;
  if (cross.verdict == Verdict::open) return critical;
  if (cross.verdict == Verdict::undecided) return unknown;
  const bool differs =
      std::any_of(cross.findings.begin(), cross.findings.end(),
                  [](const Finding& finding) { return finding.severity >= Severity::medium; });
  int status = differs || cross.verdict == Verdict::scoped ? warning : ok;
  for (const auto& audit : audits) status = worse(status, exit_status(audit));
  return status;
}

int worse(int a, int b) {
  constexpr std::array<int, 4> order = {ok, warning, unknown, critical};
  const auto rank = [&](int status) { return std::find(order.begin(), order.end(), status); };
  return std::max(rank(a), rank(b)) == rank(a) ? a : b;
}

}  // namespace relayproof::cli
