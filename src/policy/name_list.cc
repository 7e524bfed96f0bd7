#include "policy/name_list.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/text.h"

namespace relayproof::policy {
namespace {

unsigned char folded(char letter) {
  const bool is_upper = letter >= 'A' && letter <= 'Z';
  return static_cast<unsigned char>(is_upper ? letter - 'A' + 'a' : letter);
}

std::string_view without_dot(std::string_view name) {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool has_upper(std::string_view name) {
  return std::ranges::any_of(name, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

bool is_before(std::string_view one, std::string_view other) {
  return std::ranges::lexicographical_compare(one, other,
                                              [](char a, char b) { return folded(a) < folded(b); });
}

}  // namespace

void NameList::sort() {
  is_lower_ = std::ranges::none_of(names_, has_upper);
  sorted_.resize(names_.size());
  std::iota(sorted_.begin(), sorted_.end(), 0U);
  const auto before = [&](std::uint32_t one, std::uint32_t other) {
    return is_before(without_dot(names_[one]), without_dot(names_[other]));
  };
  if (!std::ranges::is_sorted(sorted_, before)) std::ranges::sort(sorted_, before);
}

bool NameList::contains(std::string_view name) const {
  const auto wanted = without_dot(name);
  const auto name_at = [&](std::uint32_t place) { return without_dot(names_[place]); };
  // Bytes are compared faster than letters, and nearly all names are in lower case.
  const auto found = is_lower_ && !has_upper(wanted)
                         ? std::ranges::lower_bound(sorted_, wanted, std::less<>(), name_at)
                         : std::ranges::lower_bound(sorted_, wanted, is_before, name_at);
  return found != sorted_.end() && equals_ignoring_case(without_dot(names_[*found]), wanted);
}

bool NameList::contains_or_above(std::string_view name) const {
  if (contains(name)) return true;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const auto parent = name.substr(dot + 1);
    // A name that begins with its dot is below nothing.
    if (dot > 0 && !parent.empty() && !parent.starts_with('[') && contains(parent)) return true;
  }
  return false;
}

}  // namespace relayproof::policy
