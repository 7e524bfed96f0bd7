#include "cli/deployment_files.h"

#include <array>

#include "deployment/read.h"

namespace relayproof::cli {
namespace {

using deployment::Kind;
using deployment::Variables;

struct Text {
  std::string path;
  std::shared_ptr<const std::string> text;
  Kind kind = Kind::unknown;
};

// As Compose looks for them: the first, and its override.
std::vector<std::string> compose_files_in(const FileSystem& files, const std::string& folder) {
  static constexpr std::array<std::string_view, 4> stems = {"compose", "docker-compose",
                                                            "podman-compose", "container-compose"};
  std::vector<std::string> found;
  for (const auto stem : stems) {
    for (const std::string_view ending : {".yaml", ".yml"}) {
      for (const std::string_view middle : {"", ".override"}) {
        const auto path =
            path_in(folder, std::string(stem) + std::string(middle) + std::string(ending));
        if (files.info(path).kind == FileInfo::Kind::file) found.push_back(path);
      }
    }
    if (!found.empty()) break;
  }
  return found;
}

void add_variables(const std::string& text, Variables& to) {
  for (auto& [name, value] : deployment::parse_variables(text)) to[name] = value;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

Result<deployment::Deployment> read_deployment(
    const FileSystem& files, const std::vector<std::string>& paths,
    const std::map<std::string, std::string>& environment) {
  std::vector<std::string> all;
  for (const auto& path : paths) {
    if (files.info(path).kind != FileInfo::Kind::folder) {
      all.push_back(path);
      continue;
    }
    const auto found = compose_files_in(files, path);
    if (found.empty()) return failure("there is no compose file in this folder", {path, 0, 0});
    all.insert(all.end(), found.begin(), found.end());
  }
  std::vector<Text> texts;
  Variables variables;
  for (const auto& path : all) {
    auto text = files.read(path);
    if (!text) return tl::unexpected(text.error());
    const auto kind = deployment::recognise(**text, path);
    if (kind == Kind::variables) add_variables(**text, variables);
    if (kind == Kind::compose) {
      const auto beside = path_in(folder_of(path), ".env");
      if (files.info(beside).kind == FileInfo::Kind::file) {
        const auto assignments = files.read(beside);
        if (!assignments) return tl::unexpected(assignments.error());
        add_variables(**assignments, variables);
      }
    }
    texts.push_back({path, std::move(*text), kind});
  }
  for (const auto& [name, value] : environment) variables[name] = value;
  deployment::Deployment deployment;
  // What runs is told after what files say, so that it counts.
  for (const bool engine : {false, true}) {
    for (const auto& text : texts) {
      if ((text.kind == Kind::engine) != engine) continue;
      const auto read = deployment::read(*text.text, text.path, variables, deployment);
      if (!read) return tl::unexpected(read.error());
    }
  }
  return deployment;
}

}  // namespace relayproof::cli
