#include "dialects/postfix/responsible.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialects/own_names.h"
#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/address_resolve.h"
#include "dialects/postfix/domain_lists.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view lists[] = {"mydestination", "virtual_alias_domains",
                                      "virtual_mailbox_domains", "relay_domains"};
// Parameters whose whole value is a name that the host gives itself. mydomain is not among them: it
// may be the domain of whom the host is rented from.
constexpr std::string_view own_names[] = {"myhostname", "myorigin"};

}  // namespace

void lower_responsibility(PolicyBuilder& builder, TableShelf& shelf) {
  auto& policy = builder.policy();
  policy.premises.clear();
  const auto& config = shelf.config();
  dialects::OwnNames own;
  const auto domain = builder.resolved(policy::Field::recipient, policy::Part::domain);
  for (const auto parameter : lists) {
    const auto claim = [&](std::string_view name) { own.claim(name); };
    const auto list = lower_domains(builder, shelf, parameter, domain, claim);
    policy.premises.insert(policy.premises.end(), list.hidden.begin(), list.hidden.end());
  }
  for (const auto parameter : own_names) own.claim(config.effective(parameter).text);

  auto settings = address_settings(config);
  settings.is_listed_as_local = domain_oracle(shelf, "mydestination");
  for (const auto& address : config.own_addresses().addresses) {
    if (address.is_unspecified()) continue;
    settings.own_addresses.push_back(address);
    own.claim_as_it_stands(to_lower(literal_of(address)));
  }
  for (const auto& setting : config.settings()) {
    own.mention_all_in(config.effective(setting->name).text);
  }
  std::move(own).write(policy);
  policy.addresses = make_addresses(std::move(settings));
}

}  // namespace relayproof::postfix
