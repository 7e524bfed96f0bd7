// What smtpd.conf(5) says, in smtpd's own terms: tables, listeners, actions, rules in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/source_range.h"
#include "mail/ip_address.h"

namespace relayproof::opensmtpd {

/// Where a statement stands, and how it reads without its comment, on one line.
struct Place {
  SourceRange where;
  std::string text;
};

/// One row of a table; views into the table's storage.
struct Row {
  std::string_view key;
  std::string_view value;  ///< empty in a list
  std::uint32_t line = 0;  ///< in Table::file
};

struct Table {
  std::string name;     ///< empty for what stands in a rule itself
  std::string backend;  ///< `static`, `file`, `db`, `sqlite` ...
  std::string file;     ///< where its rows stand; empty: in smtpd.conf
  Place place;
  enum class Kind : std::uint8_t { unknown, list, hash } kind = Kind::unknown;
  /// Rows that we have; those of another program, or of a file that is not here, are hidden.
  enum class Standing : std::uint8_t { read, hidden, missing } standing = Standing::read;
  std::vector<Row> rows;
  std::vector<std::shared_ptr<const std::string>> storage;
};
using TableId = std::size_t;  ///< index into Config::tables

/// An option of a rule that asks a table.
struct Test {
  bool is_set = false;
  bool negated = false;
  bool regex = false;
  std::optional<TableId> table;
};

/// `from ...`
struct From {
  enum class What : std::uint8_t { local, any, socket, source, reverse_name } what = What::local;
  bool negated = false;
  bool regex = false;
  std::optional<TableId> table;  ///< of source, and of reverse_name if it names some
};

/// `for ...`
struct For {
  enum class What : std::uint8_t { local, any, domain } what = What::local;
  bool negated = false;
  bool regex = false;
  std::optional<TableId> table;
};

/// What a rule does with mail: `action`, or the end of an old `accept`.
struct Action {
  std::string name;
  Place place;
  enum class What : std::uint8_t {
    relay,
    deliver,       ///< maildir, mbox, lmtp, mda
    forward_only,  ///< only by ~/.forward and aliases
    expand_only,   ///< only by aliases and ~/.forward
  } what = What::deliver;
  std::string how;  ///< `mbox`, `lmtp`, `relay host ...`
  std::optional<TableId> aliases;
  std::optional<TableId> virtuals;
  std::optional<TableId> userbase;
  std::string host;     ///< of a relay: the smart host as written
  bool backup = false;  ///< relays as a backup MX
};

/// True if the relay hands mail over by LMTP, to a program that delivers it.
bool is_lmtp(const Action& action);

/// `match ...` or `accept ...`, `reject ...`. The first that matches decides.
struct MatchRule {
  Place place;
  Test tag, helo, auth, tls, sender, recipient;
  From from;
  For to;
  bool rejects = false;
  std::optional<std::size_t> action;  ///< index into Config::actions
};

/// `filter ... phase ... match ...`, or one that another program answers.
struct Filter {
  std::string name;
  Place place;
  enum class What : std::uint8_t { builtin, program, chain } what = What::program;
  std::vector<std::string> chain;
  std::string phase;  ///< `connect`, `mail-from` ...
  std::string asks;   ///< `rdns`, `fcrdns`, `src`, `helo`, `auth`, `mail-from`, `rcpt-to`
  Test test;
  std::string does;   ///< `reject`, `disconnect`, `junk`, `bypass`, `rewrite`, `report`
  std::string reply;  ///< what the client hears
};

struct Listen {
  Place place;
  std::string on;  ///< an address, a name, an interface; empty: the local socket
  bool is_socket = false;
  std::optional<mail::Family> family;
  std::uint16_t port = 0;  ///< 0: that of its mode
  std::string port_name;   ///< a service whose number we do not know
  enum class Tls : std::uint8_t { none, offered, required, from_the_start } tls = Tls::none;
  bool verify = false;  ///< of the client's certificate
  enum class Auth : std::uint8_t { none, offered, required } auth = Auth::none;
  std::string tag;
  std::string hostname;
  std::vector<std::string> filters;
  bool proxy = false;  ///< proxy-v2
};

/// What smtpd would complain about, and then not start.
struct Problem {
  SourceRange where;
  std::string says;
};

struct Statement {
  Place place;
  enum class How : std::uint8_t { understood, irrelevant, broken } how = How::understood;
  std::string why;
};

/// A rule as people print it, which smtpd does not take: `match from any for any relay`.
struct Meant {
  std::size_t rule = 0;  ///< index into Config::rules
  SourceRange where;
};

struct Config {
  std::string main;    ///< the file it begins with
  std::string folder;  ///< where that lies
  enum class Grammar : std::uint8_t { match, accept } grammar = Grammar::match;
  std::vector<std::string> files;  ///< as read
  std::vector<Table> tables;
  std::vector<Action> actions;
  std::vector<MatchRule> rules;
  std::vector<Filter> filters;
  std::vector<Listen> listens;
  std::vector<Statement> statements;
  std::vector<Problem> problems;
  std::vector<Meant> meant;
  char delimiter = '+';  ///< between a user's name and its tag

  bool is_old() const { return grammar == Grammar::accept; }
};

/// Reads a folder with smtpd.conf, or the file itself. Fails if there is none to read.
Result<Config> read(const FileSystem& files, const std::string& path);

}  // namespace relayproof::opensmtpd
