#include "dialects/sendmail/maps.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

// Types whose rows stand in a text beside the database that makemap(8) made of it.
bool is_of_file(std::string_view type) {
  constexpr std::array<std::string_view, 6> types = {"hash", "btree", "dbm",
                                                     "cdb",  "text",  "implicit"};
  for (const std::string_view each : types) {
    if (equals_ignoring_case(each, type)) return true;
  }
  return false;
}

MapResult known(MapAnswer::Kind kind, std::string text = {}) {
  return {{{kind, std::move(text)}}, {}, false};
}

}  // namespace

std::string strip_quotes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') continue;
    if (text[at] == '\\' && ++at >= text.size()) break;
    out += text[at];
  }
  return out;
}

MapOptions map_options(const CfMap& map) {
  MapOptions found;
  const std::string& text = map.arguments;
  std::size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < text.size() && is_blank(text[at])) ++at;
  };
  for (skip_blanks(); at + 1 < text.size() && text[at] == '-'; skip_blanks()) {
    const char option = text[at + 1];
    std::size_t begin = at + 2;
    // `-k column` and `-R A` may stand apart.
    if (option == 'k' || option == 'v' || option == 'R') {
      while (begin < text.size() && is_blank(text[begin])) ++begin;
    }
    at = begin;
    while (at < text.size() && !is_blank(text[at])) ++at;
    found.others[option] = text.substr(begin, at - begin);
  }
  found.file = trim(std::string_view(text).substr(std::min(at, text.size())));
  const auto value = [&](char option) {
    const auto it = found.others.find(option);
    return it == found.others.end() ? std::string() : it->second;
  };
  found.append = value('a');
  found.on_failure = value('T');
  found.fails_quietly = found.others.count('t') != 0;
  found.keeps_case = found.others.count('f') != 0;
  found.keeps_quotes = found.others.count('q') != 0;
  found.match_only = found.others.count('m') != 0;
  found.optional = found.others.count('o') != 0;
  if (!value('S').empty()) found.space = value('S').front();
  return found;
}

std::string filled(std::string_view value, const std::string& key,
                   const std::vector<std::string>& arguments, const MapOptions& options) {
  if (options.match_only) return key + options.append;
  std::string out;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] != '%' || ++at >= value.size() || value[at] == '%') {
      out += at < value.size() ? value[at] : '%';
    } else if (value[at] < '0' || value[at] > '9') {
      out += '%';
      out += value[at];
    } else if (const auto number = static_cast<std::size_t>(value[at] - '0'); number == 0) {
      out += key;
    } else if (number <= arguments.size()) {
      out += arguments[number - 1];
    }
  }
  return out + options.append;
}

Maps::Maps(const Cf& cf, const FileSystem& files) : cf_(cf) {
  for (const auto& [name, map] : cf.maps) {
    Known& known = maps_[name];
    known.map = &map;
    known.options = map_options(map);
    // These see the quotes of their key.
    for (const std::string_view type : {"dequote", "macro", "arith", "arpa"}) {
      if (equals_ignoring_case(map.type, type)) known.options.keeps_quotes = true;
    }
    if (is_of_file(map.type)) known.table = open(known, files);
  }
  read_users(files);
}

const MapOptions& Maps::options(std::string_view name) const {
  static const MapOptions none;
  const auto found = maps_.find(name);
  return found == maps_.end() ? none : found->second.options;
}

const MapTable* Maps::table(std::string_view name) const {
  const auto found = maps_.find(name);
  return found == maps_.end() ? nullptr : found->second.table.get();
}

std::unique_ptr<MapTable> Maps::open(const Known& map, const FileSystem& files) {
  auto table = std::make_unique<MapTable>();
  const std::string name = map.options.file.substr(0, map.options.file.find_first_of(" \t"));
  std::string path = path_in("/", name);
  if (path.size() > 3 && path.compare(path.size() - 3, 3, ".db") == 0) path.resize(path.size() - 3);
  table->file = path;
  const bool plain = !equals_ignoring_case(map.map->type, "text") ||
                     (map.options.others.count('k') == 0 && map.options.others.count('v') == 0 &&
                      map.options.others.count('z') == 0);
  if (files.info(path).kind == FileInfo::Kind::file) {
    const auto content = files.read(path);
    if (content && plain) {
      files_.push_back(path);
      table->standing = MapTable::Standing::read;
      table->text = *content;
      table->keeps_case = map.options.keeps_case;
      return table;
    }
    table->why = plain ? content.error().message : "its columns are not read";
    return table;
  }
  bool has_database = false;
  for (const std::string_view suffix : {".db", ".pag", ".cdb"}) {
    has_database =
        has_database || files.info(path + std::string(suffix)).kind == FileInfo::Kind::file;
  }
  if (has_database) {
    table->why = "only its database is there, not the text that it was made of";
  } else {
    table->standing =
        map.options.optional ? MapTable::Standing::missing : MapTable::Standing::broken;
    table->why = "there is no such file";
  }
  return table;
}

