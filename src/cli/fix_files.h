// The part of `fix` that writes: locks, applies, reloads, takes back.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "repair/apply.h"
#include "repair/transaction.h"

namespace relayproof::cli {

/// Puts off SIGINT, SIGTERM and SIGHUP for as long as it lives: files are not left half-way.
class SignalsLater {
 public:
  SignalsLater();
  SignalsLater(const SignalsLater&) = delete;
  SignalsLater& operator=(const SignalsLater&) = delete;
  ~SignalsLater();
};

/// The folder of a configuration, links resolved: where the lock and the records are.
Result<std::string> real_folder(const std::string& path);

/// The lock, with whatever an earlier run left unfinished put back; says so on standard error.
Result<repair::FolderLock> lock_and_recover(const std::string& folder);

/// `20261122T103000`, local time.
std::string time_stamp();

/// `fix --undo`: the exit status.
int undo_fix(const Arguments& arguments, const std::string& path);

}  // namespace relayproof::cli
