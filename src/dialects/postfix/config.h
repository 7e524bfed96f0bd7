// A Postfix configuration in Postfix's own words: parameters with their effective values, and the
// services of master.cf. Nothing here says what a value means for relaying; everything here can
// say where each character of a value was written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/source_range.h"
#include "dialects/postfix/host.h"
#include "mail/ip_address.h"

namespace relayproof::postfix {

/// What Postfix itself would say about its configuration.
struct Problem {
  enum class Kind {
    fatal,    ///< the program that reads this stops: the service, or all of Postfix, does not run
    warning,  ///< logged, and ignored or replaced
  };
  Kind kind = Kind::warning;
  SourceRange where;
  std::string says;  ///< one sentence, without a full stop

  bool operator==(const Problem& other) const {
    return kind == other.kind && to_string(where) == to_string(other.where) && says == other.says;
  }
};

enum class Provenance : std::uint8_t {
  built_in,   ///< the default of this version and compatibility_level
  host,       ///< a default that is made of the machine's name or addresses
  main_cf,    ///< a line of main.cf (or of `postconf -n`)
  master_cf,  ///< an `-o name=value` of a service
};
std::string_view to_string(Provenance provenance);  ///< `default`, `host`, `main.cf`, ...

/// One value as it was written, before any expansion. Continuation lines are joined as Postfix
/// joins them: the newline goes, the blanks stay.
struct Setting {
  /// From this offset of `text` on, the characters stand at `where` and right of it.
  struct Line {
    std::size_t offset = 0;
    SourceRange where;
  };

  std::string name;
  std::string text;
  Provenance provenance = Provenance::built_in;
  SourceRange declared;     ///< of the name; of the file alone for a default
  SourceRange where;        ///< of the value's first character; of the name if it is empty
  std::vector<Line> lines;  ///< ascending; empty for a default

  /// Where the character at this offset stands; `where` for a default.
  SourceRange locate(std::size_t offset) const;
  bool is_default() const {
    return provenance == Provenance::built_in || provenance == Provenance::host;
  }
};
using SettingPtr = std::shared_ptr<const Setting>;

/// A value after `$name` expansion, which knows for each character where it was written.
struct Value {
  /// [begin, end) of `text` was copied from `setting->text`, from `offset` on. Where an expression
  /// made the text (`${{1} < {2}}` gives `true`), it is the expression and `copied` is false.
  struct Piece {
    std::size_t begin = 0;
    std::size_t end = 0;
    SettingPtr setting;
    std::size_t offset = 0;
    bool copied = true;
  };

  std::string text;
  SettingPtr setting;             ///< the parameter's own setting or default; never null
  std::vector<Piece> pieces;      ///< ascending, without gaps, covering `text`
  std::vector<SettingPtr> uses;   ///< every setting that took part, `setting` first; those that a
                                  ///< condition only asked for, too
  std::optional<Problem> failed;  ///< the expansion is an error for Postfix; then `text` is empty

  /// The line to point at for the character at `offset`: also within `$mynetworks`. At the end of
  /// the text and beyond, and where the text is empty, the setting itself.
  SourceRange locate(std::size_t offset) const;
  /// The setting in which the character at `offset` is written; `setting` at the end and beyond.
  const Setting& written_in(std::size_t offset) const;
};

/// `yes` or `no` in any case; anything else is fatal for Postfix: nullopt.
std::optional<bool> to_bool(std::string_view text);
/// A decimal number with an optional sign, as a Postfix integer: nullopt where it is fatal.
std::optional<long> to_integer(std::string_view text);
/// Seconds of a number with a unit of s, m, h, d, w (the given one if it has none).
std::optional<long> to_seconds(std::string_view text, char default_unit);

/// Where an inet service listens, as its first column says.
struct Endpoint {
  std::string host;  ///< without brackets; empty: wherever inet_interfaces says
  std::string port;  ///< as written
  std::optional<mail::IpAddress> address;  ///< of `host`, if it is one and no name
  std::optional<std::uint16_t> number;     ///< of `port`; nullopt: a name that is not known
};

/// A service of master.cf (master(5)), its columns resolved to what `-` stands for.
struct Service {
  enum class Type : std::uint8_t { inet, unix_stream, unix_datagram, fifo, pass };
  struct Argument {
    std::string text;
    SourceRange where;
  };

  std::string name;  ///< the first column
  Type type = Type::inet;
  std::optional<Endpoint> endpoint;  ///< for inet only
  bool is_private = true;
  bool unprivileged = true;
  bool chroot = false;
  std::optional<int> process_limit;   ///< nullopt: default_process_limit
  std::string command;                ///< `smtpd`, `pipe`, ...; its last component only
  std::vector<Argument> arguments;    ///< behind the command, without -o and its values
  std::vector<SettingPtr> overrides;  ///< each -o in order; of several for one name the last counts
  SourceRange where;                  ///< of the first column; line 0 if the service is assumed
  bool is_disabled = false;           ///< by master_service_disable
  std::vector<Problem> problems;      ///< in its own line: its program would not start

