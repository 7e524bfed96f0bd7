// A way that was proved becomes what is on disk: checked by the server itself, proved once more as
// it stands there, and put back if anything fails.
#pragma once

#include <string>
#include <vector>

#include "repair/plan.h"

namespace relayproof::repair {

struct ApplyOptions {
  questions::AuditOptions audit;
  std::string folder;  ///< of the configuration, links resolved; its lock is held
  std::string stamp;   ///< for the names of backups: `20261122T103000`
  bool reload = false;
};

struct Applied {
  /// A file and what it is called now that stood there before; no backup where there was none.
  struct Written {
    std::string path;
    std::string backup;
  };
  std::vector<Written> files;
  /// What was done besides, or could not be, in words: `postfix check: fine`.
  std::vector<std::string> told;
  bool reloaded = false;
};

/// Refuses, before anything is written, files that something else writes, links, what is read-only,
/// and what changed since the plan read it. After an error all is as it was; the error says so.
Result<Applied> apply(const Subject& subject, const Way& way, const ApplyOptions& options);

/// Lets the running server read its files. Gives what came of it, in words.
Result<std::string> reload(const Subject& subject);

}  // namespace relayproof::repair
