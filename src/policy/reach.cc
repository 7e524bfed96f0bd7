#include "policy/reach.h"

#include <algorithm>

#include "policy/appearance.h"
#include "policy/exposures.h"
#include "policy/formulas.h"

namespace relayproof::policy {
namespace {

// Everything that is needed to answer for one door.
class DoorReach {
 public:
  DoorReach(const Policy& policy, const Door& door, const ReachOptions& options);

  Reach run();

 private:
  struct Clients {
    mail::IpSet direct;   ///< as the server sees them
    mail::IpSet claimed;  ///< whom one may claim to be so that it relays
  };
  Formulas formulas(const std::vector<ConditionId>& premises);
  mail::IpSet real(const Clients& clients) const;
  Clients possible_clients(Diagram relayed);
  mail::IpSet possible(Diagram relayed);
  mail::IpSet sure(Diagram relayed);
  Diagram claiming(Diagram of, bool claims);
  Diagram surely_claiming(Diagram of, bool claims);
  Diagram of_strangers(Diagram of);
  void expose(Reach& reach);
  mail::IpSet seeded();
  void prove(Reach& reach);
  void give_up(Reach& reach, const char* why);
  void explain(Reach& reach);
  std::vector<std::uint32_t> questions_in(Diagram diagram) const;
  void add_premise(ConditionId premise, Reach& reach) const;
  void expose_surely(Reach& reach);
  void expose_possibly(const mail::IpSet& found, Reach& reach);
  void find_questions(Reach& reach);
  bool matters(std::uint32_t question, const Reach& reach);
  Diagram without_question(std::uint32_t question, bool some);
  void find_doubts(Reach& reach);
  void find_premises(Reach& reach);
  std::vector<std::uint32_t> questions_of(ConditionId id) const;

