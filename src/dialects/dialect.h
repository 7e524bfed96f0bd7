// What every dialect offers. A configuration becomes a policy, and what is to be told beside it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/finding.h"
#include "base/result.h"
#include "mail/ip_address.h"
#include "policy/policy.h"

namespace relayproof::dialects {

/// What a configuration does not hold about the machine it is for. What is missing and matters
/// becomes an assumption.
struct Host {
  std::optional<std::string> hostname;     ///< fully qualified
  std::vector<mail::Network> interfaces;   ///< addresses with their prefix lengths
  std::optional<std::string> mta_version;  ///< `3.7`, `3.7.11`
  std::map<std::string, std::string> environment;
};

/// How well a line was understood. Only the first two permit a verdict of closed.
enum class Understood : std::uint8_t { understood, irrelevant, unsupported, unrecognised };
std::string_view to_string(Understood understood);

struct CoveredLine {
  SourceRange where;
  std::string text;
  Understood how = Understood::understood;
  std::string why;  ///< for the last three
};

/// The effective value of one setting that bears on relaying.
struct EffectiveSetting {
  std::string name;
  std::string value;
  std::string provenance;  ///< `main.cf`, `default`, `master.cf submission -o`
  SourceRange where;       ///< no file for a default
};

/// Something that had to be taken for granted.
struct Assumption {
  SourceRange where;
  std::string text;
  std::string says;
  /// True if the verdict hangs on it: closed becomes undecided. False: named only.
  bool decisive = false;
};

/// A configuration, read and lowered.
struct Loaded {
  policy::Policy policy;
  std::optional<std::string> version;
  std::vector<std::string> files;  ///< as read, relative to the folder where they lie in it
  std::size_t tables = 0;          ///< how many table files were read
  bool runs = true;                ///< the server as a whole starts with it
  std::string why_not;             ///< in the server's own words
  std::vector<Assumption> assumptions;
  std::vector<Finding> findings;
  std::vector<CoveredLine> coverage;
  std::vector<EffectiveSetting> settings;
};

/// A mail server's configuration language.
struct Dialect {
  std::string_view name;   ///< `postfix`
  std::string_view title;  ///< `Postfix`
  /// Where the configuration of an installed server lies: `/etc/postfix`.
  std::string_view usual_place;
  /// True if the path (a folder or a file) holds this server's configuration.
  bool (*recognise)(const FileSystem& files, const std::string& path);
  /// Fails only if we cannot read it: one line with file, line and column.
  Result<Loaded> (*load)(const FileSystem& files, const std::string& path, const Host& host);
  /// How often the model was held against the real server, which versions, and what came of it.
  /// Empty: never.
  std::string_view fidelity = {};
};

/// Every dialect, by the names of their folders.
std::span<const Dialect* const> all_dialects();

}  // namespace relayproof::dialects
