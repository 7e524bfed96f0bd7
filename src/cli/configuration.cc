#include "cli/configuration.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/text.h"
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
      arguments.root.empty() && (path.empty() || absolute(arguments, path) == path_in("/", place));
  const auto host = own ? completed_by_this_machine(arguments.host) : arguments.host;
  return load(files, path.empty() ? place : absolute(arguments, path), host);
}

}  // namespace

Result<Configuration> load_configuration(const InsideArguments& arguments,
                                         const std::string& path) {
  auto configuration = find_and_load(arguments, path);
  if (!configuration) return configuration;
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
