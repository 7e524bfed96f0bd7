// Who has a mailbox on this machine.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/file_system.h"

namespace relayproof::opensmtpd {

/// The users of passwd(5), in lower case: smtpd asks for no others. nullopt if the file cannot be
/// read, or if nsswitch.conf(5) asks somebody else as well.
std::optional<std::set<std::string>> system_users(const FileSystem& files);

}  // namespace relayproof::opensmtpd
