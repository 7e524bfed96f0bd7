#include "dialects/postfix/table_name.h"

#include <algorithm>
#include <array>

#include "dialects/postfix/braces.h"

namespace relayproof::postfix {
namespace {

struct Type {
  std::string_view name;
  TableClass table_class;
  TableKeys keys;
  std::string_view index_suffix;
  Version since{};
};

// DATABASE_README and src/util/dict_open.c; what a build may lack (pcre, cdb ...) is taken to be
// there.
constexpr Version always{0, 0};
constexpr auto fixed = TableKeys::fixed;
constexpr auto pattern = TableKeys::pattern;
constexpr std::array types = {
    Type{"btree", TableClass::indexed, fixed, ".db", always},
    Type{"cdb", TableClass::indexed, fixed, ".cdb", always},
    Type{"cidr", TableClass::cidr, pattern, "", always},
    Type{"dbm", TableClass::indexed, fixed, ".pag", always},
    Type{"environ", TableClass::hidden, fixed, "", always},
    Type{"fail", TableClass::failing, fixed, "", always},
    Type{"hash", TableClass::indexed, fixed, ".db", always},
    Type{"inline", TableClass::rows, fixed, "", {3, 0}},
    Type{"internal", TableClass::hidden, fixed, "", always},
    Type{"ldap", TableClass::hidden, fixed, "", always},
    Type{"lmdb", TableClass::indexed, fixed, ".lmdb", {2, 11}},
    Type{"memcache", TableClass::hidden, fixed, "", always},
    Type{"mongodb", TableClass::hidden, fixed, "", {3, 9}},
    Type{"mysql", TableClass::hidden, fixed, "", always},
    Type{"netinfo", TableClass::hidden, fixed, "", always},
    Type{"nis", TableClass::hidden, fixed, "", always},
    Type{"nisplus", TableClass::hidden, fixed, "", always},
    Type{"pcre", TableClass::pcre, pattern, "", always},
    Type{"pgsql", TableClass::hidden, fixed, "", always},
    Type{"pipemap", TableClass::chain, fixed, "", {3, 0}},
    Type{"randmap", TableClass::random, pattern, "", {3, 0}},
    Type{"regexp", TableClass::regexp, pattern, "", always},
    Type{"sdbm", TableClass::indexed, fixed, ".pag", always},
    Type{"socketmap", TableClass::hidden, fixed, "", always},
    Type{"sqlite", TableClass::hidden, fixed, "", always},
    Type{"static", TableClass::value, fixed, "", always},
    Type{"tcp", TableClass::hidden, fixed, "", always},
    Type{"texthash", TableClass::text, fixed, "", always},
    Type{"unionmap", TableClass::all_of, fixed, "", {3, 0}},
    Type{"unix", TableClass::hidden, fixed, "", always},
};

const Type* find_type(std::string_view name, const Version& version) {
  const auto found =
      std::lower_bound(types.begin(), types.end(), name,
                       [](const Type& type, std::string_view key) { return type.name < key; });
  if (found == types.end() || found->name != name || version < found->since) return nullptr;
  return &*found;
}

constexpr std::string_view separators = ", \t\r\n";

// By reference: a problem's text may be made of the name.
TableName failed(TableName&& name, std::string problem) {
  name.table_class = TableClass::failing;
  name.problem = std::move(problem);
  return std::move(name);
}

/// How deep unionmap: and pipemap: are followed into each other.
constexpr int deepest = 20;

TableName parse(std::string_view text, const Version& version, std::size_t offset, int depth);

TableName with_parts(TableName name, const Version& version, int depth) {
  const auto inside = inside_braces(name.name);
  if (!inside || inside->empty())
    return failed(std::move(name), "expected " + name.type + ":{type:name, ...}");
  const auto words = list_words(*inside, version);
  if (words.empty()) return failed(std::move(name), "no table in " + name.type);
  const std::size_t base = name.offset + (name.text.size() - name.name.size()) + 1;
  for (const auto& word : words) {
    if (word.text.find(':') == word.text.npos) {
      return failed(std::move(name), "expected type:name instead of " + std::string(word.text));
    }
    if (depth == deepest) return failed(std::move(name), "tables are nested too deep");
    name.parts.push_back(parse(word.text, version, base + word.offset, depth + 1));
    name.fatal = name.fatal || name.parts.back().fatal;
  }
  name.keys = name.parts.front().keys;
  return name;
}

TableName parse(std::string_view text, const Version& version, std::size_t offset, int depth) {
  TableName name;
  name.text = text;
  name.offset = offset;
  std::string_view rest = text;
  for (;;) {
    const std::size_t colon = rest.find(':');
    if (colon == rest.npos || colon == 0 || colon + 1 == rest.size()) {
      // proxymap(8) refuses the request; anybody else stops.
      name.fatal = !name.proxied;
      return failed(std::move(name), "expected type:name instead of " + std::string(text));
    }
    name.type = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
    if (name.type != "proxy" && !(name.type == "debug" && version >= Version{3, 10})) break;
    name.proxied = name.proxied || name.type == "proxy";
  }
  name.name = rest;
  const Type* type = find_type(name.type, version);
  if (type == nullptr) {
    return failed(std::move(name), "there is no table type " +
                                       std::string(text.substr(0, text.size() - rest.size() - 1)));
  }
  name.table_class = type->table_class;
  name.keys = type->keys;
  name.index_suffix = type->index_suffix;
  if (type->table_class == TableClass::failing) name.problem = "fail: answers with an error";
  const bool composite =
      type->table_class == TableClass::all_of || type->table_class == TableClass::chain;
  return composite ? with_parts(std::move(name), version, depth) : name;
}

}  // namespace

std::string_view to_string(TableClass table_class) {
  constexpr std::string_view names[] = {"indexed", "text",  "cidr",   "pcre",
                                        "regexp",  "rows",  "value",  "random",
                                        "all of",  "chain", "hidden", "failing"};
  return names[static_cast<std::size_t>(table_class)];
}

TableName parse_table_name(std::string_view text, const Version& version, std::size_t offset) {
  return parse(text, version, offset, 0);
}

bool looks_like_table(std::string_view word) {
  return !word.starts_with('[') && word.find(':') != word.npos;
}

std::vector<Word> list_words(std::string_view text, const Version& version) {
  const bool braces = version >= Version{3, 0};
  std::vector<Word> words;
  std::size_t begin = text.find_first_not_of(separators);
  while (begin != text.npos) {
    std::size_t end = begin;
    for (int level = 0; end < text.size(); ++end) {
      const char c = text[end];
      if (braces && c == '{') {
        ++level;
      } else if (level > 0 && c == '}') {
        --level;
      } else if (level == 0 && separators.find(c) != separators.npos) {
        break;
      }
    }
    words.push_back({text.substr(begin, end - begin), begin});
    begin = text.find_first_not_of(separators, end);
  }
  return words;
}

}  // namespace relayproof::postfix
