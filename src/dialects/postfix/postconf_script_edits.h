// What a shell script or a Dockerfile does to main.cf and master.cf: `postconf -e` and its kin
// (postconf(1)), lines that are written into the files, and what else touches them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_range.h"
#include "dialects/postfix/postconf_script_values.h"

namespace relayproof::postfix {

/// One change of main.cf or master.cf.
struct ScriptEdit {
  enum class Kind : std::uint8_t {
    set,           ///< main.cf: `value` is `name = value`, `target` the name
    unset,         ///< main.cf: `target` goes back to its default (-X, -#)
    add_lines,     ///< `value` is text at the end of the file
    replace_file,  ///< `value` is all of the file
    service,       ///< master.cf: `value` is the line of the service `target` (`smtp/inet`)
    no_service,    ///< master.cf: `target` goes (-MX, -M#)
    option,        ///< master.cf: `value` is `name=value`, of the service `target` (-P)
    refused,       ///< postconf takes it for an error and changes nothing: `why`
    unknown,       ///< something that is not followed: `why`
  };
  Kind kind = Kind::unknown;
  bool of_master = false;
  bool replaces = false;   ///< of unknown: nothing of the file stays
  bool is_idle = false;    ///< of unknown: it cannot matter who may relay
  std::size_t branch = 0;  ///< index into ScriptReading::branches
  SourceRange where;       ///< of the command
  std::string written;     ///< the command or its argument, for people
  ScriptValue value{};
  std::string target{};
  std::string why{};
};

/// Commands that run under a condition only. The first one has none.
struct ScriptBranch {
  SourceRange where;
  std::string text;  ///< `if [ -f /overrides ]`, as written
  /// These variables would have to be set; nobody sets them, so the branch is taken not to run.
  std::set<std::string> unless;
};

struct ScriptReading {
  std::vector<ScriptEdit> edits;  ///< in the order in which they are made
  std::vector<ScriptBranch> branches{{}};
  /// From here on the script was not understood; the text says why.
  std::vector<Unread> stops;
  std::vector<Unread> elsewhere;  ///< files that are part of the script and were not read
  /// It runs postconf to change something, or writes main.cf or master.cf.
  bool edits_postfix() const { return !edits.empty(); }
};

/// The edits of `postconf ARGUMENTS`; none if it only asks.
std::vector<ScriptEdit> postconf_edits(const std::vector<ScriptValue>& arguments);

/// Whether a file's name means main.cf (false) or master.cf (true); nullopt: neither.
std::optional<bool> names_master(const ScriptValue& file);

}  // namespace relayproof::postfix
