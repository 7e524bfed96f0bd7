#include "dialects/postfix/table_shelf.h"

#include "base/text.h"
#include "patterns/pattern.h"

namespace relayproof::postfix {
namespace {

// More files in files than this are left as they stand.
constexpr int include_depth = 10;

std::string written(const AliasTarget& target, const FileSystem& files, int depth);

// A list of addresses in a file (aliases(5) `:include:`), line by line.
std::string included(const std::string& text, const FileSystem& files, int depth) {
  std::string result;
  for (const auto line : split(text, '\n')) {
    const auto addresses = trim(line.substr(0, line.find('#')));
    for (const auto& target : alias_targets(addresses)) {
      if (!result.empty()) result += ", ";
      result += written(target, files, depth);
    }
  }
  return result;
}

std::string written(const AliasTarget& target, const FileSystem& files, int depth) {
  switch (target.kind) {
    case AliasTarget::Kind::command:
      return "\"|" + target.text + "\"";
    case AliasTarget::Kind::include: {
      const auto list = files.read(target.text);
      if (!list || depth == 0) return ":include:" + target.text;
      return included(**list, files, depth - 1);
    }
    case AliasTarget::Kind::file:
    case AliasTarget::Kind::address:
      break;
  }
  return target.text;
}

// Rows `name targets`, in a text of their own that they look into.
std::shared_ptr<const Rows> rows_of(const Aliases& aliases, const std::string& file,
                                    const FileSystem& files) {
  auto content = std::make_shared<std::string>();
  for (const auto& row : aliases.rows) {
    content->append(row.name).append("\t");
    for (const auto& target : row.targets) {
      if (&target != &row.targets.front()) content->append(", ");
      content->append(written(target, files, include_depth));
    }
    content->append("\n");
  }
  auto text = std::make_shared<TableText>();
  text->file = file;
  text->content = content;
  Rows rows;
  rows.text = text;
  std::string_view rest = *content;
  for (const auto& row : aliases.rows) {
    const auto line = rest.substr(0, rest.find('\n'));
    rows.rows.push_back(
        {line.substr(0, row.name.size()), line.substr(row.name.size() + 1), row.line});
    rest.remove_prefix(line.size() + 1);
  }
  rows.problems = aliases.problems;
  return std::make_shared<const Rows>(std::move(rows));
}

}  // namespace

TableShelf::TableShelf(const FileSystem& files, const Config& config) : config_(config) {
  access_.files = &files;
  access_.folder = config.effective("queue_directory").text;
  access_.options.version = config.version();
  access_.options.utf8 = to_bool(config.effective("smtputf8_enable").text).value_or(true);
  access_.count_groups = [](const PatternText& text) -> Result<std::size_t> {
    const auto pattern = patterns::Pattern::compile(text.text, text.flavour, text.options);
    if (!pattern) return tl::unexpected(pattern.error());
    return pattern->groups();
  };
}

std::shared_ptr<const Table> TableShelf::open(const TableName& name) {
  auto& table = opened_[name.text];
  if (table) return table;
  auto opened = read_table(name, access_);
  if (opened.standing == Standing::read && opened.rows && holds_aliases(name)) {
    if (const auto found = aliases(name))
      opened.rows = rows_of(*found, opened.file, *access_.files);
  }
  table = std::make_shared<const Table>(std::move(opened));
  return table;
}

// alias_maps and alias_database name tables whose sources are aliases(5) files.
bool TableShelf::holds_aliases(const TableName& name) const {
  for (const std::string_view parameter : {"alias_maps", "alias_database"}) {
    const auto value = config_.effective(parameter).text;
    for (const auto& word : list_words(value, config_.version())) {
      if (word.text == name.text) return true;
    }
  }
  return false;
}

std::shared_ptr<const Table> TableShelf::open(std::string_view type_and_name) {
  return open(parse_table_name(type_and_name, config_.version()));
}

std::shared_ptr<const Aliases> TableShelf::aliases(const TableName& name) {
  const auto [place, is_new] = aliases_.try_emplace(name.text);
  if (is_new) place->second = read_aliases(name, access_);
  return place->second;
}

}  // namespace relayproof::postfix
