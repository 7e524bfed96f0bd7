#include "policy/seeds.h"

#include <algorithm>
#include <array>

#include "policy/candidates.h"
#include "policy/solve_check.h"
#include "policy/solve_rewritten.h"

namespace relayproof::policy {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t most_seeds = 200;
constexpr std::size_t own_domains = 3;
constexpr std::size_t keys_of_table = 3;
constexpr std::size_t tables_looked_at = 50;
constexpr std::size_t templates_tried = 32;
constexpr std::size_t captures_tried = 3;
// Behind one pattern a second one may stand.
constexpr std::size_t goals_of_second = 4;

constexpr std::array<std::string_view, 3> outside_domains = {"example.net", "example.org",
                                                             "example.com"};

Texts outside(const Policy& policy) {
  Texts texts;
  for (const auto domain : outside_domains) {
    if (!answers_for(policy, domain)) texts.push_back("someone@" + std::string(domain));
  }
  return texts;
}

Texts own(const Policy& policy) {
  Texts texts;
  const auto count = std::min(own_domains, policy.answers_for.size());
  for (std::size_t place = 0; place < count; ++place) {
    for (const std::string local : {"postmaster@", "someone@"}) {
      texts.push_back(local + policy.answers_for[place]);
    }
  }
  return texts;
}

// What asks for this key in most tables.
Texts asking(const Policy& policy, std::string_view key) {
  const std::string text(key);
  const auto at = text.find('@');
  if (at == 0) return {"someone" + text};
  if (at != std::string::npos && at + 1 < text.size()) return {text};
  const std::string local = at == std::string::npos ? text : text.substr(0, at);
  Texts texts;
  for (const auto& address : {outside(policy), own(policy)}) {
    if (!address.empty())
      texts.push_back(local + address.front().substr(address.front().find('@')));
  }
  if (at != std::string::npos) return texts;
  texts.push_back(text.starts_with('.') ? "someone@mail" + text : "someone@" + text);
  texts.push_back("someone@mail." + text);
  return texts;
}

Texts keyed(const Policy& policy) {
  Texts texts;
  for (std::size_t table = 0; table < std::min(tables_looked_at, policy.tables.size()); ++table) {
    std::size_t left = keys_of_table;
    for (const auto& [key, row] : policy.tables[table].literals) {
      if (left-- == 0) break;
      std::ranges::move(asking(policy, key), std::back_inserter(texts));
    }
  }
  return texts;
}

// Texts of the field that templates with captures make one of the goals of.
Texts captured(const Policy& policy, Field field, const Texts& goals) {
  Texts texts;
  std::size_t left = templates_tried;
  for (std::uint32_t index = 0; index < policy.transforms.size() && left > 0; ++index) {
    const auto& form = policy.transforms[index].rewritten;
    if (!form || !form->pattern) continue;
    if (form->captured_in.value_or(Field::recipient) != field) continue;
    --left;
    for (const auto& goal : goals) {
      std::ranges::move(captured_in(policy, {index}, goal, captures_tried),
                        std::back_inserter(texts));
    }
  }
  return texts;
}

Texts first(const Texts& texts, std::size_t count) {
  return {texts.begin(),
          texts.begin() + static_cast<std::ptrdiff_t>(std::min(count, texts.size()))};
}

Texts recipients(const Policy& policy) {
  Texts texts;
  const auto add = [&](const Texts& more) { texts.insert(texts.end(), more.begin(), more.end()); };
  const Texts goals = first(outside(policy), 1);
  const Texts once = captured(policy, Field::recipient, goals);
  add(own(policy));
  add(once);
  add(captured(policy, Field::recipient, first(once, goals_of_second)));
  for (const auto& goal : goals) add(nested(policy, goal));
  add(keyed(policy));
  return texts;
}

Texts headers(const Policy& policy) {
  Texts goals = first(outside(policy), 1);
  const Texts once = captured(policy, Field::recipient, goals);
  std::ranges::copy(first(once, goals_of_second), std::back_inserter(goals));
  return captured(policy, Field::header, goals);
}

Texts all(const Policy& policy, Field field) {
  switch (field) {
    case Field::recipient:
      return recipients(policy);
    case Field::header:
      return headers(policy);
    case Field::sender:
      return keyed(policy);
    default:
      return {};
  }
}

}  // namespace

std::vector<std::string> seeds(const Policy& policy, Field field) {
  Texts texts;
  const auto add = [&](const std::string& text) {
    const bool usable = texts.size() < most_seeds && can_be_sent(policy, field, text) &&
                        ownership(policy, field, text) == Ownership::strangers;
    if (usable && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
  };
  std::ranges::for_each(plausible_texts(field), add);
  std::ranges::for_each(all(policy, field), add);
  return texts;
}

}  // namespace relayproof::policy
