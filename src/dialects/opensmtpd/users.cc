#include "dialects/opensmtpd/users.h"

#include <string_view>

#include "base/text.h"

namespace relayproof::opensmtpd {
namespace {

// nsswitch.conf(5): the line `passwd: files` and nothing else in it.
bool only_files(std::string_view content) {
  bool only = false;
  for (const auto line : split(content, '\n')) {
    const auto found = words(line.substr(0, line.find('#')));
    if (found.empty() || found[0] != "passwd:") continue;
    only = found.size() == 2 && found[1] == "files";
  }
  return only;
}

}  // namespace

std::optional<std::set<std::string>> system_users(const FileSystem& files) {
  const auto services = files.read("/etc/nsswitch.conf");
  const auto passwd = files.read("/etc/passwd");
  if (!services || !passwd || !only_files(**services)) return std::nullopt;
  std::set<std::string> users;
  for (const auto line : split(**passwd, '\n')) {
    const auto name = line.substr(0, line.find(':'));
    if (name.empty() || name.size() == line.size() || to_lower(name) != name) continue;
    users.emplace(name);
  }
  return users;
}

}  // namespace relayproof::opensmtpd
