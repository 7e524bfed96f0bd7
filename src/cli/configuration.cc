#include "cli/configuration.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/text.h"
#include "cli/archive_files.h"
#include "cli/deployment_files.h"
#include "cli/disk_files.h"
#include "cli/found_configurations.h"
#include "cli/moved_files.h"
#include "cli/subtree_files.h"
#include "cli/this_machine.h"

namespace relayproof::cli {
namespace {

using dialects::all_dialects;

// What standard input is called in messages.
constexpr const char* standard_input = "/standard input";

std::string titles() {
  std::vector<std::string_view> names;
  for (const auto* dialect : all_dialects()) names.push_back(dialect->title);
  return fmt::format("{}", fmt::join(names, ", "));
}

// Links that lead nowhere, or round in a circle, look as if nothing were there.
tl::unexpected<Error> nothing_known(const FileSystem& files, const std::string& path,
                                    const std::string& shown) {
  const auto is_missing = [&](const std::string& name) {
    return files.info(name).kind == FileInfo::Kind::missing;
  };
  if (is_missing(path)) {
    const auto circle = files.read(path);
    const bool is_circle = !circle && circle.error().message.ends_with(std::strerror(ELOOP));
    return failure(is_circle ? circle.error().message : "no such file or folder", {shown, 0, 0});
  }
  for (const auto& name : files.list(path)) {
    const auto inside = path_in(path, name);
    if (!is_missing(inside)) continue;
    const auto nothing = "nothing else here is a configuration that I know";
    return failure(fmt::format("leads nowhere, and {} ({})", nothing, titles()),
                   {path_in(shown, name), 0, 0});
  }
  return failure(fmt::format("no configuration that I know ({})", titles()), {shown, 0, 0});
}

// Where configurations come from.
struct Source {
  std::unique_ptr<FileSystem> files;
  std::string path;
  std::string shown;  // how the user knows the path
};

Result<Configuration> load(const FileSystem& all, const FoundConfiguration& found,
                           const dialects::Host& host) {
  const SubtreeFiles files(all, found.root);
  const bool is_folder = files.info(found.path).kind == FileInfo::Kind::folder;
  const MovedFiles moved(files, is_folder ? found.path : path_in(found.path, ".."),
                         std::string(found.dialect->usual_place));
  auto loaded = found.dialect->load(moved, found.path, host);
  if (!loaded) return tl::unexpected(loaded.error());
  return Configuration{found.dialect, found.root + found.path, host, std::move(*loaded), {}};
}

Result<Source> standard_input_source() {
  constexpr std::size_t limit = std::size_t{64} << 20U;
  std::string text;
  for (std::istreambuf_iterator<char> it(std::cin), end; it != end && text.size() <= limit; ++it) {
    text += *it;
  }
  if (text.size() > limit) return failure("standard input is larger than 64 MiB");
  auto files = std::make_unique<MemoryFiles>();
  files->add(standard_input, std::move(text));
  return Source{std::move(files), standard_input, standard_input};
}

// `audit .` names the folder that files in it are seen from.
std::string absolute(const InsideArguments& arguments, const std::string& path) {
  if (!arguments.root.empty()) return path_in("/", path);
  std::error_code unknown;
  const auto here = std::filesystem::current_path(unknown);
  return unknown ? path : path_in(here.string(), path);
}

Result<Source> source_of(const InsideArguments& arguments, const std::string& path) {
  if (path == "-") return standard_input_source();
  if (arguments.root.empty() && !path.empty() && looks_like_archive(path)) {
    auto files = read_archive(path);
    if (!files) return tl::unexpected(files.error());
    return Source{std::make_unique<MemoryFiles>(std::move(*files)), "/", path};
  }
  const auto place = path.empty() ? path : absolute(arguments, path);
  return Source{std::make_unique<DiskFiles>(arguments.root), place, place};
}

// Of no path: what is installed.
Result<std::vector<FoundConfiguration>> found_in(const Source& source) {
  if (!source.path.empty()) {
    auto found = find_configurations(*source.files, source.path);
    if (found && found->empty()) return nothing_known(*source.files, source.path, source.shown);
    return found;
  }
  std::vector<FoundConfiguration> installed;
  for (const auto* dialect : all_dialects()) {
    const std::string place(dialect->usual_place);
    if (dialect->recognise(*source.files, place)) installed.push_back({dialect, place, {}});
  }
  if (!installed.empty()) return installed;
  return failure(fmt::format(
      "no mail server's configuration found on this machine ({}); name a folder", titles()));
}

// Whether it is the configuration that is in force on this machine.
bool is_own(const InsideArguments& arguments, const std::string& path,
            const FoundConfiguration& found) {
  return arguments.root.empty() && path != "-" && found.root.empty() &&
         found.path == found.dialect->usual_place && (path.empty() || !looks_like_archive(path));
}

// Doors as the files of `--deployment` make them. What the server takes from its interfaces it
// takes from its container's.
Result<bool> deploy(const InsideArguments& arguments, const FileSystem& files,
                    const FoundConfiguration& found, Configuration& configuration) {
  if (arguments.deployment.empty()) return true;
  const auto deployment =
      read_deployment(DiskFiles(), arguments.deployment, arguments.host.environment);
  if (!deployment) return tl::unexpected(deployment.error());
  deployment::ApplyOptions options{arguments.container, configuration.host.interfaces};
  if (arguments.host.interfaces.empty()) {
    auto host = configuration.host;
    host.interfaces = interfaces_of(*deployment, options, configuration.loaded.policy);
    if (!host.interfaces.empty()) {
      auto again = load(files, found, host);
      if (!again) return tl::unexpected(again.error());
      configuration = std::move(*again);
    }
  }
  return apply_deployment(*deployment, options, configuration.loaded);
}

Result<Configuration> load_deployed(const InsideArguments& arguments, const std::string& path,
                                    const Source& source, const FoundConfiguration& found) {
  const auto host =
      is_own(arguments, path, found) ? completed_by_this_machine(arguments.host) : arguments.host;
  auto configuration = load(*source.files, found, host);
  if (!configuration) return configuration;
  const auto deployed = deploy(arguments, *source.files, found, *configuration);
  if (!deployed) return tl::unexpected(deployed.error());
  auto& claims = configuration->loaded.policy.answers_for;
  claims.insert(claims.end(), arguments.responsible.begin(), arguments.responsible.end());
  const bool is_packed = source.shown != source.path;
  configuration->shown =
      is_packed ? source.shown + ": " + configuration->path : configuration->path;
  return configuration;
}

std::string list_of(const std::vector<FoundConfiguration>& found) {
  std::vector<std::string> names;
  for (const auto& each : found) {
    names.push_back(fmt::format("{} in {}", each.dialect->title, each.root + each.path));
  }
  return fmt::format("{}", fmt::join(names, ", "));
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
  const auto source = source_of(arguments, path);
  if (!source) return tl::unexpected(source.error());
  const auto found = found_in(*source);
  if (!found) return tl::unexpected(found.error());
  if (found->size() > 1) {
    const char* what =
        source->shown == source->path ? "name one of them" : "unpack it and name one";
    return failure(fmt::format("several configurations, {}: {}", what, list_of(*found)),
                   {source->shown, 0, 0});
  }
  return load_deployed(arguments, path, *source, found->front());
}

Result<std::vector<Result<Configuration>>> load_configurations(const InsideArguments& arguments,
                                                               const std::string& path) {
  const auto source = source_of(arguments, path);
  if (!source) return tl::unexpected(source.error());
  const auto found = found_in(*source);
  if (!found) return tl::unexpected(found.error());
  std::vector<Result<Configuration>> loaded;
  for (const auto& each : *found) {
    loaded.push_back(load_deployed(arguments, path, *source, each));
  }
  return loaded;
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
