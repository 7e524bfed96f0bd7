#include "mail/domain.h"

#include <libpsl.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::mail {
namespace {

constexpr std::array<bool, 256> of_label = [] {
  std::array<bool, 256> allowed{};
  for (const char letter :
       std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")) {
    allowed[static_cast<unsigned char>(letter)] = true;
  }
  return allowed;
}();

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return of_label[static_cast<unsigned char>(c)]; });
}

}  // namespace

bool is_domain_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  // Without a list of the labels: tables of a million names are held against this.
  for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.')) {
    if (!is_label(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
  }
  return is_label(name) && name.find_first_not_of("0123456789") != name.npos;
}

std::string normalised_domain(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  return to_lower(name);
}

// What is no public suffix has a registrable part: the list's last rule makes each top-level name
// one. One lookup; psl_registrable_domain() makes one for each label.
bool is_registrable_or_below(std::string_view name) {
  const std::string lower = normalised_domain(name);
  return is_domain_name(lower) && psl_is_public_suffix(psl_builtin(), lower.c_str()) == 0;
}

std::string registrable_domain(std::string_view name) {
  const std::string lower = normalised_domain(name);
  if (!is_domain_name(lower)) return {};
  const char* registered = psl_registrable_domain(psl_builtin(), lower.c_str());
  return registered == nullptr ? std::string() : std::string(registered);
}

bool is_at_or_below_unregistrable(std::string_view name) {
  const std::string lower = normalised_domain(name);
  return std::ranges::any_of(unregistrable_names, [&](std::string_view top) {
    if (!lower.ends_with(top)) return false;
    return lower.size() == top.size() || lower[lower.size() - top.size() - 1] == '.';
  });
}

std::vector<std::string> name_and_parents(std::string_view name) {
  std::vector<std::string> names;
  std::string current = normalised_domain(name);
  while (is_registrable_or_below(current)) {
    names.push_back(current);
    current.erase(0, current.find('.') + 1);
  }
  return names;
}

}  // namespace relayproof::mail
