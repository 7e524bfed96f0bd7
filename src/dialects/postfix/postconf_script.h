// A server whose main.cf is made by a script: `postconf -e …` in an entrypoint.sh or a Dockerfile.
// What the script does becomes lines of main.cf and master.cf that stand in the script; the rest of
// both is what the package ships, which is not here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/host.h"
#include "dialects/postfix/postconf_script_edits.h"

namespace relayproof::postfix {

/// The scripts of one server, in the order in which they run, and what they do.
struct Scripts {
  std::string folder;
  std::vector<std::string> files;  ///< paths
  ScriptReading reading;
  std::vector<std::string> not_here;  ///< programs that the container starts, which are not read
};

/// The scripts that a path means: the file itself, or the Dockerfile and shell scripts in a folder
/// without a main.cf. Nullopt if none of them changes a configuration of Postfix.
std::optional<Scripts> find_scripts(const FileSystem& files, const std::string& path,
                                    const std::map<std::string, std::string>& environment);

/// main.cf and master.cf as the scripts leave them.
struct ScriptedFiles {
  std::vector<SettingPtr> settings;  ///< that are in force, in the order in which they were set
  bool is_whole = false;             ///< main.cf is written by the script from its first line on
  struct Change {
    enum class Kind : std::uint8_t { service, no_service, option } kind = Kind::service;
    std::string target;   ///< `smtp/inet`
    LogicalLine line{};   ///< of a service
    SettingPtr option{};  ///< of an option
    SourceRange where{};
  };
  std::vector<Change> changes;    ///< of master.cf
  bool is_whole_master = false;   ///< master.cf is written by the script
  std::vector<Unread> notes;      ///< everything that is not in force, and why
  std::vector<Assumption> taken;  ///< what was taken for granted
  /// What is not known and could close what is open.
  std::vector<Unread> may_close;
};

/// With these branches run, others not.
ScriptedFiles files_of(const Scripts& scripts, const std::set<std::size_t>& running);

/// Branches that set something by which it can be decided who may relay.
std::vector<std::size_t> telling_branches(const Scripts& scripts);

/// What they set, for people.
std::string telling_edits(const Scripts& scripts, std::size_t branch);

/// The configuration that this makes, as read() gives one.
Result<Config> read(const FileSystem& files, const Scripts& scripts,
                    const std::set<std::size_t>& running, const Host& host);

}  // namespace relayproof::postfix