  const Policy& policy_;
  const Door& door_;
  const ReachOptions& options_;
  Diagrams diagrams_;
  Predicates predicates_;
  ContentNames names_;
  Solutions own_solutions_;
  Choices choices_;
  Ground ground_;
  std::size_t paths_;
  Walk surely_;
  Walk claiming_;
  Walk possibly_;
  Diagram relayed_ = Diagrams::nobody;
};

DoorReach::DoorReach(const Policy& policy, const Door& door, const ReachOptions& options)
    : policy_(policy),
      door_(door),
      options_(options),
      diagrams_(options.budget.nodes),
      names_(policy, ContentNames::By::index, "", ""),
      choices_({&policy}, predicates_, options.budget.candidates,
               options.solutions != nullptr ? *options.solutions : own_solutions_),
      ground_{policy, door, options.suppressed,  diagrams_, predicates_,
              names_, 0,    options.budget.nodes},
      paths_(options.budget.paths),
      surely_(diagrams_, choices_, Certainty::surely, paths_),
      claiming_(diagrams_, choices_, Certainty::claiming, paths_),
      possibly_(diagrams_, choices_, Certainty::possibly, paths_) {}

Formulas DoorReach::formulas(const std::vector<ConditionId>& premises) {
  return formulas_of(ground_, premises);
}

// Those attempts in which the client names another one, or does not.
Diagram DoorReach::claiming(Diagram of, bool claims) {
  return diagrams_.with(of, [&](Variable variable) -> std::optional<bool> {
    const auto* meaning = predicates_.meaning(variable, 0);
    const bool is_claim = meaning != nullptr && meaning->kind == Predicate::Kind::flag &&
                          meaning->flag == Flag::speaks_for_others;
    return is_claim ? std::optional(claims) : std::nullopt;
  });
}

// Those in which no premise names the owner: he vouches that strangers are not in his rows, and all
// the world is more than they can hold.
Diagram DoorReach::of_strangers(Diagram of) {
  if (!options_.premises_hold) return of;
  return diagrams_.with(of, [&](Variable variable) -> std::optional<bool> {
    const auto* meaning = predicates_.meaning(variable, 0);
    const bool is_premise = meaning != nullptr && meaning->kind == Predicate::Kind::question &&
                            policy_.questions.at(meaning->id).power == Question::Power::premise;
    return is_premise ? std::optional(false) : std::nullopt;
  });
}

Diagram DoorReach::surely_claiming(Diagram of, bool claims) {
  return surely(diagrams_, of_strangers(claiming(of, claims)));
}

mail::IpSet DoorReach::real(const Clients& clients) const {
  mail::IpSet result = behind(door_, clients.direct);
  if (!clients.claimed.empty()) result = result | behind(door_, door_.may_claim);
  return result;
}

mail::IpSet DoorReach::sure(Diagram relayed) {
  Clients clients;
  clients.direct = surely_.clients(surely_claiming(relayed, false));
  if (!door_.may_claim.empty()) {
    clients.claimed = claiming_.clients(surely_claiming(relayed, true));
  }
  return real(clients);
}

DoorReach::Clients DoorReach::possible_clients(Diagram relayed) {
  Clients clients;
  clients.direct = possibly_.clients(policy::possibly(diagrams_, claiming(relayed, false)));
  if (!door_.may_claim.empty()) {
    clients.claimed = possibly_.clients(policy::possibly(diagrams_, claiming(relayed, true)));
  }
  return clients;
}

mail::IpSet DoorReach::possible(Diagram relayed) { return real(possible_clients(relayed)); }

// First what a client does in his own name.
void DoorReach::expose_surely(Reach& reach) {
  mail::IpSet left = reach.surely;
  for (const bool claims : {false, true}) {
    if (claims && door_.may_claim.empty()) continue;
    WitnessGround from{ground_, choices_, claims ? claiming_ : surely_, Diagrams::nobody, claims};
    from.attempts = surely_claiming(relayed_, claims);
    const auto seen = from.walk.clients(from.attempts);
    if (seen.empty()) continue;
    const auto mine = left & behind(door_, claims ? door_.may_claim : seen);
    reach.surely = reach.surely - add_exposures(from, options_, mine, true, reach);
    left = left - mine;
  }
}

// `found`: who relays surely, confirmed or not.
void DoorReach::expose_possibly(const mail::IpSet& found, Reach& reach) {
  WitnessGround from{ground_, choices_, possibly_, Diagrams::nobody, false};
  from.attempts = policy::possibly(diagrams_, claiming(relayed_, false));
  const auto seen = from.walk.clients(from.attempts);
  const auto rest = (reach.possibly - found) & behind(door_, seen);
  add_exposures(from, options_, rest, false, reach);
}

// Nobody is said to relay for whom no attempt was tried.
void DoorReach::expose(Reach& reach) {
  const mail::IpSet found = reach.surely;
  try {
    expose_surely(reach);
    if (!reach.too_large) expose_possibly(found, reach);
  } catch (const OutOfBudget&) {
    mail::IpSet tried;
    for (const auto& exposure : reach.exposures) {
      if (exposure.surely) tried = tried | exposure.clients;
    }
    reach.surely = reach.surely & tried;
  }
}

// The relaying attempts with this question taken to be answered as is worst, or best.
Diagram DoorReach::without_question(std::uint32_t question, bool some) {
  Diagram result = relayed_;
  for (const auto variable : diagrams_.support(relayed_)) {
    const auto* meaning = predicates_.meaning(variable, 0);
    if (meaning->kind != Predicate::Kind::question || meaning->id != question) continue;
    const Range one{variable, variable + 1};
    result = some ? diagrams_.some(result, one) : diagrams_.every(result, one);
  }
  return result;
}

bool DoorReach::matters(std::uint32_t question, const Reach& reach) {
  return possible(without_question(question, false)) != reach.possibly ||
         sure(without_question(question, true)) != reach.surely;
}

std::vector<std::uint32_t> DoorReach::questions_in(Diagram diagram) const {
  std::vector<std::uint32_t> questions;
  for (const auto variable : diagrams_.support(diagram)) {
    const auto* meaning = predicates_.meaning(variable, 0);
    if (meaning->kind == Predicate::Kind::question) questions.push_back(meaning->id);
  }
  std::sort(questions.begin(), questions.end());
  questions.erase(std::unique(questions.begin(), questions.end()), questions.end());
  return questions;
}

void DoorReach::find_questions(Reach& reach) {
  for (const auto question : questions_in(relayed_)) {
    if (matters(question, reach)) reach.hangs_on.push_back(question);
  }
}

void DoorReach::find_doubts(Reach& reach) {
  for (const auto variable : diagrams_.support(relayed_)) {
    const auto* meaning = predicates_.meaning(variable, 0);
    const bool is_doubt =
        meaning->kind == Predicate::Kind::doubt ||
        (meaning->kind == Predicate::Kind::same && group_of(variable) == Group::hidden);
    if (!is_doubt) continue;
    const Diagram without = diagrams_.every(relayed_, {variable, variable + 1});
    if (possible(without) == reach.possibly) continue;
    reach.limits.push_back(meaning->text.empty() ? "two texts that are compared" : meaning->text);
  }
  const auto& reasons = possibly_.reasons();
  reach.limits.insert(reach.limits.end(), reasons.begin(), reasons.end());
}

std::vector<std::uint32_t> DoorReach::questions_of(ConditionId id) const {
  const auto& is = policy_.conditions.at(id).is;
  if (const auto* unknown = std::get_if<Unknown>(&is)) return {unknown->question};
  std::vector<ConditionId> parts;
  if (const auto* inverse = std::get_if<Not>(&is)) parts.push_back(inverse->of);
  if (const auto* all = std::get_if<All>(&is)) parts = all->of;
  if (const auto* any = std::get_if<Any>(&is)) parts = any->of;
  std::vector<std::uint32_t> questions;
  for (const auto part : parts) {
    const auto of_part = questions_of(part);
    questions.insert(questions.end(), of_part.begin(), of_part.end());
  }
  return questions;
}

void DoorReach::find_premises(Reach& reach) {
  if (!options_.premises_hold) return;
  for (const auto premise : policy_.premises) {
    std::vector<ConditionId> others;
    std::copy_if(policy_.premises.begin(), policy_.premises.end(), std::back_inserter(others),
                 [&](ConditionId other) { return other != premise; });
    if (possible(formulas(others).relayed) == reach.possibly) continue;
    add_premise(premise, reach);
  }
}

void DoorReach::add_premise(ConditionId premise, Reach& reach) const {
  const auto questions = questions_of(premise);
  reach.premises.insert(reach.premises.end(), questions.begin(), questions.end());
}

// Who relays by texts that need no search: whatever is too large to prove, this is not.
mail::IpSet DoorReach::seeded() {
  Clients clients;
  clients.direct = surely_.seeded(surely_claiming(relayed_, false));
  if (!door_.may_claim.empty()) {
    clients.claimed = claiming_.seeded(surely_claiming(relayed_, true));
  }
  return real(clients);
}

void DoorReach::prove(Reach& reach) {
  // Whoever is excluded is not looked for again.
  const Clients most = possible_clients(relayed_);
  surely_.look_only_for(most.direct);
  claiming_.look_only_for(most.claimed);
  reach.surely = sure(relayed_);
  reach.possibly = real(most) | reach.surely;
}

// What is beyond the budget is not looked for.
void DoorReach::give_up(Reach& reach, const char* why) {
  reach.surely = seeded();
  reach.possibly = door_.clients;
  reach.too_large = true;
  reach.limits.emplace_back(why);
  surely_.look_only_for({});
  claiming_.look_only_for({});
}

// All of them, where the budget does not allow to tell which matter.
void DoorReach::explain(Reach& reach) {
  try {
    if (reach.possibly != reach.surely) {
      find_questions(reach);
      find_doubts(reach);
    }
  } catch (const OutOfBudget& cause) {
    reach.hangs_on = questions_in(relayed_);
    reach.limits.emplace_back(cause.what());
  }
  try {
    find_premises(reach);
  } catch (const OutOfBudget&) {
    for (const auto premise : policy_.premises) add_premise(premise, reach);
  }
  std::sort(reach.premises.begin(), reach.premises.end());
  const auto last = std::unique(reach.premises.begin(), reach.premises.end());
  reach.premises.erase(last, reach.premises.end());
}

Reach DoorReach::run() {
  Reach reach;
  relayed_ =
      formulas(options_.premises_hold ? policy_.premises : std::vector<ConditionId>{}).relayed;
  try {
    prove(reach);
    explain(reach);
  } catch (const OutOfBudget& cause) {
    give_up(reach, cause.what());
  }
  expose(reach);
  return reach;
}

}  // namespace

Reach reach(const Policy& policy, const Door& door, const ReachOptions& options) {
  if (!policy.listeners.at(door.listener).runs || door.clients.empty()) return {};
  try {
    return DoorReach(policy, door, options).run();
  } catch (const OutOfBudget& cause) {
    Reach beyond;
    beyond.possibly = door.clients;
    beyond.too_large = true;
    beyond.limits.emplace_back(cause.what());
    return beyond;
  }
}

}  // namespace relayproof::policy
