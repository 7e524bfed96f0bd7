// Which domains a list writes out: itself, in lists that it names, in files.
#include <algorithm>

#include "base/text.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/list_lowering.h"
#include "dialects/exim/lookups.h"

namespace relayproof::exim {
namespace {

constexpr std::size_t depth_limit = 30;

class Claims {
 public:
  explicit Claims(Lowering& from) : from_(from) {}

  void of_list(std::string_view list, std::size_t depth) {
    if (depth > depth_limit) return;
    if (list.find('$') == std::string_view::npos) {
      for (const auto& item : items_of(list)) of_item(item, depth);
      return;
    }
    for (const auto part : written_parts(list)) {
      if (part.starts_with("${lookup")) {
        of_expansion(part);
      } else if (part != list && part.find('$') == std::string_view::npos) {
        of_list(part, depth + 1);
      }
    }
  }

  std::vector<std::string> domains;

 private:
  void of_item(std::string_view item, std::size_t depth) {
    if (item.empty() || item.front() == '!' || item.front() == '^') return;
    const auto semicolon = item.find(';');
    if (item.front() == '+') {
      const auto* named = from_.config.list(NamedList::Kind::domain, item.substr(1));
      if (named != nullptr) of_list(named->value, depth + 1);
    } else if (item == "@") {
      domains.push_back(from_.primary_hostname());
    } else if (item.front() == '/') {
      of_file(std::string(item));
    } else if (semicolon != std::string_view::npos) {
      of_lookup(item.substr(0, semicolon), std::string(trim(item.substr(semicolon + 1))));
    } else {
      add(item);
    }
  }

  // `example.com`, or `*.example.com` for what is below it.
  void add(std::string_view name) {
    if (name.starts_with("*.")) {
      domains.emplace_back(name.substr(1));
    } else if (is_host_name(name)) {
      domains.emplace_back(name);
    }
  }

  void of_file(const std::string& name) {
    const auto content = from_.files.read(name);
    if (!content) return;
    for (const auto line : split(**content, '\n')) {
      const auto item = trim(line.substr(0, line.find('#')));
      if (!item.empty() && item.front() != '!') add(item);
    }
  }

  void of_lookup(std::string_view how, const std::string& file) {
    const auto type = parse_lookup_type(how);
    if (!type) return;
    const auto read = read_lookup(from_, *type, file);
    if (!read.rows) return;
    for (const auto& row : *read.rows) add(row.key);
  }

  // `${lookup{$domain}lsearch{/file}…}`
  void of_expansion(std::string_view text) {
    auto rest = trim(text.substr(std::string_view("${lookup").size()));
    if (!rest.starts_with("{$domain}") && !rest.starts_with("{${lc:$domain}}")) return;
    const auto key = behind_braces(rest, 0);
    if (key == std::string_view::npos) return;
    rest = trim(rest.substr(key));
    const auto open = rest.find('{');
    if (open == std::string_view::npos) return;
    const auto end = behind_braces(rest, open);
    if (end == std::string_view::npos) return;
    const auto file = trim(rest.substr(open + 1, end - open - 2));
    if (file.find('$') == std::string_view::npos) {
      of_lookup(trim(rest.substr(0, open)), std::string(file));
    }
  }

  Lowering& from_;
};

}  // namespace

std::vector<std::string> domains_in(Lowering& from, std::string_view list) {
  Claims claims(from);
  claims.of_list(list, 0);
  return std::move(claims.domains);
}

}  // namespace relayproof::exim
