// The check of this machine: its servers' configurations, its doors, its logs, all held together.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cli/arguments.h"
#include "cli/instances.h"
#include "net/loop.h"
#include "net/network.h"
#include "report/check.h"

namespace relayproof::cli {

/// Owns what its report refers to.
struct InsideCheck {
  std::vector<FoundInstance> instances;
  std::vector<questions::Audit> audits;  ///< one for each of them
  std::vector<mail::IpSet> trusted;      ///< for each of them
  std::optional<probe::Run> run;
  std::vector<crosscheck::SeenAs> seen;
  std::vector<report::SecondOpinion> opinions;
  std::vector<report::Abuse> abuse;
  std::vector<report::WayOut> ways;
  std::vector<std::string> not_read;
  std::vector<std::string> next;
  crosscheck::CrossCheck cross;

  report::Checked checked() const;
};

/// Why there was nothing to check, and the run that was handed in.
struct NothingInside {
  Error error;
  std::optional<probe::Run> run;
};

/// Finds and audits the servers of this machine, asks their doors unless `outside` has, looks into
/// their logs, and compares.
tl::expected<InsideCheck, NothingInside> check_inside(const Arguments& arguments,
                                                      std::optional<probe::Run> outside,
                                                      net::Network& network, net::Loop& loop);

}  // namespace relayproof::cli
