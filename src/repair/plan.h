// Which edits close a configuration: tried in memory, each way proved by the engine, with who loses
// what. Nothing here writes.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "questions/audit.h"
#include "questions/losses.h"
#include "repair/overlay.h"

namespace relayproof::repair {

/// A configuration that is to be closed.
struct Subject {
  const dialects::Dialect* dialect = nullptr;
  const FileSystem* files = nullptr;
  std::string path;
  dialects::Host host;
  std::vector<std::string> responsible;  ///< domains of the owner that no line names
  /// What stands before the server: changes the doors of what was loaded. Null: nothing does.
  std::function<Result<bool>(dialects::Loaded&)> surroundings = {};
};

struct PlanOptions {
  questions::AuditOptions audit;
  std::vector<mail::Network> networks;  ///< that may relay by right, besides loopback
  std::size_t ways = 4;                 ///< how many at most
  std::size_t trials = 400;             ///< how many edited configurations are audited
  /// After this time no other edit is tried: some patterns take seconds for each.
  std::chrono::seconds patience{60};
};

/// A file that a way edits.
struct FileChange {
  std::string path;
  std::string before;
  std::string after;
};

/// Edits after which the engine proves it closed.
struct Way {
  std::vector<std::string> steps;  ///< what is done, in words
  std::vector<std::string> asks;   ///< what is lost that no file tells of
  std::vector<FileChange> files;
  /// Not empty: these are run where the files were exported, and the files are not to be edited.
  std::vector<std::string> commands;
  std::vector<std::string> rehearsal;  ///< the same, which change nothing
  questions::Losses losses;
  /// Something legitimate would be lost, or it cannot be ruled out.
  bool asks_owner() const { return !asks.empty() || losses.any_legitimate(); }
};

struct Plan {
  questions::Audit before;
  bool needed = false;     ///< it is not closed, or takes no mail because of a line
  std::vector<Way> ways;   ///< the best first
  std::size_t trials = 0;  ///< edited configurations that were looked at
  std::string why_none;    ///< where there is no way: one sentence
};

/// Fails only if the configuration cannot be read.
Result<Plan> plan(const Subject& subject, const PlanOptions& options);

/// The configuration with these texts in the place of its files' own, loaded.
Result<dialects::Loaded> load_with(const Subject& subject, const Texts& texts);

/// Proved closed, and no critical finding is left: it serves, and takes mail.
bool is_mended(const questions::Audit& audit);

}  // namespace relayproof::repair
