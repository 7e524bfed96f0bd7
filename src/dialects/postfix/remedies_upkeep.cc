// What Postfix needs after its files were edited (postfix(1), postmap(1), postalias(1)).
#include <algorithm>

#include "dialects/postfix/lower.h"
#include "dialects/postfix/remedies.h"

namespace relayproof::postfix {
namespace {

bool is_among(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

bool holds_aliases(const Config& config, const TableName& name) {
  for (const auto* parameter : {"alias_maps", "alias_database"}) {
    for (const auto& word : list_words(config.effective(parameter).text, config.version())) {
      if (word.text == name.text) return true;
    }
  }
  return false;
}

void add_indexes(const Config& config, const Table& table, const std::vector<std::string>& edited,
                 dialects::Upkeep& to) {
  for (const auto& part : table.parts) add_indexes(config, part, edited, to);
  if (table.name.table_class != TableClass::indexed || !is_among(edited, table.file)) return;
  const auto file = table.file + table.name.index_suffix;
  const bool known = std::any_of(to.indexes.begin(), to.indexes.end(),
                                 [&](const auto& index) { return index.file == file; });
  if (known) return;
  const std::string program = holds_aliases(config, table.name) ? "postalias" : "postmap";
  to.indexes.push_back(
      {table.file, file, {program, "-c", config.folder(), table.name.type + ":%"}});
}

}  // namespace

dialects::Upkeep upkeep(const FileSystem& files, const std::string& path, const Host& host,
                        const std::vector<std::string>& edited) {
  const auto config = read(files, path, host);
  if (!config) return {};
  dialects::Upkeep due;
  due.check.push_back({"postfix", "-c", config->folder(), "check"});
  due.status.push_back({"postfix", "-c", config->folder(), "status"});
  due.reload.push_back({"postfix", "-c", config->folder(), "reload"});
  TableShelf shelf(files, *config);
  lower(*config, shelf);  // opens every table that counts
  for (const auto& [name, table] : shelf.opened()) add_indexes(*config, *table, edited, due);
  return due;
}

}  // namespace relayproof::postfix
