#include "base/text.h"
#include "dialects/exim/debian.h"
#include "dialects/exim/locate.h"
#include "dialects/exim/remedies.h"

namespace relayproof::exim {

dialects::Upkeep upkeep(const FileSystem& files, const std::string& path, const dialects::Host&,
                        const std::vector<std::string>& edited) {
  dialects::Upkeep due;
  const auto file = locate(files, path);
  const auto content = file ? files.read(*file) : Result<std::shared_ptr<const std::string>>{};
  if (!file || !content || edited.empty()) return due;
  const auto folder = path_in(*file, "..");
  if (is_debian_answers(**content)) {
    // Asks `exim4 -bV` about what it would make of them.
    due.check.push_back({"update-exim4.conf", "-d", folder, "--check"});
    due.reload.push_back({"update-exim4.conf", "-d", folder});
  } else {
    due.check.push_back({"exim", "-C", *file, "-bV"});
  }
  due.status.push_back({"pgrep", "-x", "exim4|exim"});
  due.reload.push_back({"pkill", "-HUP", "-o", "-x", "exim4|exim"});
  return due;
}

dialects::Upkeep::Command rehearse(const FileSystem& files, const std::string& path,
                                   const mail::IpAddress& client) {
  const auto file = locate(files, path);
  const auto content = file ? files.read(*file) : Result<std::shared_ptr<const std::string>>{};
  if (!file || !content) return {};
  // What update-exim4.conf makes is where Exim looks for it.
  if (is_debian_answers(**content)) return {"exim", "-bh", client.to_string()};
  return {"exim", "-C", *file, "-bh", client.to_string()};
}

}  // namespace relayproof::exim
