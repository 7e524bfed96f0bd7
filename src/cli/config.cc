#include "cli/config.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "mail/domain.h"

namespace relayproof::cli {
namespace {

constexpr std::uintmax_t largest_config = std::uintmax_t{64} * 1024;

SourceRange range_of(const toml::source_region& region, const std::string& file) {
  return {file, region.begin.line, region.begin.column};
}

std::string usual_place() {
  std::vector<std::filesystem::path> places;
  if (const char* xdg = std::getenv("XDG_CONFIG_HOME"); xdg != nullptr && *xdg != '\0') {
    places.emplace_back(std::filesystem::path(xdg) / "relayproof/relayproof.conf");
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    places.emplace_back(std::filesystem::path(home) / ".config/relayproof/relayproof.conf");
  }
  places.emplace_back("/etc/relayproof/relayproof.conf");
  std::error_code ignored;
  for (const auto& place : places) {
    if (std::filesystem::exists(place, ignored)) return place.string();
  }
  return {};
}

}  // namespace

bool is_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  constexpr std::string_view forbidden = " \t\r\n<>\"(),:;\\[]@";
  for (const char c : text.substr(0, at)) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return false;
    if (forbidden.find(c) != std::string_view::npos) return false;
  }
  return mail::is_domain_name(text.substr(at + 1));
}

Result<Config> parse_config(std::string_view text, const std::string& file) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return failure(escape_foreign(error.description(), 200), range_of(error.source(), file));
  }
  Config config;
  for (const auto& [key, node] : table) {
    if (key.str() != "from") {
      return failure("unknown key '" + escape_foreign(key.str(), 60) + "'; known: from",
                     range_of(key.source(), file));
    }
    const auto value = node.value<std::string>();
    if (!value || !is_address(*value)) {
      return failure("from must be one address, such as \"you@your-domain.example\"",
                     range_of(node.source(), file));
    }
    config.from = *value;
  }
  return config;
}

Result<Config> load_config(const std::string& path) {
  const std::string file = path.empty() ? usual_place() : path;
  if (file.empty()) return Config{};
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return failure("cannot read the configuration: " + error.message(), {file});
  if (size > largest_config) return failure("is larger than 64 KiB", {file});
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return failure("cannot read the configuration", {file});
  return parse_config(text.str(), file);
}

}  // namespace relayproof::cli
