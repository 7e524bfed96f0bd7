// The configuration in Exim's own words: options, named lists, ACLs, drivers. Nothing is expanded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/syntax.h"
#include "policy/table.h"

namespace relayproof::exim {

/// `name = value` as it stands; the quotes of a quoted value are undone. A boolean that is written
/// alone has the value `true`, with `no_` in front `false`.
struct Option {
  std::string name;
  std::string value;
  Line line;
};

struct NamedList {
  enum class Kind : std::uint8_t { domain, host, address, local_part } kind = Kind::domain;
  std::string name;
  std::string value;
  Line line;
};

/// A condition or modifier of an ACL statement.
struct Item {
  std::string name;
  bool negated = false;
  std::string value;
  std::string variable;  ///< of `set`: `acl_m_x`
  Line line;
};

struct Statement {
  std::string verb;
  std::vector<Item> items;
  Line line;
};

struct Acl {
  std::string name;
  std::vector<Statement> statements;
  Line line;
};

/// A router, transport or authenticator.
struct Instance {
  std::string name;
  std::vector<Option> options;
  Line line;

  const Option* find(std::string_view option) const;
  /// The option's value; empty if it is not set.
  std::string_view value(std::string_view option) const;
  bool is_on(std::string_view option, bool otherwise) const;
};

struct RewriteRule {
  std::string pattern;
  std::string replacement;
  std::string flags;
  Line line;

  bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

struct Config {
  std::string file;  ///< the one that was named
  Lines read;
  std::map<std::string, Option, std::less<>> options;
  std::vector<NamedList> lists;
  std::vector<Acl> acls;
  std::vector<Instance> routers;
  std::vector<Instance> transports;
  std::vector<Instance> authenticators;
  std::vector<RewriteRule> rewrites;
  bool has_local_scan = false;

  const Option* find(std::string_view option) const;
  /// The main option's value, or the default.
  std::string_view value(std::string_view option, std::string_view otherwise = {}) const;
  bool is_on(std::string_view option, bool otherwise) const;
  const NamedList* list(NamedList::Kind kind, std::string_view name) const;
  const Acl* acl(std::string_view name) const;
  const Instance* transport(std::string_view name) const;
};

/// Takes the lines apart. What Exim would not take is in `read.problems`.
Config parse(Lines lines, std::string file);

/// The items of a list: separated by colons or what `<x` at its start says, doubled where they are
/// meant as they are; without surrounding space.
std::vector<std::string> items_of(std::string_view list, char separator = ':');

/// `true`, `yes`, `1`; `false`, `no`, `0`; nullopt for anything else.
std::optional<bool> to_bool(std::string_view text);

}  // namespace relayproof::exim