  /// `smtp inet`, `10025 inet`: how logs and postconf -P call it.
  std::string id() const;
};
std::string_view to_string(Service::Type type);  ///< `inet`, `unix`, `unix-dgram`, `fifo`, `pass`

/// A line that Postfix refuses or ignores, or a command of a script that makes main.cf and has no
/// effect that is known.
struct Unread {
  SourceRange where;
  std::string text;
  bool is_fatal = false;
  std::string why = {};    ///< of a command
  bool may_matter = true;  ///< of a command: it could decide who may relay
};

/// The addresses at which something stands, and whether that is all of them.
struct Addresses {
  std::vector<mail::IpAddress> addresses;  ///< 0.0.0.0 and :: stand for every address
  bool complete = true;                    ///< false: more, which nobody told us
};

struct Parameter;

class Config {
 public:
  /// `$name` parameters and defaults as a daemon sees them that has no -o of its own (cleanup,
  /// trivial-rewrite, qmgr). Never fails: a name that nobody set and Postfix does not know has the
  /// empty value.
  Value effective(std::string_view name) const;
  /// As the program of this service sees it, its own -o included. For what another program reads
  /// (transport_maps for smtpd), ask for that program's service.
  Value effective(const Service& service, std::string_view name) const;
  /// The same while all processes of the service are busy, when `$stress` is `yes`: some values
  /// ask for it, and anybody can keep a server busy (STRESS_README).
  Value effective_under_stress(const Service& service, std::string_view name) const;

  /// What is written in main.cf for a name, if anything is; the last of several.
  SettingPtr find(std::string_view name) const;
  /// Every line of main.cf in its order, those included that a later one overrides.
  const std::vector<SettingPtr>& settings() const { return settings_; }
  const std::vector<Service>& services() const { return services_; }
  /// The service of this name and type that counts (the last one), or null: `relay`, unix.
  const Service* service(std::string_view name, Service::Type type) const;

  /// The version whose behaviour is followed: the given one within what is written down here.
  const Version& version() const { return version_; }
  bool version_is_known() const { return host_.mta_version.has_value(); }
  /// Whether compatibility_level is at least this; never before 3.0, which has none.
  bool compatible_with(std::string_view level) const;
  const std::string& folder() const { return folder_; }        ///< config_directory
  const std::string& main_cf() const { return main_cf_; }      ///< path of the file that was read
  const std::string& master_cf() const { return master_cf_; }  ///< empty: the stock one is assumed
  const Host& host() const { return host_; }

  /// What stops all of Postfix, or makes it complain.
  const std::vector<Problem>& problems() const { return problems_; }
  /// What concerns this service alone: its line, its overrides, and values that only its program
  /// reads and would refuse (`maybe` for a boolean).
  std::vector<Problem> problems(const Service& service) const;
  /// Lines that are neither a parameter nor a service.
  const std::vector<Unread>& not_read() const { return not_read_; }
  /// What was taken for granted while reading.
  const std::vector<Assumption>& assumptions() const { return assumptions_; }
  /// Where a script makes main.cf: what of it could close what the rest opens, and is not known.
  const std::vector<Unread>& may_close() const { return may_close_; }
  /// No line of main.cf is anywhere but in the files that were read.
  bool is_whole() const { return is_whole_; }

  /// Addresses at which this inet service listens (inet_interfaces, inet_protocols).
  Addresses listens_at(const Service& service) const;
  /// The addresses that are the host's own: inet_interfaces and proxy_interfaces. What
  /// `user@[address]`, permit_inet_interfaces and permit_mx_backup ask for.
  Addresses own_addresses() const;

 private:
  friend class ConfigReader;
  enum class Load : std::uint8_t { normal, stress };
  Value value_of(const Service* service, std::string_view name, Load load,
                 std::optional<std::size_t> horizon = {}) const;
  SettingPtr written(const Service* service, std::string_view name, Load load) const;
  SettingPtr default_of(const Service* service, const Parameter& parameter) const;
  Value with_origin(Value value) const;
  struct Interfaces {
    std::vector<mail::Network> networks;
    bool complete = true;      // all addresses are known
    bool has_prefixes = true;  // of all that are known
  };
  Interfaces interfaces_of(const Service* service) const;
  std::string networks_of(const Service* service) const;

  Version version_ = newest_version;
  std::string folder_;
  std::string main_cf_;
  std::string master_cf_;
  Host host_;
  std::vector<SettingPtr> settings_;
  std::map<std::string, SettingPtr, std::less<>> last_;
  SettingPtr origin_;  // what the file holds that myorigin names (Debian), or null
  std::vector<Service> services_;
  std::vector<Unread> not_read_;
  std::vector<Problem> problems_;
  std::vector<Assumption> assumptions_;
  std::vector<Unread> may_close_;
  bool is_whole_ = true;
};

/// Reads a folder with main.cf and master.cf, a main.cf (master.cf beside it), or a file with what
/// `postconf -n` printed (any other name; the stock master.cf is assumed then, and where there is
/// none). Fails with one line where there is nothing that Postfix could read either: no such file,
/// unreadable, no main.cf in the folder. What Postfix would refuse is in problems() instead.
Result<Config> read(const FileSystem& files, const std::string& path, const Host& host);

}  // namespace relayproof::postfix
