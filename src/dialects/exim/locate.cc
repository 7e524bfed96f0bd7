#include "dialects/exim/locate.h"

#include <array>

#include "base/text.h"

namespace relayproof::exim {
namespace {

constexpr auto usual_names =
    std::to_array<std::string_view>({"exim4.conf", "exim.conf", "configure", "exim/exim.conf"});

constexpr auto sections = std::to_array<std::string_view>(
    {"acl", "authenticators", "retry", "rewrite", "routers", "transports", "local_scan"});
constexpr auto options =
    std::to_array<std::string_view>({"acl_smtp_", "domainlist ", "hostlist ", "addresslist ",
                                     "localpartlist ", "daemon_smtp_port"});

bool is_file(const FileSystem& files, const std::string& path) {
  return files.info(path).kind == FileInfo::Kind::file;
}

bool holds_configuration(const FileSystem& files, const std::string& path) {
  const auto content = files.read(path);
  return content && is_configuration(**content);
}

}  // namespace

bool is_configuration(std::string_view content) {
  std::size_t found = 0;
  for (const auto raw : split(content, '\n')) {
    const auto line = trim(raw);
    if (starts_with_ignoring_case(line, "begin ")) {
      const auto name = trim(line.substr(6));
      for (const auto section : sections) {
        if (equals_ignoring_case(name, section)) ++found;
      }
    }
    for (const auto option : options) {
      if (line.starts_with(option) && line.find('=') != std::string_view::npos) ++found;
    }
  }
  return found > 0;
}

bool is_debian_answers(std::string_view content) {
  for (const auto raw : split(content, '\n')) {
    if (trim(raw).starts_with("dc_eximconfig_configtype=")) return true;
  }
  return false;
}

std::optional<std::string> locate(const FileSystem& files, const std::string& path) {
  const auto kind = files.info(path).kind;
  if (kind == FileInfo::Kind::file) {
    const auto content = files.read(path);
    if (!content) return std::nullopt;
    if (is_configuration(**content) || is_debian_answers(**content)) return path;
    return std::nullopt;
  }
  if (kind != FileInfo::Kind::folder) return std::nullopt;
  for (const auto name : usual_names) {
    const auto file = path_in(path, name);
    if (is_file(files, file) && holds_configuration(files, file)) return file;
  }
  const auto answers = path_in(path, debian_answers);
  if (is_file(files, answers)) return answers;
  for (const auto& name : files.list(path)) {
    const auto file = path_in(path, name);
    const bool is_ours = name.find("exim") != std::string::npos || name.starts_with("configure");
    const bool is_copy = name.ends_with('~') || name.ends_with(".bak") || name.ends_with(".orig");
    if (is_ours && !is_copy && is_file(files, file) && holds_configuration(files, file))
      return file;
  }
  return std::nullopt;
}

}  // namespace relayproof::exim
