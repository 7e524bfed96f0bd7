// What is worth telling about an smtpd.conf(5) beside the answer who may relay. Codes and pages:
// docs/findings.
#pragma once

#include <vector>

#include "base/file_system.h"
#include "base/finding.h"
#include "dialects/dialect.h"
#include "dialects/opensmtpd/config.h"

namespace relayproof::opensmtpd {

std::vector<Finding> findings(const FileSystem& files, const Config& config,
                              const dialects::Host& host);

}  // namespace relayproof::opensmtpd
