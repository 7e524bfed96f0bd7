#include "cli/scope.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "cli/config.h"
#include "mail/domain.h"

namespace relayproof::cli {
namespace {

using std::chrono::system_clock;

constexpr std::size_t largest_file = std::size_t{16} * 1024 * 1024;

SourceRange range_of(const toml::source_region& region, const std::string& file) {
  return {file, region.begin.line, region.begin.column};
}

Result<std::string> read_whole(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure("cannot be read", {file});
  std::string text;
  char buffer[64 * 1024];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_file) return failure("is larger than 16 MiB", {file});
  }
  if (in.bad()) return failure("cannot be read", {file});
  return text;
}

// A network, or a single address.
std::optional<mail::IpSet> set_of(std::string_view text) {
  if (const auto network = mail::Network::parse(text)) return mail::IpSet::of(*network);
  if (const auto address = mail::IpAddress::parse(text)) return mail::IpSet::of(*address);
  return std::nullopt;
}

std::optional<std::string> read_text(const toml::node& node, std::string& to) {
  const auto value = node.value<std::string>();
  if (!value || trim(*value).empty()) return "must be some words in quotes";
  to = *value;
  return std::nullopt;
}

std::optional<std::string> read_who(const toml::node& node, Scope& scope) {
  return read_text(node, scope.who);
}

std::optional<std::string> read_contact(const toml::node& node, Scope& scope) {
  const auto value = node.value<std::string>();
  if (!value || !is_address(*value)) return "must be one address, such as \"you@example.edu\"";
  scope.contact = *value;
  return std::nullopt;
}

std::optional<std::string> read_networks(const toml::node& node, Scope& scope) {
  const auto* list = node.as_array();
  if (list == nullptr || list->empty()) return "must be a list of networks";
  mail::IpSetBuilder all;
  for (const auto& each : *list) {
    const auto text = each.value<std::string>();
    const auto network = text ? set_of(*text) : std::nullopt;
    if (!network) return "holds what is no network: such as \"192.0.2.0/24\"";
    all.add(*network);
  }
  scope.networks = all.build();
  return std::nullopt;
}

std::optional<std::string> read_time(const toml::node& node,
                                     std::optional<system_clock::time_point>& to) {
  const auto value = node.value<toml::date_time>();
  if (!value || !value->offset) return "must be a time with its zone: 2026-11-22T08:00:00Z";
  const auto day = std::chrono::year(value->date.year) / value->date.month / value->date.day;
  to = std::chrono::sys_days(day) + std::chrono::hours(value->time.hour) +
       std::chrono::minutes(value->time.minute) + std::chrono::seconds(value->time.second) -
       std::chrono::minutes(value->offset->minutes);
  return std::nullopt;
}

std::optional<std::string> read_from(const toml::node& node, Scope& scope) {
  return read_time(node, scope.from);
}

std::optional<std::string> read_until(const toml::node& node, Scope& scope) {
  return read_time(node, scope.until);
}

struct Key {
  std::string_view name;
  std::optional<std::string> (*read)(const toml::node& node, Scope& scope);
};

constexpr std::array keys{Key{"who", read_who}, Key{"contact", read_contact},
                          Key{"networks", read_networks}, Key{"from", read_from},
                          Key{"until", read_until}};

}  // namespace

Result<Scope> parse_scope(std::string_view text, const std::string& file) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return failure(escape_foreign(error.description(), 200), range_of(error.source(), file));
  }
  Scope scope;
  for (const auto& [name, node] : table) {
    const auto key = std::find_if(keys.begin(), keys.end(), [&wanted = name](const Key& each) {
      return each.name == wanted.str();
    });
    if (key == keys.end()) {
      return failure("unknown key '" + escape_foreign(name.str(), 60) +
                         "'; known: who, contact, networks, from, until",
                     range_of(name.source(), file));
    }
    if (const auto wrong = key->read(node, scope)) {
      return failure(std::string(key->name) + " " + *wrong, range_of(node.source(), file));
    }
  }
  for (const char* needed : {"who", "contact", "networks"}) {
    if (!table.contains(needed)) return failure(std::string(needed) + " is missing", {file});
  }
  if (scope.from && scope.until && *scope.from >= *scope.until) {
    return failure("until is not after from", {file});
  }
  return scope;
}

Result<Scope> load_scope(const std::string& file) {
  const auto text = read_whole(file);
  if (!text) return tl::unexpected(text.error());
  return parse_scope(*text, file);
}

bool DoNotProbe::holds(std::string_view host) const {
  if (const auto address = mail::IpAddress::parse(host)) return networks.contains(*address);
  const std::string name = mail::normalised_domain(host);
  return std::any_of(names.begin(), names.end(), [&](const std::string& each) {
    return name == each || name.ends_with("." + each);
  });
}

Result<DoNotProbe> parse_do_not_probe(std::string_view text, const std::string& file) {
  DoNotProbe list;
  mail::IpSetBuilder networks;
  std::size_t number = 0;
  for (const std::string_view whole : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(whole.substr(0, whole.find('#')));
    if (line.empty()) continue;
    if (const auto network = set_of(line)) {
      networks.add(*network);
      continue;
    }
    const std::string name = mail::normalised_domain(line);
    if (!mail::is_domain_name(name)) {
      const auto column = static_cast<std::size_t>(line.data() - whole.data()) + 1;
      return failure("'" + escape_foreign(line, 60) + "' is no network, address or name",
                     {file, number, column});
    }
    list.names.push_back(name);
  }
  list.networks = networks.build();
  return list;
}

Result<DoNotProbe> load_do_not_probe(const std::string& file) {
  const auto text = read_whole(file);
  if (!text) return tl::unexpected(text.error());
  return parse_do_not_probe(*text, file);
}

}  // namespace relayproof::cli
