// master.cf: one service a line, eight columns, then the arguments of its program (master(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/syntax.h"

namespace relayproof::postfix {

/// What differs between versions and compatibility levels.
struct MasterRules {
  bool chroot_by_default = false;  ///< `-` in the chroot column: before compatibility_level 1
  bool braces = true;              ///< `{ name = value }`: from 3.0 on
  bool unix_datagram = true;       ///< service type unix-dgram: from 3.4 on
};

/// master.cf as Postfix would run it.
struct MasterCf {
  std::vector<Service> services;  ///< in the order of the file
  std::vector<Problem> problems;  ///< lines at which the master daemon stops, or that it ignores
  std::vector<LogicalLine> not_read;  ///< lines that are no service: refused or ignored
};
MasterCf parse_master_cf(std::string_view bytes, const std::string& file, const MasterRules& rules);
/// The same of lines that stand anywhere.
MasterCf parse_master_cf(std::vector<LogicalLine> lines, const MasterRules& rules);

}  // namespace relayproof::postfix
