#include "dialects/own_names.h"

#include <algorithm>
#include <utility>

#include "mail/domain.h"

namespace relayproof::dialects {
namespace {

bool is_part_of_name(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

// Names of one owner stand together: the public suffix list need not be asked for each of them.
bool is_below(std::string_view name, std::string_view mentioned) {
  return name.size() > mentioned.size() && name.ends_with(mentioned) &&
         name[name.size() - mentioned.size() - 1] == '.';
}

// Once each, in order. Names are collected into a list, not into a set: a table may have a million.
std::vector<std::string> distinct(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

void OwnNames::claim(std::string_view name) {
  if (!mail::is_registrable_or_below(name)) return;
  claimed_.push_back(mail::normalised_domain(name));
  mention(claimed_.back());
}

void OwnNames::mention(std::string_view name) {
  while (name.starts_with('.')) name.remove_prefix(1);
  if (!mentioned_.empty() && is_below(name, mentioned_.back())) return;
  auto registrable = mail::registrable_domain(name);
  if (!registrable.empty()) mentioned_.push_back(std::move(registrable));
}

void OwnNames::mention_all_in(std::string_view text) {
  while (!text.empty()) {
    const auto begin = std::find_if(text.begin(), text.end(), is_part_of_name);
    text.remove_prefix(static_cast<std::size_t>(begin - text.begin()));
    const auto end = std::find_if_not(text.begin(), text.end(), is_part_of_name);
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (word.find('.') != std::string_view::npos) mention(word);
    text.remove_prefix(word.size());
  }
}

void OwnNames::write(policy::Policy& policy) && {
  policy.answers_for = distinct(std::move(claimed_));
  policy.owned_names = distinct(std::move(mentioned_));
}

}  // namespace relayproof::dialects
