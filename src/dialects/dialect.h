// What every dialect offers. A configuration becomes a policy, and what is to be told beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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
#include "policy/decide.h"
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
  /// What the server's own program of rules says of one attempt, where the dialect runs that.
  /// Empty: the policy decides.
  std::function<policy::Decision(const policy::Policy& policy, std::size_t listener,
                                 const policy::Attempt& attempt)>
      decides;
};

/// A change of one file's text: the bytes [offset, offset + length) become `text`.
struct TextEdit {
  std::string file;  ///< its path, as FileSystem has it
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;
};

/// A change of the configuration's own text that may close it. A suggestion: it proves nothing.
struct Remedy {
  std::string says;             ///< `take 0.0.0.0/0 out of mynetworks`
  std::vector<TextEdit> edits;  ///< of the text as read, none overlapping; empty: says why not
  /// How much it takes away of what the owner wrote: 1 narrows what let strangers in; from 5 on it
  /// gives up something that works.
  unsigned cost = 1;
  /// What no file tells and the owner would lose: `a proxy in front that speaks PROXY`. Or empty.
  std::string asks;
  /// Where what is read is an export and not what the server reads: what to paste there. The edits
  /// then only say what the export would be afterwards, for the proof; nobody applies them.
  std::vector<std::string> commands = {};
  std::vector<std::string> rehearsal = {};  ///< the same, which only show what they would do
};

/// What remedies are wanted for.
struct RemedyRequest {
  std::vector<mail::Network> networks;  ///< that may relay by right, besides loopback
  std::vector<SourceRange> causes;      ///< places that let strangers relay, or hide whether
};

/// How an installed server is kept in step with its files. Commands are words for execvp(3).
struct Upkeep {
  using Command = std::vector<std::string>;
  std::vector<Command> check;   ///< each ends with 0 if the server takes what is on disk
  std::vector<Command> status;  ///< each ends with 0 if the server runs
  std::vector<Command> reload;  ///< what makes the running server read it
  /// A file that is made of another one, which was edited.
  struct Index {
    std::string source;
    std::string file;  ///< what the server reads: `/etc/postfix/access.db`
    Command make;      ///< `%` in a word is the source's path; what it makes has the same suffix
  };
  std::vector<Index> indexes;
};

/// A mail server's configuration language.
struct Dialect {
  std::string_view name;   ///< `postfix`
  std::string_view title;  ///< `Postfix`
  /// Where the configuration of an installed server lies: `/etc/postfix`. Empty: it is no server
  /// of this system, and what is read was exported elsewhere.
  std::string_view usual_place;
  /// True if the path (a folder or a file) holds this server's configuration.
  bool (*recognise)(const FileSystem& files, const std::string& path);
  /// Fails only if we cannot read it: one line with file, line and column.
  Result<Loaded> (*load)(const FileSystem& files, const std::string& path, const Host& host);
  /// How often the model was held against the real server, which versions, and what came of it.
  /// Empty: never.
  std::string_view fidelity = {};
  /// Changes worth trying, likeliest first. Null: none are known for this server.
  std::vector<Remedy> (*remedies)(const FileSystem& files, const std::string& path,
                                  const Host& host, const RemedyRequest& request) = nullptr;
  /// What is due after these files were edited. Null: nothing is known.
  Upkeep (*upkeep)(const FileSystem& files, const std::string& path, const Host& host,
                   const std::vector<std::string>& edited) = nullptr;
  /// Names of the process that listens, blanks between: `exim4 exim`. Empty: they are found in
  /// another way.
  std::string_view listens_as = {};
  /// Files that it logs to by itself where nobody says otherwise, blanks between; rotated ones have
  /// more behind the name: `/var/log/exim4/mainlog`. Empty: it logs through syslog only.
  std::string_view log_files = {};
  /// Units of the journal that its processes run in, as journalctl(1) takes them, blanks between:
  /// `opensmtpd*`.
  std::string_view journal_units = {};
  /// Names of the files that it only reads when it starts or is told to, blanks between. Empty: all
  /// that `Loaded::files` names.
  std::string_view reads_once = {};
  /// The command that plays a session of this client with the configuration at `path`: SMTP on
  /// standard input and output, and nothing comes of it. Null: the server has none.
  Upkeep::Command (*rehearse)(const FileSystem& files, const std::string& path,
                              const mail::IpAddress& client) = nullptr;
};

/// Every dialect, by the names of their folders.
std::span<const Dialect* const> all_dialects();

}  // namespace relayproof::dialects
