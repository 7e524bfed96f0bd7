#include "cli/targets.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "base/text.h"

namespace relayproof::cli {
namespace {

// A million names of ordinary length.
constexpr std::size_t largest_list = 64UL * 1024 * 1024;

Result<std::string> read_bounded(std::istream& in, const std::string& file) {
  std::string text;
  char buffer[64 * 1024];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_list) return failure("is larger than 64 MiB", {file});
  }
  if (in.bad()) return failure("cannot be read", {file});
  return text;
}

Result<std::string> read_list(const std::string& file) {
  if (file == "-") return read_bounded(std::cin, "standard input");
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure("cannot be read", {file});
  return read_bounded(in, file);
}

}  // namespace

Result<std::vector<probe::TargetSpec>> parse_targets(std::string_view text,
                                                     const std::string& file) {
  std::vector<probe::TargetSpec> targets;
  std::size_t number = 0;
  for (const std::string_view whole : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(whole.substr(0, whole.find('#')));
    if (line.empty()) continue;
    const auto target = probe::parse_target(line);
    if (!target) {
      const auto column = static_cast<std::size_t>(line.data() - whole.data()) + 1;
      return failure(target.error().message, {file, number, column});
    }
    targets.push_back(*target);
  }
  return targets;
}

Result<std::vector<probe::TargetSpec>> collect_targets(const Arguments& arguments) {
  std::vector<probe::TargetSpec> targets;
  for (const auto& text : arguments.targets) {
    const auto target = probe::parse_target(text);
    if (!target) return tl::unexpected(target.error());
    targets.push_back(*target);
  }
  if (arguments.targets_file.empty()) return targets;
  const auto text = read_list(arguments.targets_file);
  if (!text) return tl::unexpected(text.error());
  const bool given = arguments.targets_file == "-";
  const auto listed = parse_targets(*text, given ? "standard input" : arguments.targets_file);
  if (!listed) return tl::unexpected(listed.error());
  targets.insert(targets.end(), listed->begin(), listed->end());
  if (targets.empty()) return failure("names no target", {arguments.targets_file});
  return targets;
}

}  // namespace relayproof::cli
