// Changes of sendmail.mc, the access map and class files that may close a configuration, and what
// is due after them.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"

namespace relayproof::sendmail {

std::vector<dialects::Remedy> remedies(const FileSystem& files, const std::string& path,
                                       const dialects::Host& host,
                                       const dialects::RemedyRequest& request);

dialects::Upkeep upkeep(const FileSystem& files, const std::string& path,
                        const dialects::Host& host, const std::vector<std::string>& edited);

}  // namespace relayproof::sendmail
