// Running mail servers, as /proc shows them. Read only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relayproof::cli {

/// A running master of Postfix, or the process of another server that listens.
struct RunningMaster {
  pid_t process = 0;
  std::string root;           ///< `/proc/N/root` where it has files of its own; else empty
  bool own_network = false;   ///< it lives in another network namespace than we
  std::string configuration;  ///< its configuration folder, in its root
  std::string container;      ///< id of its container, if its control group names one
  /// When its processes last read their files, as far as processes tell: seconds since 1970.
  std::optional<std::int64_t> read_at;
};

/// Every master whose /proc folder we may read, by process number.
std::vector<RunningMaster> running_masters();

/// The name that it calls itself (`/etc/hostname` of its root, or the machine's).
std::string hostname_in(const std::string& root);

}  // namespace relayproof::cli
