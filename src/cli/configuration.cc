#include "cli/configuration.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/text.h"
#include "cli/deployment_files.h"
#include "cli/disk_files.h"
#include "cli/moved_files.h"
#include "cli/this_machine.h"

namespace relayproof::cli {
namespace {

using dialects::all_dialects;
using dialects::Dialect;

// What standard input is called in messages.
constexpr const char* standard_input = "/standard input";

const Dialect* recognise(const FileSystem& files, const std::string& path) {
  for (const auto* dialect : all_dialects()) {
    if (dialect->recognise(files, path)) return dialect;
  }
  return nullptr;
}

std::string titles() {
  std::vector<std::string_view> names;
  for (const auto* dialect : all_dialects()) names.push_back(dialect->title);
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<Configuration> load(const FileSystem& files, const std::string& path,
                           const dialects::Host& host) {
  const Dialect* dialect = recognise(files, path);
  if (dialect == nullptr) {
    const auto info = files.info(path);
    if (info.kind == FileInfo::Kind::missing)
      return failure("no such file or folder", {path, 0, 0});
    return failure(fmt::format("no configuration that I know ({})", titles()), {path, 0, 0});
  }
  const bool is_folder = files.info(path).kind == FileInfo::Kind::folder;
  const MovedFiles moved(files, is_folder ? path : path_in(path, ".."),
                         std::string(dialect->usual_place));
  auto loaded = dialect->load(moved, path, host);
  if (!loaded) return tl::unexpected(loaded.error());
  return Configuration{dialect, path, host, std::move(*loaded)};
}

Result<Configuration> load_standard_input(const dialects::Host& host) {
  constexpr std::size_t limit = std::size_t{64} << 20U;
  std::string text;
  for (std::istreambuf_iterator<char> it(std::cin), end; it != end && text.size() <= limit; ++it) {
    text += *it;
  }
  if (text.size() > limit) return failure("standard input is larger than 64 MiB");
  MemoryFiles files;
  files.add(standard_input, std::move(text));
  return load(files, standard_input, host);
}

std::string usual_place(const FileSystem& files) {
  for (const auto* dialect : all_dialects()) {
    const std::string place(dialect->usual_place);
    if (dialect->recognise(files, place)) return place;
  }
  return {};
}

// `audit .` names the folder that files in it are seen from.
std::string absolute(const InsideArguments& arguments, const std::string& path) {
  if (!arguments.root.empty()) return path_in("/", path);
  std::error_code unknown;
  const auto here = std::filesystem::current_path(unknown);
  return unknown ? path : path_in(here.string(), path);
}

Result<Configuration> find_and_load(const InsideArguments& arguments, const std::string& path) {
  if (path == "-") return load_standard_input(arguments.host);
  const DiskFiles files(arguments.root);
  const std::string place = usual_place(files);
  if (path.empty() && place.empty()) {
    return failure(fmt::format(
        "no mail server's configuration found on this machine ({}); name a folder", titles()));
  }
  const bool own =
      arguments.root.empty() &&
      (path.empty() || (!place.empty() && absolute(arguments, path) == path_in("/", place)));
  const auto host = own ? completed_by_this_machine(arguments.host) : arguments.host;
  return load(files, path.empty() ? place : absolute(arguments, path), host);
}

// Doors as the files of `--deployment` make them. What the server takes from its interfaces it
// takes from its container's.
Result<bool> deploy(const InsideArguments& arguments, const std::string& path,
                    Configuration& configuration) {
  if (arguments.deployment.empty()) return true;
  const auto deployment =
      read_deployment(DiskFiles(), arguments.deployment, arguments.host.environment);
  if (!deployment) return tl::unexpected(deployment.error());
  deployment::ApplyOptions options{arguments.container, configuration.host.interfaces};
  if (arguments.host.interfaces.empty() && path != "-") {
    auto host = configuration.host;
    host.interfaces = interfaces_of(*deployment, options, configuration.loaded.policy);
    if (!host.interfaces.empty()) {
      auto again = load(DiskFiles(arguments.root), configuration.path, host);
      if (!again) return tl::unexpected(again.error());
      configuration = std::move(*again);
    }
  }
  return apply_deployment(*deployment, options, configuration.loaded);
}

}  // namespace

Result<bool> apply_deployment(const deployment::Deployment& deployment,
                              const deployment::ApplyOptions& options, dialects::Loaded& loaded) {
  auto applied = deployment::apply(deployment, options, loaded.policy);
  if (!applied) return tl::unexpected(applied.error());
  for (auto& note : applied->notes) {
    loaded.assumptions.push_back({note.where, note.text, note.says, note.decisive});
  }
  return true;
}

Result<Surroundings> surroundings_of(const InsideArguments& arguments, const dialects::Host& host) {
  if (arguments.deployment.empty()) return Surroundings{};
  auto told = read_deployment(DiskFiles(), arguments.deployment, arguments.host.environment);
  if (!told) return tl::unexpected(told.error());
  const deployment::ApplyOptions options{arguments.container, host.interfaces};
  return [deployment = std::move(*told), options](dialects::Loaded& loaded) {
    return apply_deployment(deployment, options, loaded);
  };
}

Result<Configuration> load_configuration(const InsideArguments& arguments,
                                         const std::string& path) {
  auto configuration = find_and_load(arguments, path);
  if (!configuration) return configuration;
  const auto deployed = deploy(arguments, path, *configuration);
  if (!deployed) return tl::unexpected(deployed.error());
  auto& claims = configuration->loaded.policy.answers_for;
  claims.insert(claims.end(), arguments.responsible.begin(), arguments.responsible.end());
  return configuration;
}

mail::IpSet trusted_of(const InsideArguments& arguments, const dialects::Host& host) {
  mail::IpSet trusted = mail::loopback();
  for (const auto& interface : host.interfaces) {
    trusted = trusted | mail::IpSet::of(interface.address);
  }
  for (const auto& network : arguments.trusted) trusted = trusted | mail::IpSet::of(network);
  return trusted;
}

}  // namespace relayproof::cli
