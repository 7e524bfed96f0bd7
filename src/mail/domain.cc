#include "mail/domain.h"

#include <libpsl.h>

#include <algorithm>

#include "base/text.h"

namespace relayproof::mail {
namespace {

bool is_label(std::string_view label) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         label.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

bool is_domain_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  const auto labels = split(name, '.');
  if (!std::all_of(labels.begin(), labels.end(), is_label)) return false;
  return labels.back().find_first_not_of("0123456789") != std::string_view::npos;
}

std::string normalised_domain(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  return to_lower(name);
}

bool is_registrable_or_below(std::string_view name) {
  const std::string lower = normalised_domain(name);
  if (!is_domain_name(lower)) return false;
  const char* registered = psl_registrable_domain(psl_builtin(), lower.c_str());
  return registered != nullptr;
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