void Maps::read_users(const FileSystem& files) {
  const auto content = files.read("/etc/passwd");
  if (!content) return;
  users_known_ = true;
  for (const std::string_view line : split(**content, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) continue;
    users_.emplace(line.substr(0, colon), line);
  }
}

Maps::Lookup Maps::lookup_of(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, Lookup>, 17> lookups = {
      {{"hash", &Maps::in_table},
       {"btree", &Maps::in_table},
       {"dbm", &Maps::in_table},
       {"cdb", &Maps::in_table},
       {"text", &Maps::in_table},
       {"implicit", &Maps::in_table},
       {"sequence", &Maps::in_sequence},
       {"null", &Maps::in_nothing},
       {"syslog", &Maps::in_nothing},
       {"arith", &Maps::of_arithmetic},
       {"dequote", &Maps::of_quotes},
       {"regex", &Maps::of_pattern},
       {"user", &Maps::of_user},
       {"host", &Maps::of_host},
       {"bestmx", &Maps::of_exchangers},
       {"arpa", &Maps::of_reverse},
       {"dns", &Maps::of_dns}}};
  for (const auto& [name, lookup] : lookups) {
    if (equals_ignoring_case(name, type)) return lookup;
  }
  return nullptr;
}

MapResult Maps::look_up(std::string_view name, const std::string& key,
                        const std::vector<std::string>& arguments) const {
  const auto found = maps_.find(name);
  if (found == maps_.end()) return known(MapAnswer::Kind::missing);
  const Lookup lookup = lookup_of(found->second.map->type);
  return lookup == nullptr ? hidden(found->second, key)
                           : (this->*lookup)(found->second, key, arguments);
}

MapResult Maps::hidden(const Known& map, const std::string& key) const {
  return {{{MapAnswer::Kind::missing, {}}},
          fmt::format("what the {} map {} holds for {}", map.map->type, map.map->name, key),
          true};
}

MapResult Maps::in_table(const Known& map, const std::string& key,
                         const std::vector<std::string>& arguments) const {
  const MapTable& table = *map.table;
  switch (table.standing) {
    case MapTable::Standing::missing:
      return known(MapAnswer::Kind::missing);
    case MapTable::Standing::broken:
      return known(MapAnswer::Kind::fails);
    case MapTable::Standing::hidden:
      return hidden(map, key);
    case MapTable::Standing::read:
      break;
  }
  if (!map.rows) map.rows = read_map_text(table.file, *table.text, table.keeps_case);
  const auto row = map.rows->rows.find(table.keeps_case ? key : to_lower(key));
  if (row == map.rows->rows.end()) return known(MapAnswer::Kind::missing);
  return known(MapAnswer::Kind::found, filled(row->second.value, key, arguments, map.options));
}

MapResult Maps::in_sequence(const Known& map, const std::string& key,
                            const std::vector<std::string>& arguments) const {
  for (const std::string_view name : words(map.options.file)) {
    const auto each = maps_.find(name);
    if (each == maps_.end() || &each->second == &map) continue;
    // One in the other's sequence and back would never end.
    if (equals_ignoring_case(each->second.map->type, "sequence")) return hidden(map, key);
    MapResult result = look_up(name, key, arguments);
    const bool finds_nothing = result.answers.size() == 1 && !result.opaque &&
                               result.answers.front().kind == MapAnswer::Kind::missing;
    if (!finds_nothing) return result;
  }
  return known(MapAnswer::Kind::missing);
}

MapResult Maps::in_nothing(const Known& /*map*/, const std::string& /*key*/,
                           const std::vector<std::string>& /*arguments*/) const {
  return known(MapAnswer::Kind::missing);
}

}  // namespace relayproof::sendmail
