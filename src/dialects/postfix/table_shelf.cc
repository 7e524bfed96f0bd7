#include "dialects/postfix/table_shelf.h"

#include "patterns/pattern.h"

namespace relayproof::postfix {

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
  if (!table) table = std::make_shared<const Table>(read_table(name, access_));
  return table;
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
