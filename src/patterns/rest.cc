#include "patterns/rest.h"

#include <algorithm>

#include "patterns/node.h"

namespace relayproof::patterns {

bool same_everywhere(const Rest& rest, std::size_t from) {
  return std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(from), rest.end(),
                     [&](auto& each) { return LanguageNodes::identical(each, rest[from]); });
}

Rest both(const Rest& a, const Rest& b) {
  if (same_everywhere(a, 0) && same_everywhere(b, 0)) return Rest(a.size(), a[0] & b[0]);
  Rest common;
  for (std::size_t i = 0; i < a.size(); ++i) common.push_back(a[i] & b[i]);
  return common;
}

Rest any_of(const std::vector<Rest>& choices) {
  std::vector<Language> here;
  const auto united = [&](std::size_t context) {
    here.clear();
    for (const auto& choice : choices) here.push_back(choice[context]);
    return Language::union_of(here);
  };
  const std::size_t contexts = choices.front().size();
  if (std::ranges::all_of(choices, [](auto& choice) { return same_everywhere(choice, 0); })) {
    return Rest(contexts, united(0));
  }
  Rest united_rest;
  for (std::size_t context = 0; context < contexts; ++context) {
    united_rest.push_back(united(context));
  }
  return united_rest;
}

Rest negated(const Rest& rest) {
  if (same_everywhere(rest, 0)) return Rest(rest.size(), ~rest[0]);
  Rest negation;
  for (const auto& each : rest) negation.push_back(~each);
  return negation;
}

}  // namespace relayproof::patterns
