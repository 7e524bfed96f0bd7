#include "dialects/postfix/system_users.h"

#include <string>
#include <string_view>

#include "base/text.h"
#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view passwd_file = "/etc/passwd";

// Calls `take(line, number)` for each line of a file of the system, without its comment.
template <typename Take>
void for_each_line(std::string_view content, Take take) {
  std::uint32_t number = 0;
  while (!content.empty()) {
    const auto end = content.find('\n');
    auto line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    take(trim_blanks(line.substr(0, line.find('#'))), ++number);
  }
}

// nsswitch.conf(5): the line `passwd: files` and nothing else in it.
bool only_files(std::string_view content) {
  constexpr std::string_view database = "passwd:";
  bool found = false;
  bool only = true;
  for_each_line(content, [&](std::string_view line, std::uint32_t) {
    if (!line.starts_with(database)) return;
    found = true;
    only = only && trim_blanks(line.substr(database.size())) == "files";
  });
  return found && only;
}

}  // namespace

std::shared_ptr<const Rows> read_system_users(const FileSystem& files) {
  const auto services = files.read("/etc/nsswitch.conf");
  const auto users = files.read(std::string(passwd_file));
  if (!services || !users || !only_files(**services)) return {};
  auto text = std::make_shared<TableText>();
  text->file = passwd_file;
  text->content = *users;
  Rows rows;
  for_each_line(*text->content, [&](std::string_view line, std::uint32_t number) {
    const auto name = line.substr(0, line.find(':'));
    if (!name.empty() && name.size() < line.size()) rows.rows.push_back({name, line, number});
  });
  rows.text = std::move(text);
  return std::make_shared<const Rows>(std::move(rows));
}

}  // namespace relayproof::postfix
