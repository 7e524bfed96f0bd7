// What is worth telling about a configuration of Sendmail.
#pragma once

#include <vector>

#include "base/file_system.h"
#include "base/finding.h"
#include "dialects/sendmail/config.h"
#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

std::vector<Finding> findings(const FileSystem& files, const Config& config, const Access& access);

}  // namespace relayproof::sendmail
