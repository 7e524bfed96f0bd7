#include "dialects/exim/lookups.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "base/text.h"

namespace relayproof::exim {
namespace {

using policy::Key;

constexpr std::size_t row_limit = 5'000'000;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// lsearch (section 9.4): a key up to a colon or white space, perhaps quoted; what follows in
// lines that begin with white space belongs to the value.
std::vector<LookupRow> rows_of_text(std::string_view content) {
  std::vector<LookupRow> rows;
  std::uint32_t number = 0;
  while (!content.empty() && rows.size() < row_limit) {
    const auto end = content.find('\n');
    auto line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (is_space(line.front())) {
      if (!rows.empty()) rows.back().value += ' ' + std::string(trim(line));
      continue;
    }
    LookupRow row;
    row.line = number;
    std::size_t at = 0;
    if (line.front() == '"') {
      for (at = 1; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\' && at + 1 < line.size()) ++at;
        row.key += line[at];
      }
      at = std::min(at + 1, line.size());
    } else {
      while (at < line.size() && line[at] != ':' && !is_space(line[at])) ++at;
      row.key = line.substr(0, at);
    }
    auto value = trim(line.substr(at));
    if (value.starts_with(':')) value = trim(value.substr(1));
    row.value = value;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

// cdb(5): behind 2048 bytes of tables the records lie one after the other, up to the first hash.
std::optional<std::vector<LookupRow>> rows_of_cdb(std::string_view bytes) {
  constexpr std::size_t head = 2048;
  if (bytes.size() < head) return std::nullopt;
  std::size_t end = bytes.size();
  for (std::size_t table = 0; table < 256; ++table) {
    end = std::min<std::size_t>(end, number_at(bytes, table * 8));
  }
  std::vector<LookupRow> rows;
  std::size_t at = head;
  while (at + 8 <= end && rows.size() < row_limit) {
    const std::size_t key = number_at(bytes, at);
    const std::size_t value = number_at(bytes, at + 4);
    at += 8;
    if (key > end - at || value > end - at - key) return std::nullopt;
    rows.push_back({std::string(bytes.substr(at, key)), std::string(bytes.substr(at + key, value)),
                    static_cast<std::uint32_t>(rows.size() + 1)});
    at += key + value;
  }
  return rows;
}

bool is_wild(const LookupType& type) {
  return type.type == "wildlsearch" || type.type == "nwildlsearch";
}

// A key of wildlsearch is an item of a list, and so may be negated.
bool takes_negated(std::string_view& key) {
  if (!key.starts_with('!')) return false;
  key = trim(key.substr(1));
  return true;
}

std::optional<patterns::Pattern> pattern_of(std::string_view key) {
  patterns::Options options;
  options.ignore_case = true;
  std::string text(key);
  if (!key.starts_with('^')) {
    const bool tail = key.starts_with('*');
    text = tail ? "" : "^";
    for (const char c : key.substr(tail ? 1 : 0)) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) text += '\\';
      text += c;
    }
    text += "\\z";
  }
  auto compiled = patterns::Pattern::compile(text, patterns::Flavour::pcre, options);
  if (!compiled) return std::nullopt;
  return *compiled;
}

std::size_t labels_in(std::string_view name) {
  return static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')) + 1;
}

// Builds the tables of the ways in which one lookup is asked.
class Ways {
 public:
  Ways(Lowering& to, const LookupType& type, const std::string& file,
       const std::vector<LookupRow>& rows,
       const std::function<std::uint32_t(const LookupRow&)>& result_of)
      : to_(to), type_(type), file_(file), rows_(rows), result_of_(result_of) {}

  std::vector<LookupWay> of(const policy::Subject& key) {
    std::vector<LookupWay> ways;
    ways.push_back({is_wild(type_) ? patterns() : literals(), key});
    if (type_.star_at) {
      policy::Subject domain = key;
      domain.part = policy::Part::domain;
      ways.push_back({tails(), domain});
    }
    if (type_.star || type_.star_at) {
      const auto star = std::find_if(rows_.begin(), rows_.end(),
                                     [](const LookupRow& row) { return row.key == "*"; });
      if (star != rows_.end()) {
        policy::Table table = named();
        table.everything = row_of(table, *star);
        ways.push_back({lookup(std::move(table), {Key::whole}), key});
      }
    }
    return ways;
  }

 private:
  policy::Table named() const {
    policy::Table table;
    table.name = type_.type + ';' + file_;
    table.file = type_.type == "dsearch" ? "" : file_;
    return table;
  }

  policy::Row row_of(policy::Table& table, const LookupRow& row) const {
    auto value = std::make_shared<const std::string>(row.value);
    policy::Row made{result_of_(row), row.line, *value};
    table.storage.push_back(std::move(value));
    return made;
  }

  void add(policy::Table& table, const std::string& key, const policy::Row& row) const {
    auto stored = std::make_shared<const std::string>(to_lower(key));
    if (table.literals.try_emplace(*stored, row).second) table.storage.push_back(stored);
  }

