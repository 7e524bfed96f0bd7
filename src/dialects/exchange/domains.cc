#include "dialects/exchange/domains.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "dialects/own_names.h"
#include "mail/domain.h"

namespace relayproof::exchange {
namespace {

using dialects::PolicyBuilder;
using policy::ConditionId;
using policy::Field;
using policy::Key;
using policy::Part;

policy::OriginId origin_of(const Place& place, PolicyBuilder& builder) {
  return builder.origin({place.where, place.text, "Get-AcceptedDomain", "export"});
}

// A domain for itself, or with those below it, as one question with its own place: so a report can
// blame the line.
ConditionId is_in(const AcceptedDomain& domain, PolicyBuilder& builder) {
  const auto origin = origin_of(domain.place, builder);
  const policy::Subject subject{Field::recipient, Part::domain, {}};
  if (domain.name == "*") return builder.condition(policy::All{{builder.constant(true)}}, origin);
  if (!domain.with_subdomains) return builder.is_one_of({domain.name}, subject, origin);
  policy::Table table;
  table.name = "*." + domain.name;
  const auto stored = std::make_shared<const std::string>(domain.name);
  table.literals.try_emplace(*stored, {builder.result(policy::Nothing{}), 0, {}});
  table.storage.push_back(stored);
  const auto lookup =
      builder.lookup({{builder.table(std::move(table))}, {Key::whole, Key::host_parents}, ""});
  return builder.finds(lookup, subject, {}, origin);
}

// Strangers have no mail exchanger for it, or the owner is the one whose it is.
bool stays_here(const AcceptedDomain& domain) {
  if (domain.type == AcceptedDomain::Type::authoritative) return true;
  return !mail::is_registrable_or_below(domain.name);
}

}  // namespace

bool claims_others(const AcceptedDomain& domain) {
  if (domain.name == "*") return true;
  return domain.with_subdomains && !mail::is_registrable_or_below(domain.name) &&
         !mail::is_at_or_below_unregistrable(domain.name);
}

Acceptance lower_domains(const Export& all, PolicyBuilder& builder) {
  std::vector<ConditionId> here;
  std::vector<ConditionId> elsewhere;
  dialects::OwnNames own;
  for (const auto& domain : all.domains) {
    const bool foreign = claims_others(domain);
    (foreign || !stays_here(domain) ? elsewhere : here).push_back(is_in(domain, builder));
    if (!foreign) own.claim(domain.name);
  }
  if (all.domains.empty()) {
    policy::Question question;
    question.name = "the accepted domains";
    question.says = "they are not in the export: Get-AcceptedDomain | ConvertTo-Json -Depth 4";
    elsewhere.push_back(builder.unknown(builder.question(question),
                                        {policy::Subject{Field::recipient, Part::domain, {}}}));
  }
  std::move(own).write(builder.policy());
  return {builder.any(std::move(here)), builder.any(std::move(elsewhere))};
}

}  // namespace relayproof::exchange
