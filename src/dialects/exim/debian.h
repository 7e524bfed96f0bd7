// Debian's way of making the configuration: update-exim4.conf(8) puts macros from
// update-exim4.conf.conf into a template, or into the files of conf.d.
#pragma once

#include <optional>
#include <string>

#include "base/file_system.h"
#include "base/result.h"
#include "dialects/exim/syntax.h"

namespace relayproof::exim {

/// What update-exim4.conf writes, each line with the place where it was written. `hostname`: what
/// /etc/mailname would say if it is not there. Where the folder has neither template nor conf.d,
/// the meaning of Debian's own template stands in for it, and `stands_in` says so.
struct Generated {
  Source source;
  bool stands_in = false;
  bool lacks_parts = false;  ///< conf.d is there, but not all of it
};
Result<Generated> generate_debian(const FileSystem& files, const std::string& answers,
                                  const std::optional<std::string>& hostname);

}  // namespace relayproof::exim
