// What a fix found: the patch, who loses what, the other ways.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "repair/apply.h"
#include "repair/plan.h"
#include "report/render.h"

namespace relayproof::report {

struct Fixed {
  std::string title;   ///< `Postfix`
  std::string mta;     ///< `postfix`
  std::string folder;  ///< of the configuration; patches are relative to it
  const repair::Plan& plan;
  const dialects::Loaded& before;
  std::vector<mail::Network> promised;  ///< networks that were stated to relay by right
  std::size_t chosen = 0;               ///< index into the plan's ways
  bool allow_loss = false;
  const repair::Applied* applied = nullptr;  ///< null: nothing was written
};

/// The folder that patches of all these files are relative to: `folder`, or `/` where one lies
/// elsewhere.
std::string patch_folder(const std::string& folder, const repair::Way& way);
/// Unified diffs of all files of a way, as `patch -p1` takes them in patch_folder().
std::string patch_of(const std::string& folder, const repair::Way& way);

/// Instead of a patch, of a way that is commands: those that show what would be done, then those
/// that do it.
std::string commands_of(const repair::Way& way);

/// What to say beside the patch: whether it is proved, who loses what, what else would do.
std::string fix_text(const Fixed& fixed, const TextOptions& options);
/// What was written, what the server said, and what is still to do.
std::string applied_text(const Fixed& fixed, const TextOptions& options);
/// `relayproof/fix/1`: pretty-printed, or one line.
std::string fix_json(const Fixed& fixed);
std::string fix_json_line(const Fixed& fixed);

}  // namespace relayproof::report
