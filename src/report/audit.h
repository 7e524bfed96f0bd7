// What an audit found: one file for each format.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "questions/audit.h"
#include "report/render.h"

namespace relayproof::report {

/// Names of findings, by code: `RP2003` is `postfix-mynetworks-too-wide`.
struct FindingName {
  std::string name;
  std::string title;
};
using FindingNames = std::map<std::string, FindingName>;

struct Audited {
  std::string title;  ///< `Postfix`
  std::string mta;    ///< `postfix`
  const dialects::Loaded& loaded;
  const questions::Audit& audit;
  mail::IpSet trusted;
  double seconds = 0;
};

/// `relayproof/audit/1`: pretty-printed, or one line.
std::string audit_json(const Audited& audited, const FindingNames& names);
std::string audit_json_line(const Audited& audited, const FindingNames& names);
/// Of several configurations, with the path of each: `relayproof/audit-run/1`, with the worst
/// verdict.
struct PlacedAudit {
  std::string path;
  Audited audited;
};
std::string audit_run_json(const std::vector<PlacedAudit>& run, const FindingNames& names);
/// Verdict first, then why, an example, each door, findings, and the settings that bear on it.
std::string audit_text(const Audited& audited, const TextOptions& options);
/// Parts of it, for a check: the verdict, and why it is so.
std::string audit_verdict(const Audited& audited, const TextOptions& options);
std::string audit_reasons(const Audited& audited, const TextOptions& options);
/// `OPEN RELAY`, in its colour on a terminal.
std::string verdict_word(questions::Verdict verdict, const TextOptions& options);
/// Every line of the configuration and how it was understood, as file:line order has it.
std::string coverage_text(const dialects::Loaded& loaded, const TextOptions& options);

/// `4,278,190,080`.
std::string grouped(std::uint64_t number);

}  // namespace relayproof::report