  std::uint32_t lookup(policy::Table table, std::vector<Key> keys) const {
    return to_.builder.lookup({{to_.builder.table(std::move(table))}, std::move(keys), ""});
  }

  // The name, then `*.name`, then `*.parent` as long as enough labels are left (section 9.7).
  std::uint32_t literals() const {
    policy::Table table = named();
    for (const auto& row : rows_) add(table, row.key, row_of(table, row));
    if (type_.partial < 0) return lookup(std::move(table), {Key::whole});
    for (const auto& row : rows_) {
      if (!row.key.starts_with("*.")) continue;
      const auto name = row.key.substr(2);
      const auto made = row_of(table, row);
      add(table, name, made);
      if (static_cast<int>(labels_in(name)) >= type_.partial) add(table, '.' + name, made);
    }
    return lookup(std::move(table), {Key::whole, Key::dotted_host_parents});
  }

  std::uint32_t patterns() const {
    policy::Table table = named();
    for (const auto& row : rows_) {
      std::string_view key = row.key;
      const bool negated = takes_negated(key);
      const auto pattern = pattern_of(key);
      if (!pattern) {
        to_.note({file_, {file_, row.line, 1}}, row.key + " is no regular expression", true);
        continue;
      }
      table.patterns.push_back({*pattern, negated, {}, {}, row_of(table, row)});
    }
    return lookup(std::move(table), {Key::whole});
  }

  std::uint32_t tails() const {
    policy::Table table = named();
    for (const auto& row : rows_) {
      if (row.key.starts_with("*@")) add(table, row.key.substr(2), row_of(table, row));
    }
    return lookup(std::move(table), {Key::whole});
  }

