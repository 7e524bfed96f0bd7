// Several files replaced as one: at any moment each of them is the old or the new one, and what was
// begun and not finished is found and put back by the next run.
//
// Beside the configuration lie `.relayproof-fix.begun` while files are being replaced, and
// `.relayproof-fix.done` from then on: the record of what --undo puts back. What stood in a file
// before is kept as `main.cf.relayproof-20261122T103000`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "repair/disk.h"

namespace relayproof::repair {

/// Held while a folder's files are being changed; another run that wants it is refused.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// One file that is to be replaced, by its real path.
struct Replacement {
  std::string path;
  std::string before;  ///< what it must still hold
  std::string after;
  bool is_new = false;  ///< there is no such file yet
};

/// Replaces all of them, or none: after an error everything is as it was, unless the error says
/// what is not. What was written counts as begun until keep(). Gives the names of the backups.
/// The caller holds the folder's lock.
Result<std::vector<std::string>> replace_all(const std::string& folder, const std::string& stamp,
                                             const std::vector<Replacement>& replacements);
/// What replace_all() wrote stays; the record becomes that of --undo.
Done keep(const std::string& folder);
/// Puts back what was begun and not kept. Gives the paths that were put back; none if nothing was
/// begun. Fails where a file was changed by others since.
Result<std::vector<std::string>> put_back(const std::string& folder);
/// Puts back what was kept last. Fails, with nothing done, if a file was changed since then.
Result<std::vector<std::string>> undo(const std::string& folder);

bool is_unfinished(const std::string& folder);

}  // namespace relayproof::repair
