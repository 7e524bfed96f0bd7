#include "dialects/opensmtpd/table_file.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::opensmtpd {
namespace {

constexpr std::string_view white = " \t\r\v\f\n";

std::string_view stripped(std::string_view line) {
  const auto begin = line.find_first_not_of(white);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(white) - begin + 1);
}

// The value behind a key and the blanks and colons that part them; empty: there is none.
std::string_view value_of(std::string_view line, std::size_t key_end) {
  auto value = line.substr(std::min(line.size(), key_end + 1));
  for (;;) {
    if (value.empty()) return value;
    const bool blank = white.find(value[0]) != std::string_view::npos;
    const bool parting =
        value[0] == ':' && (value.size() == 1 || white.find(value[1]) != std::string_view::npos);
    if (!blank && !parting) return value;
    value.remove_prefix(1);
  }
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_file(const FileSystem& files, const std::string& path) {
  return files.info(path).kind == FileInfo::Kind::file;
}

// Where the text of a table lies: at its place, else beside smtpd.conf.
std::string found_at(const FileSystem& files, const std::string& folder, const std::string& path) {
  for (const auto& place : {path_in(folder, path), path_in(folder, name_of(path))}) {
    if (is_file(files, place)) return place;
  }
  return {};
}

}  // namespace

bool add_row(Table& table, std::string_view key, const std::optional<std::string>& value,
             std::uint32_t line) {
  const auto kind = value ? Table::Kind::hash : Table::Kind::list;
  if (table.kind == Table::Kind::unknown) table.kind = kind;
  if (table.kind != kind) return false;
  auto text = std::make_shared<const std::string>(std::string(key) + value.value_or(""));
  const std::string_view all = *text;
  table.rows.push_back({all.substr(0, key.size()), all.substr(key.size()), line});
  table.storage.push_back(std::move(text));
  return true;
}

std::optional<std::uint32_t> parse_rows(std::shared_ptr<const std::string> text, Table& table) {
  std::string_view rest = *text;
  std::uint32_t number = 0;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = stripped(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++number;
    if (line.empty()) continue;
    if (line[0] == '#') {
      const bool says_list = stripped(line.substr(1)) == "@list";
      if (table.kind == Table::Kind::unknown && says_list) table.kind = Table::Kind::list;
      continue;
    }
    const auto bracket = line[0] == '[' ? line.find(']') : std::string_view::npos;
    const auto from = bracket == std::string_view::npos ? 0 : bracket;
    const auto key_end = line.find_first_of(" \t:", from);
    if (table.kind == Table::Kind::unknown) {
      table.kind = key_end == std::string_view::npos ? Table::Kind::list : Table::Kind::hash;
    }
    if (table.kind == Table::Kind::list) {
      table.rows.push_back({line, {}, number});
      continue;
    }
    const auto value = value_of(line, std::min(key_end, line.size()));
    if (value.empty()) return number;
    table.rows.push_back({line.substr(0, key_end), value, number});
  }
  if (table.kind == Table::Kind::unknown) table.kind = Table::Kind::hash;
  table.storage.push_back(std::move(text));
  return std::nullopt;
}

Opened read_table_file(const FileSystem& files, const std::string& folder, const std::string& path,
                       Table& table) {
  const bool made = table.backend == "db";  // makemap(8) made it of a text of almost this name
  if (!made && table.backend != "file" && table.backend != "static" && table.backend != "passwd") {
    table.standing = Table::Standing::hidden;
    return {};
  }
  const auto source = made && path.ends_with(".db") ? path.substr(0, path.size() - 3) : path;
  table.standing = Table::Standing::missing;
  const auto place = source.empty() ? std::string() : found_at(files, folder, source);
  if (place.empty()) return {};
  const auto content = files.read(place);
  if (!content) return {};
  table.standing = Table::Standing::read;
  table.file = place;
  const auto wrong = parse_rows(*content, table);
  if (wrong && table.backend != "passwd" && !made) {
    return {"invalid configuration file " + path + " for table " + table.name};
  }
  return {};
}

}  // namespace relayproof::opensmtpd