  Lowering& to_;
  const LookupType& type_;
  const std::string& file_;
  const std::vector<LookupRow>& rows_;
  const std::function<std::uint32_t(const LookupRow&)>& result_of_;
};

std::optional<mail::IpSet> network_of(std::string_view key) {
  if (const auto address = mail::IpAddress::parse(key)) return mail::IpSet::of(*address);
  if (const auto network = mail::Network::parse(key)) return mail::IpSet::of(*network);
  return std::nullopt;
}

// Keys of net- lookups: an address or a masked network, IPv6 with dots (section 10.14).
std::optional<mail::IpSet> net_key(std::string key, std::optional<unsigned> bits) {
  if (std::count(key.begin(), key.end(), '.') > 3) {
    std::replace(key.begin(), key.end(), '.', ':');
  }
  if (!bits) {
    const auto address = mail::IpAddress::parse(key);
    return address ? std::optional(mail::IpSet::of(*address)) : std::nullopt;
  }
  const auto network = mail::Network::parse(key);
  if (!network || network->prefix != *bits) return std::nullopt;
  return mail::IpSet::of(*network);
}

}  // namespace

std::optional<LookupType> parse_lookup_type(std::string_view text) {
  static constexpr auto types = std::to_array<std::string_view>(
      {"cdb",         "dbm",     "dbmjz",   "dbmnz", "dsearch", "iplsearch",    "json",
       "lmdb",        "lsearch", "nisplus", "nis",   "nis0",    "nwildlsearch", "spf",
       "wildlsearch", "dnsdb",   "ibase",   "ldap",  "ldapdn",  "ldapm",        "mysql",
       "oracle",      "passwd",  "pgsql",   "redis", "sqlite",  "testdb",       "whoson"});
  LookupType type;
  text = text.substr(0, text.find(','));
  constexpr std::string_view partial = "partial";
  if (text.starts_with(partial)) {
    text.remove_prefix(partial.size());
    type.partial = 2;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits > 2) return std::nullopt;
    if (digits > 0) type.partial = std::stoi(std::string(text.substr(0, digits)));
    text.remove_prefix(digits);
    // Another affix than `*.` is rare.
    if (!text.starts_with('-')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (text.ends_with("*@")) {
    type.star_at = true;
    text.remove_suffix(2);
  } else if (text.ends_with('*')) {
    type.star = true;
    text.remove_suffix(1);
  }
  if (std::find(types.begin(), types.end(), text) == types.end()) return std::nullopt;
  type.type = text;
  return type;
}

bool holds_owners_rows(const LookupType& type) {
  static constexpr auto of_others =
      std::to_array<std::string_view>({"dnsdb", "spf", "testdb", "whoson"});
  return std::find(of_others.begin(), of_others.end(), type.type) == of_others.end();
}

LookupRows read_lookup(Lowering& to, const LookupType& type, const std::string& file) {
  if (type.type == "dsearch") {
    if (to.files.info(file).kind != FileInfo::Kind::folder) return {{}, file + " is not there"};
    std::vector<LookupRow> rows;
    for (const auto& name : to.files.list(file)) rows.push_back({name, name, 0});
    return {std::make_shared<const std::vector<LookupRow>>(std::move(rows)), ""};
  }
  const bool is_text = type.type == "lsearch" || is_wild(type) || type.type == "iplsearch";
  if (!is_text && type.type != "cdb") return {{}, type.type + " is outside the configuration"};
  const auto content = to.files.read(file);
  if (!content) return {{}, file + " is not there"};
  to.table_files.insert(file);
  if (is_text) {
    return {std::make_shared<const std::vector<LookupRow>>(rows_of_text(**content)), ""};
  }
  auto rows = rows_of_cdb(**content);
  if (!rows) return {{}, file + " is no cdb file"};
  return {std::make_shared<const std::vector<LookupRow>>(std::move(*rows)), ""};
}

LookupWays lookup_ways(Lowering& to, const LookupType& type, const std::string& file,
                       const policy::Subject& key,
                       const std::function<std::uint32_t(const LookupRow&)>& result_of) {
  const auto read = read_lookup(to, type, file);
  if (!read.rows) return {{}, read.why_not};
  if (type.type == "iplsearch")
    return {{}, "iplsearch is asked for something else than the client"};
  const bool expands =
      is_wild(type) && std::any_of(read.rows->begin(), read.rows->end(), [&](const LookupRow& row) {
        std::string_view item = row.key;
        takes_negated(item);
        if (item.starts_with('^')) return false;
        return item.starts_with('@') || item.starts_with('+') ||
               item.find(';') != std::string_view::npos ||
               (type.type == "wildlsearch" && item.find('$') != std::string_view::npos);
      });
  if (expands) return {{}, file + " has keys that are expanded"};
  return {Ways(to, type, file, *read.rows, result_of).of(key), ""};
}

std::optional<LookupRow> find_row(Lowering& to, const LookupType& type, const std::string& file,
                                  std::string_view key, bool& seen) {
  const auto read = read_lookup(to, type, file);
  seen = read.rows != nullptr;
  if (!seen) return std::nullopt;
  const auto exact = [&](std::string_view wanted) -> std::optional<LookupRow> {
    for (const auto& row : *read.rows) {
      if (is_wild(type)) {
        std::string_view one = row.key;
        const bool negated = takes_negated(one);
        const auto pattern = pattern_of(one);
        if (pattern && pattern->matches(wanted).value_or(negated) != negated) return row;
      } else if (equals_ignoring_case(row.key, wanted)) {
        return row;
      }
    }
    return std::nullopt;
  };
  if (auto row = exact(key)) return row;
  if (type.partial >= 0) {
    for (auto name = key; static_cast<int>(labels_in(name)) >= type.partial || name == key;) {
      if (auto row = exact("*." + std::string(name))) return row;
      const auto dot = name.find('.');
      if (dot == std::string_view::npos) break;
      name = name.substr(dot + 1);
    }
  }
  const auto at = key.rfind('@');
  if (type.star_at && at != std::string_view::npos) {
    if (auto row = exact('*' + std::string(key.substr(at)))) return row;
  }
  return type.star || type.star_at ? exact("*") : std::nullopt;
}

policy::ConditionId is_found(Lowering& to, const LookupType& type, const std::string& file,
                             const Operand& key, const Scope& scope) {
  auto& builder = to.builder;
  std::string why;
  if (key.fixed) {
    bool seen = false;
    const auto row = find_row(to, type, file, *key.fixed, seen);
    if (seen) return builder.constant(row.has_value());
    why = "the rows cannot be seen";
  } else {
    const auto nothing = builder.result(policy::Nothing{});
    const auto found =
        lookup_ways(to, type, file, key.subject, [&](const LookupRow&) { return nothing; });
    if (found.why_not.empty()) {
      std::vector<policy::ConditionId> any;
      for (const auto& way : found.ways) {
        any.push_back(builder.finds(way.lookup, way.subject, {}, scope.origin));
      }
      return builder.any(any);
    }
    why = found.why_not;
  }
  std::vector<policy::Subject> about;
  if (!key.fixed) about.push_back(key.subject);
  Scope asked = scope;
  asked.lists_domains = scope.lists_domains && holds_owners_rows(type);
  return to.hidden(type.type + ';' + file, why, asked, about);
}

policy::ConditionId client_is_found(Lowering& to, const LookupType& type, const std::string& file,
                                    std::optional<unsigned> bits, const Scope& scope) {
  const auto read = read_lookup(to, type, file);
  if (!read.rows) return to.hidden(type.type + ';' + file, read.why_not, scope, {});
  mail::IpSetBuilder set;
  for (const auto& row : *read.rows) {
    const auto clients = type.type == "iplsearch" ? network_of(row.key) : net_key(row.key, bits);
    if (clients) set.add(*clients);
    if (row.key == "*" && (type.star || type.type == "iplsearch")) set.add(mail::IpSet::all());
  }
  return to.builder.client_in(set.build(), scope.origin);
}

}  // namespace relayproof::exim
