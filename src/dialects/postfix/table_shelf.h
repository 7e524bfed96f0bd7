// The tables that a configuration names, each opened and read once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "dialects/postfix/config.h"
#include "dialects/postfix/table.h"

namespace relayproof::postfix {

class TableShelf {
 public:
  TableShelf(const FileSystem& files, const Config& config);

  const FileSystem& files() const { return *access_.files; }
  const Config& config() const { return config_; }
  const TableAccess& access() const { return access_; }

  /// Never null; the same name gives the same table. What alias_maps and alias_database name is
  /// read as aliases(5): rows `name -> targets`.
  std::shared_ptr<const Table> open(const TableName& name);
  std::shared_ptr<const Table> open(std::string_view type_and_name);
  /// A source of aliases(5) lines; null if it cannot be read (open() says why).
  std::shared_ptr<const Aliases> aliases(const TableName& name);

  /// Everything that was opened, by the text of its name.
  const std::map<std::string, std::shared_ptr<const Table>>& opened() const { return opened_; }

 private:
  bool holds_aliases(const TableName& name) const;

  const Config& config_;
  TableAccess access_;
  std::map<std::string, std::shared_ptr<const Table>> opened_;
  std::map<std::string, std::shared_ptr<const Aliases>> aliases_;
};

}  // namespace relayproof::postfix
