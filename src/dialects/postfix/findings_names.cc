#include "dialects/postfix/findings_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/text.h"
#include "mail/domain.h"

namespace relayproof::postfix {
namespace {

// Registries that sell to everybody; other single labels are names of somebody's own network.
constexpr std::array open_suffixes = std::to_array<std::string_view>(
    {"com", "net", "org", "info",   "biz",  "edu",  "gov", "mil", "int",  "arpa",  "name",
     "pro", "dev", "app", "online", "site", "shop", "xyz", "top", "club", "cloud", "email"});

/// What a pattern's text says literally at its end, `\.` as a dot: `example.com` of
/// `/\.example\.com$/`.
std::string literal_end(std::string_view text) {
  std::string end;
  while (!text.empty()) {
    const char last = text.back();
    const bool is_escaped = text.size() > 1 && text[text.size() - 2] == '\\';
    if (last == '.' && is_escaped) {
      end.insert(0, 1, '.');
      text.remove_suffix(2);
      continue;
    }
    const bool is_plain = last == '-' || last == '_' || (last >= '0' && last <= '9') ||
                          (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
    if (!is_plain || is_escaped) break;
    end.insert(0, 1, last);
    text.remove_suffix(1);
  }
  return end;
}

bool ends_in_own_domain(std::string_view text) {
  const auto end = literal_end(text);
  const auto from = end.find_first_not_of('.');
  return from != std::string::npos &&
         mail::is_registrable_or_below(std::string_view(end).substr(from));
}

bool is_address_pattern(std::string_view text) {
  return text.starts_with('^') &&
         text.find_first_not_of("^0123456789.\\:[]-+*?${}()|/") == text.npos;
}

struct Group {
  std::string_view before;
  std::string_view inside;
  std::string_view behind;
};

/// The n-th pair of parentheses that captures.
std::optional<Group> group_of(std::string_view text, std::size_t number) {
  std::vector<std::pair<std::size_t, bool>> open;  // where, and whether it is the one
  std::size_t count = 0;
  bool in_class = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\') {
      ++at;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      const bool captures = !text.substr(at + 1).starts_with('?');
      if (captures) ++count;
      open.emplace_back(at, captures && count == number);
    } else if (c == ')' && !open.empty()) {
      const auto [from, is_it] = open.back();
      open.pop_back();
      if (is_it) {
        return Group{text.substr(0, from), text.substr(from + 1, at - from - 1),
                     text.substr(at + 1)};
      }
    }
  }
  return std::nullopt;
}

bool can_vary(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      if (++at < text.size() &&
          std::string_view("wWsSdD").find(text[at]) != std::string_view::npos) {
        return true;
      }
    } else if (std::string_view(".*+[").find(text[at]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// `@(.*)$`: the domain that was asked for stays what it is, and the gate has seen it.
bool is_whole_domain(const Group& group) {
  return group.before.ends_with('@') && (group.behind.empty() || group.behind == "$");
}

bool chooses(const PatternRow& row, std::size_t number) {
  const auto group = group_of(row.pattern.text, number);
  if (!group) return true;
  return can_vary(group->inside) && !ends_in_own_domain(group->inside) && !is_whole_domain(*group);
}

}  // namespace

bool is_public_suffix(std::string_view name) {
  while (name.starts_with('.')) name.remove_prefix(1);
  const auto domain = mail::normalised_domain(name);
  if (!mail::is_domain_name(domain) || mail::is_registrable_or_below(domain)) return false;
  if (domain.find('.') != std::string::npos) return true;
  return domain.size() == 2 ||
         std::find(open_suffixes.begin(), open_suffixes.end(), domain) != open_suffixes.end();
}

bool is_foreign_host(const TableRow& row) {
  if (row.network != nullptr) return false;
  if (row.pattern == nullptr) return is_public_suffix(row.key);
  if (row.pattern->pattern.negated) return true;
  auto text = row.pattern->pattern.text;
  if (!text.ends_with('$')) return true;
  text.remove_suffix(1);
  if (is_address_pattern(text)) return false;
  return !ends_in_own_domain(text);
}

bool lets_client_choose_domain(const PatternRow& row) {
  bool behind_at = false;
  std::string end;       // what follows the last hole literally
  std::size_t hole = 0;  // the last one in the domain
  for (const auto& part : row.result.parts) {
    if (part.group != 0) {
      if (behind_at) hole = part.group;
      end.clear();
      continue;
    }
    for (const char c : part.text) {
      if (c == '@') {
        behind_at = true;
        hole = 0;
        end.clear();
      } else {
        end += c;
      }
    }
  }
  if (hole == 0) return false;
  const auto from = end.find_first_not_of(". ");
  if (from != std::string::npos && end.starts_with('.') &&
      mail::is_registrable_or_below(trim(std::string_view(end).substr(from)))) {
    return false;
  }
  return chooses(row, hole);
}

}  // namespace relayproof::postfix
