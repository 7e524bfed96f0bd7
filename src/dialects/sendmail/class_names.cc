#include "dialects/sendmail/class_names.h"

#include <map>
#include <memory>

#include "base/text.h"
#include "dialects/sendmail/access_tables.h"

namespace relayproof::sendmail {

std::optional<std::uint32_t> lower_class(PolicyBuilder& builder, const CfClass& members,
                                         Below below) {
  std::map<std::string, policy::Table> by_file;
  const auto found = builder.result(policy::Nothing{});
  for (const auto& [member, where] : members.members) {
    auto& table = by_file[where.file];
    table.file = where.file;
    const policy::Row row{found, static_cast<std::uint32_t>(where.line), {}};
    const auto add = [&](std::string key) {
      const auto stored = std::make_shared<const std::string>(std::move(key));
      if (table.literals.try_emplace(*stored, row).second) table.storage.push_back(stored);
    };
    auto name = to_lower(member);
    while (name.size() > 1 && name.ends_with('.')) name.pop_back();
    if (!name.starts_with('.')) add(name);
    if (below == Below::counts && !is_made_of_digits(name))
      add(name.starts_with('.') ? name : '.' + name);
  }
  if (by_file.empty()) return std::nullopt;
  policy::Lookup lookup;
  for (auto& [file, table] : by_file) {
    table.name = file.empty() ? "the host's own names" : file;
    lookup.tables.push_back(builder.table(std::move(table)));
  }
  lookup.keys = {policy::Key::whole};
  if (below == Below::counts) lookup.keys.push_back(policy::Key::dotted_host_parents);
  return builder.lookup(lookup);
}

bool is_in_class(const CfClass& members, std::string_view name, Below below) {
  if (members.has(name)) return true;
  if (below == Below::none) return false;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    if (members.has(name.substr(dot + 1)) || members.has(name.substr(dot))) return true;
  }
  return false;
}

std::vector<ClassNetwork> networks_of(const CfClass& members) {
  std::vector<ClassNetwork> networks;
  for (const auto& [member, where] : members.members) {
    auto key = std::string_view(member);
    while (key.ends_with('.') || key.ends_with(':')) key.remove_suffix(1);
    if (key.empty()) continue;
    if (auto addresses = network_of_key(key)) networks.push_back({member, where, *addresses});
  }
  return networks;
}

}  // namespace relayproof::sendmail
