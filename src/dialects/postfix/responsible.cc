#include "dialects/postfix/responsible.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/address_resolve.h"
#include "dialects/postfix/domain_lists.h"
#include "mail/domain.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view lists[] = {"mydestination", "virtual_alias_domains",
                                      "virtual_mailbox_domains", "relay_domains"};
// Parameters whose whole value is a name that the host gives itself. mydomain is not among them: it
// may be the domain of whom the host is rented from.
constexpr std::string_view own_names[] = {"myhostname", "myorigin"};

bool is_part_of_name(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

// The registrable part of a name; empty if it has none.
std::string registrable(std::string_view name) {
  while (name.starts_with('.')) name.remove_prefix(1);
  const auto normal = mail::normalised_domain(name);
  if (!mail::is_domain_name(normal)) return {};
  const auto names = mail::name_and_parents(normal);
  return names.empty() ? std::string() : names.back();
}

// Whatever looks like a name in a text.
void collect_names(std::string_view text, std::set<std::string>& names) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    while (begin < text.size() && !is_part_of_name(text[begin])) ++begin;
    auto end = begin;
    while (end < text.size() && is_part_of_name(text[end])) ++end;
    const auto word = text.substr(begin, end - begin);
    if (word.find('.') != std::string_view::npos) names.insert(registrable(word));
    begin = end;
  }
}

}  // namespace

void lower_responsibility(PolicyBuilder& builder, TableShelf& shelf) {
  auto& policy = builder.policy();
  policy.premises.clear();
  const auto& config = shelf.config();
  std::set<std::string> claims;
  std::set<std::string> mentioned;
  const auto domain = builder.resolved(policy::Field::recipient, policy::Part::domain);
  const auto claim = [&](std::string_view name) {
    auto normal = mail::normalised_domain(name);
    if (!mail::is_registrable_or_below(normal)) return;
    mentioned.insert(registrable(normal));
    claims.insert(std::move(normal));
  };
  for (const auto parameter : lists) {
    const auto list = lower_domains(builder, shelf, parameter, domain);
    for (const auto& name : list.claims) claim(name);
    policy.premises.insert(policy.premises.end(), list.hidden.begin(), list.hidden.end());
  }
  for (const auto parameter : own_names) claim(config.effective(parameter).text);

  auto settings = address_settings(config);
  settings.is_listed_as_local = domain_oracle(shelf, "mydestination");
  for (const auto& address : config.own_addresses().addresses) {
    if (address.is_unspecified()) continue;
    settings.own_addresses.push_back(address);
    claims.insert(to_lower(literal_of(address)));
  }
  for (const auto& setting : config.settings()) {
    collect_names(config.effective(setting->name).text, mentioned);
  }
  mentioned.erase("");
  policy.answers_for.assign(claims.begin(), claims.end());
  policy.owned_names.assign(mentioned.begin(), mentioned.end());
  policy.addresses = make_addresses(std::move(settings));
}

}  // namespace relayproof::postfix
