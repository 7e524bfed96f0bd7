#include "cli/targets.h"

#include <fstream>
#include <iostream>

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

// What is wrong with the network; nullopt if it was added.
std::optional<std::string> add_network(const mail::Network& network, const Scope* scope,
                                       TargetList& list) {
  const std::string name = network.address.to_string() + "/" + std::to_string(network.prefix);
  if (scope == nullptr) {
    return "'" + name + "' is not a host; networks need a scope file that declares them (--scope)";
  }
  if (!mail::IpSet::of(network).is_subset_of(scope->networks)) {
    return name + " is outside of the networks of the scope file";
  }
  list.networks.push_back(network);
  if (list.size() > most_addresses) return name + " has too many addresses to ask them all";
  return std::nullopt;
}

std::optional<std::string> add_target(std::string_view text, const Scope* scope, TargetList& list) {
  if (const auto network = mail::Network::parse(text)) return add_network(*network, scope, list);
  const auto target = probe::parse_target(text);
  if (!target) return target.error().message;
  const auto address = mail::IpAddress::parse(target->host);
  if (scope != nullptr && address && !scope->networks.contains(*address)) {
    return target->host + " is outside of the networks of the scope file";
  }
  list.hosts.emplace_back(text);
  return std::nullopt;
}

Result<bool> add_lines(std::string_view text, const std::string& file, const Scope* scope,
                       TargetList& list) {
  std::size_t number = 0;
  for (const std::string_view whole : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(whole.substr(0, whole.find('#')));
    if (line.empty()) continue;
    if (const auto wrong = add_target(line, scope, list)) {
      const auto column = static_cast<std::size_t>(line.data() - whole.data()) + 1;
      return failure(*wrong, {file, number, column});
    }
  }
  return true;
}

}  // namespace

Result<TargetList> parse_targets(std::string_view text, const std::string& file,
                                 const Scope* scope) {
  TargetList list;
  const auto added = add_lines(text, file, scope, list);
  if (!added) return tl::unexpected(added.error());
  return list;
}

Result<TargetList> collect_targets(const Arguments& arguments, const Scope* scope) {
  TargetList list;
  for (const auto& text : arguments.targets) {
    if (const auto wrong = add_target(text, scope, list)) return failure(*wrong);
  }
  if (arguments.targets_file.empty()) return list;
  const auto text = read_list(arguments.targets_file);
  if (!text) return tl::unexpected(text.error());
  const bool given = arguments.targets_file == "-";
  const auto added =
      add_lines(*text, given ? "standard input" : arguments.targets_file, scope, list);
  if (!added) return tl::unexpected(added.error());
  if (list.size() == 0) return failure("names no target", {arguments.targets_file});
  return list;
}

}  // namespace relayproof::cli
