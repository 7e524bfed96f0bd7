#include "dialects/postfix/table.h"

#include <array>

#include "dialects/postfix/braces.h"
#include "dialects/postfix/system_users.h"
#include "dialects/postfix/table_problems.h"
#include "dialects/postfix/union_table.h"

namespace relayproof::postfix {
namespace {

// By reference: the reason may be made of the table's name.
Table stop(Table&& table, Standing standing, std::string why) {
  table.standing = standing;
  table.why = std::move(why);
  return std::move(table);
}

/// Whether the index stands beside its source, and which of them is newer. dbm and sdbm have two
/// files, written together: one is enough to tell.
Index compare_index(const Table& table, const FileSystem& files, FileInfo source) {
  if (table.name.table_class != TableClass::indexed) return Index::none_needed;
  const FileInfo index = files.info(table.file + table.name.index_suffix);
  if (index.kind == FileInfo::Kind::missing) return Index::absent;
  return index.modified < source.modified ? Index::stale : Index::current;
}

void note_index(Table& table) {
  const std::string index = table.file + table.name.index_suffix;
  if (table.index == Index::stale) {
    note(table.problems, {table.file, 0, 0}, index + " is older: postmap has not run since");
  } else if (table.index == Index::absent) {
    note(table.problems, {table.file, 0, 0}, "there is no " + index + ": postmap has not run");
  }
}

using Content = std::shared_ptr<const std::string>;

void take_rows(Table& table, Content content, const TableAccess& access) {
  table.rows = std::make_shared<const Rows>(parse_rows(table.file, content, access.options));
  table.problems = table.rows->problems;
  if (table.name.table_class != TableClass::text) return;
  // postmap(1) keeps the first of two rows; who opens texthash: with two gets nothing but errors.
  const RowIndex index(table.rows->rows, RowIndex::Duplicates::first);
  if (index.hidden().empty()) return;
  const Row& second = *index.hidden().front();
  table.standing = Standing::failing;
  table.why = "the key " + std::string(second.key) + " comes twice, which texthash: does not take";
  note(table.problems, {table.file, second.line, 1}, table.why, Problem::Kind::fatal);
}

void take_cidr(Table& table, Content content, const TableAccess& access) {
  table.cidr =
      std::make_shared<const CidrTable>(parse_cidr_table(table.file, content, access.options));
  table.problems = table.cidr->problems;
}

void take_patterns(Table& table, Content content, const TableAccess& access) {
  const auto syntax =
      table.name.table_class == TableClass::pcre ? PatternSyntax::pcre : PatternSyntax::regexp;
  table.patterns = std::make_shared<const PatternTable>(
      parse_pattern_table(table.file, content, syntax, access.options, access.count_groups));
  table.problems = table.patterns->problems;
}

void take(Table& table, Content content, const TableAccess& access) {
  table.standing = Standing::read;
  switch (table.name.table_class) {
    case TableClass::cidr:
      return take_cidr(table, std::move(content), access);
    case TableClass::pcre:
    case TableClass::regexp:
      return take_patterns(table, std::move(content), access);
    default:
      return take_rows(table, std::move(content), access);
  }
}

Table read_source(Table table, const TableAccess& access) {
  table.file = path_in(access.folder, table.name.name);
  const FileInfo source = access.files->info(table.file);
  table.index = compare_index(table, *access.files, source);
  if (source.kind == FileInfo::Kind::missing) {
    const bool indexed = table.index == Index::current || table.index == Index::stale;
    table.index = indexed ? Index::current : table.index;
    if (!indexed) return stop(std::move(table), Standing::missing, "there is no " + table.file);
    return stop(std::move(table), Standing::hidden,
                "only the index of " + table.file + " is there, not its source");
  }
  if (source.kind == FileInfo::Kind::folder) {
    return stop(std::move(table), Standing::failing, table.file + " is a folder");
  }
  const auto content = access.files->read(table.file);
  if (!content) return stop(std::move(table), Standing::hidden, to_string(content.error()));
  take(table, *content, access);
  note_index(table);
  return table;
}

/// `pcre:{{/x/ OK}, {/y/ OK}}` as lines of a file; known from 3.7 on.
Result<std::string> lines_of(const TableName& name) {
  const auto inside = inside_braces(name.name);
  if (!inside) return tl::unexpected(inside.error());
  std::string lines;
  for (const auto& word : list_words(*inside, newest_version)) {
    const auto rule = inside_braces(word.text);
    if (!rule) return tl::unexpected(rule.error());
    lines.append(trim_blanks(*rule)).append("\n");
  }
  return lines;
}

Table read_lines(Table table, const TableAccess& access) {
  const bool has_lines =
      table.name.name.starts_with('{') && access.options.version >= Version{3, 7};
  if (!has_lines) return read_source(std::move(table), access);
  const auto lines = lines_of(table.name);
  if (!lines) return stop(std::move(table), Standing::failing, lines.error().message);
  take(table, std::make_shared<const std::string>(*lines), access);
  return table;
}

Table read_inline(Table table, const TableAccess& access) {
  table.rows = std::make_shared<const Rows>(parse_inline(table.name.name, access.options));
  table.problems = table.rows->problems;
  table.duplicates = RowIndex::Duplicates::last;
  if (table.problems.empty()) {
    table.standing = Standing::read;
    return table;
  }
  const std::string why = table.problems.front().says;
  return stop(std::move(table), Standing::failing, why);
}

Table read_value(Table table, const TableAccess& access) {
  std::string_view value = table.name.name;
  if (value.starts_with('{') && access.options.version >= Version{3, 0}) {
    const auto inside = inside_braces(value);
    if (!inside) return stop(std::move(table), Standing::failing, inside.error().message);
    value = trim_blanks(*inside);
  }
  table.values = {std::string(value)};
  table.standing = Standing::read;
  return table;
}

Table read_random(Table table, const TableAccess& access) {
  const auto inside = inside_braces(table.name.name);
  const auto words = list_words(inside.value_or(""), access.options.version);
  if (words.empty()) {
    return stop(std::move(table), Standing::failing, "expected randmap:{value, ...}");
  }
  for (const auto& word : words) table.values.emplace_back(word.text);
  table.standing = Standing::read;
  return table;
}

Table read_parts(Table table, const TableAccess& access) {
  for (const auto& part : table.name.parts) table.parts.push_back(read_table(part, access));
  table.standing = Standing::read;
  if (table.name.table_class == TableClass::all_of) table.rows = united_rows(table.parts);
  return table;
}

Table read_hidden(Table table, const TableAccess& access) {
  if (table.name.type == "unix" && table.name.name == "passwd.byname") {
    table.rows = read_system_users(*access.files);
    if (table.rows) {
      table.file = table.rows->text->file;
      table.standing = Standing::read;
      return table;
    }
  }
  const std::string why = table.name.type + ": is asked at run time";
  return stop(std::move(table), Standing::hidden, why);
}

Table read_failing(Table table, const TableAccess&) {
  const std::string why = table.name.problem;
  return stop(std::move(table), Standing::failing, why);
}

using Read = Table (*)(Table, const TableAccess&);
constexpr std::array<Read, 12> readers = {read_source,  // indexed
                                          read_source,  // text
                                          read_lines,   // cidr
                                          read_lines,   // pcre
                                          read_lines,   // regexp
                                          read_inline, read_value,  read_random, read_parts,
                                          read_parts,  read_hidden, read_failing};

}  // namespace

std::string_view to_string(Standing standing) {
  constexpr std::string_view names[] = {"read", "hidden", "missing", "failing"};
  return names[static_cast<std::size_t>(standing)];
}

Table read_table(const TableName& name, const TableAccess& access) {
  Table table;
  table.name = name;
  return readers[static_cast<std::size_t>(name.table_class)](std::move(table), access);
}

std::shared_ptr<const Aliases> read_aliases(const TableName& name, const TableAccess& access) {
  if (name.table_class != TableClass::indexed && name.table_class != TableClass::text) return {};
  const std::string file = path_in(access.folder, name.name);
  const auto content = access.files->read(file);
  if (!content) return {};
  return std::make_shared<const Aliases>(parse_aliases(file, *content));
}

}  // namespace relayproof::postfix
