// `type:name` (DATABASE_README): which lookup table is meant, and whether its rows can be read from
// files at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/host.h"

namespace relayproof::postfix {

/// Where the rows of a table are.
enum class TableClass : std::uint8_t {
  indexed,  ///< a text source beside the index that Postfix reads: hash, btree, lmdb, cdb, ...
  text,     ///< texthash: the source itself
  cidr,     ///< cidr_table(5)
  pcre,     ///< pcre_table(5)
  regexp,   ///< regexp_table(5)
  rows,     ///< inline:{ key=value, ... }
  value,    ///< static:value, the same for every key
  random,   ///< randmap:{value, ...}
  all_of,   ///< unionmap:{type:name, ...}
  chain,    ///< pipemap:{type:name, ...}
  hidden,   ///< a database, a server, the system: mysql, ldap, tcp, unix, environ, memcache, ...
  failing,  ///< every lookup is an error: fail:, a type that does not exist, bad syntax
};
std::string_view to_string(TableClass table_class);

/// How the dialect's searches ask this kind of table (Postfix: DICT_FLAG_FIXED, DICT_FLAG_PATTERN).
enum class TableKeys : std::uint8_t {
  fixed,    ///< asked for the whole key and then for its parts (parent domains, networks)
  pattern,  ///< asked for the whole key only
};

/// One `type:name` of a list.
struct TableName {
  std::string type;        ///< in front of the colon, behind any `proxy:` and `debug:`
  std::string name;        ///< behind the colon: a path, `{...}` or whatever the type wants
  std::string text;        ///< all of it as written
  std::size_t offset = 0;  ///< of `text` in the value it stands in
  TableClass table_class = TableClass::failing;
  TableKeys keys = TableKeys::fixed;
  bool proxied = false;          ///< behind `proxy:`: read by proxymap(8), out of a chroot's reach
  std::string index_suffix;      ///< `.db`, `.lmdb`, ... for indexed
  std::vector<TableName> parts;  ///< of all_of and chain
  std::string problem;           ///< why it is failing; empty otherwise
  bool fatal = false;  ///< the program that reads the name stops: no type, or no name behind it
};

/// Reads `type:name` as this version of Postfix does. Never fails: what Postfix cannot open is
/// `failing` and says why. `offset` is where `text` stands in its value.
TableName parse_table_name(std::string_view text, const Version& version, std::size_t offset = 0);

/// True if match lists and restriction lists take the word for `type:name`: it has a colon and does
/// not begin with a bracket. `2001:db8::/32` does.
bool looks_like_table(std::string_view word);

/// A word of a list, and where it begins in the list's text.
struct Word {
  std::string_view text;
  std::size_t offset = 0;
};
/// The words between runs of commas and white space; from 3.0 on `{ ... }` holds a word together.
std::vector<Word> list_words(std::string_view text, const Version& version);

}  // namespace relayproof::postfix
