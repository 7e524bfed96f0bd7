// The users of the system, as `unix:passwd.byname` gives them.
#pragma once

#include <memory>

#include "base/file_system.h"
#include "dialects/postfix/table_parser.h"

namespace relayproof::postfix {

/// The rows of passwd(5), by the user's name. Null if it cannot be read, or if it does not have
/// all of them: nsswitch.conf(5) asks somebody else as well, or we cannot see whom it asks.
std::shared_ptr<const Rows> read_system_users(const FileSystem& files);

}  // namespace relayproof::postfix
