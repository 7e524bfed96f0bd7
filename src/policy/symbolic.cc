#include "policy/symbolic.h"

#include <algorithm>

#include "policy/settled.h"

namespace relayproof::policy {
namespace {

using Kind = Predicate::Kind;

// The server takes an IPv4-mapped client for an IPv4 one: such members never match.
mail::IpSet without_mapped(const mail::IpSet& set) {
  static constexpr std::string_view mapped = "::ffff:0:0/96";
  return set - mail::IpSet::of(*mail::Network::parse(mapped));
}

// Neighbours first, so that n members cost n log n.
template <class Combine>
Diagram combined(std::vector<Diagram> members, Diagram neutral, Combine&& combine) {
  if (members.empty()) return neutral;
  while (members.size() > 1) {
    for (std::size_t pair = 0; pair < members.size() / 2; ++pair) {
      members[pair] = combine(members[pair * 2], members[pair * 2 + 1]);
    }
    if (members.size() % 2 == 1) members[members.size() / 2] = members.back();
    members.resize((members.size() + 1) / 2);
  }
  return members.front();
}

}  // namespace

Subject Standing::absolute(const Subject& subject) const {
  if (subject.field != Field::recipient) return subject;
  Subject result{field, subject.part, via};
  result.via.insert(result.via.end(), subject.via.begin(), subject.via.end());
  return result;
}

SymbolicEvaluator::SymbolicEvaluator(Ground& ground)
    : marks(ground.policy.marks.size(), Diagrams::nobody), ground_(ground) {}

Diagram SymbolicEvaluator::holds(ConditionId id, const Standing& standing) {
  ground_.step();
  const Condition& condition = ground_.policy.conditions.at(id);
  if (condition.origin != 0 && ground_.suppressed.contains(condition.origin)) {
    return Diagrams::nobody;
  }
  return std::visit([&](const auto& kind) { return is(kind, standing); }, condition.is);
}

// Most of what is asked of a text that was rewritten once or twice has one answer only.
std::optional<bool> SymbolicEvaluator::settled(const std::string& key, const Predicate& meaning) {
  if (meaning.subject.via.empty()) return std::nullopt;
  Wanted wanted;
  switch (meaning.kind) {
    case Kind::finds:
      wanted.kind = Wanted::Kind::finds;
      break;
    case Kind::outside:
      wanted.kind = Wanted::Kind::outside;
      break;
    case Kind::deliverable:
      wanted.kind = Wanted::Kind::deliverable;
      break;
    default:
      return std::nullopt;
  }
  const auto [entry, is_new] = ground_.settled.try_emplace(key);
  if (!is_new) return entry->second;
  wanted.lookup = meaning.id;
  wanted.result = meaning.result;
  wanted.subject = meaning.subject;
  entry->second = policy::settled(ground_.policy, wanted);
  // A header that is not there is found nowhere.
  const bool may_be_absent =
      meaning.subject.field != Field::recipient && meaning.subject.field != Field::sender;
  if (may_be_absent && entry->second == true) entry->second.reset();
  return entry->second;
}

Diagram SymbolicEvaluator::variable(Group group, const std::string& key, const Predicate& meaning) {
  if (const auto answer = settled(key, meaning)) {
    return *answer ? Diagrams::everybody : Diagrams::nobody;
  }
  return ground_.diagrams.variable(ground_.predicates.variable(group, key, ground_.side, meaning));
}

Diagram SymbolicEvaluator::is(const Constant& condition, const Standing&) const {
  return condition.value ? Diagrams::everybody : Diagrams::nobody;
}

Diagram SymbolicEvaluator::is(const ClientIn& condition, const Standing&) {
  return ground_.diagrams.clients(without_mapped(condition.addresses));
}

bool SymbolicEvaluator::strangers_can(Flag flag) const {
  const auto& listener = ground_.listener();
  const auto& can = listener.strangers_can;
  return std::find(can.begin(), can.end(), flag) != can.end() ||
         std::any_of(listener.doubts.begin(), listener.doubts.end(),
                     [&](const Listener::Doubt& doubt) { return doubt.flag == flag; });
}

// What the attempt says, whatever the server makes of it.
Diagram SymbolicEvaluator::chosen_flag(Flag flag) {
  Predicate meaning;
  meaning.flag = flag;
  return variable(Group::session, std::string(to_string(flag)), meaning);
}

Diagram SymbolicEvaluator::flag(Flag flag) {
  auto& diagrams = ground_.diagrams;
  switch (flag) {
    case Flag::several_recipients:
      return several_recipients;
    case Flag::speaks_for_others:
      return ground_.door.may_claim.empty() ? Diagrams::nobody : chosen_flag(flag);
    case Flag::authenticated: {
      const Diagram may =
          strangers_can(flag) ? Diagrams::everybody : this->flag(Flag::speaks_for_others);
      return may == Diagrams::nobody ? may : diagrams.both(chosen_flag(flag), may);
    }
    case Flag::tls:
      if (ground_.listener().tls_from_the_start) return Diagrams::everybody;
      return strangers_can(flag) ? chosen_flag(flag) : Diagrams::nobody;
    case Flag::certificate:
      if (!strangers_can(flag)) return Diagrams::nobody;
      return diagrams.both(chosen_flag(flag), this->flag(Flag::tls));
    case Flag::certificate_trusted:
      if (!strangers_can(flag)) return Diagrams::nobody;
      return diagrams.both(chosen_flag(flag), this->flag(Flag::certificate));
    case Flag::sender_unqualified:
    case Flag::recipient_unqualified:
      return Diagrams::nobody;
    case Flag::certificate_listed:
      break;
  }
  // An attempt cannot say whose certificate it shows, so that none can be tried.
  return strangers_can(flag) ? doubt("a client certificate that the configuration lists")
                             : Diagrams::nobody;
}

Diagram SymbolicEvaluator::is(const IsSet& condition, const Standing&) {
  const Diagram chosen = flag(condition.flag);
  for (const auto& entry : ground_.listener().doubts) {
    if (entry.flag != condition.flag) continue;
    return ground_.diagrams.both(chosen, question(entry.question, "!", {}));
  }
  return chosen;
}

Diagram SymbolicEvaluator::is(const Present& condition, const Standing& standing) {
  if (condition.field == Field::recipient || condition.field == Field::sender) {
    return Diagrams::everybody;
  }
  if (condition.field == Field::user) return flag(Flag::authenticated);
  Subject subject;
  subject.field = condition.field;
  return wanted(Kind::present, subject, standing);
}

Diagram SymbolicEvaluator::helo_given() { return is(Present{Field::helo}, {}); }

Diagram SymbolicEvaluator::wanted(Kind kind, const Subject& written, const Standing& standing) {
  const Subject subject = simplified_in_any_case(ground_.policy, written);
  Predicate meaning;
  meaning.kind = kind;
  meaning.subject = subject;
  const auto key = std::to_string(static_cast<int>(kind)) + ground_.names.subject(subject);
  // Whose domain it is the other policy may see otherwise.
  const std::string whose = kind == Kind::outside ? ground_.names.claims() : "";
  return variable(group_of(subject.field, standing.earlier), key + whose, meaning);
}

Diagram SymbolicEvaluator::is(const Finds& condition, const Standing& standing) {
  const Subject subject = simplified(ground_.policy, standing.absolute(condition.subject));
  const auto& wanted = condition.results;
  if (subject.field == Field::header && !wanted.empty()) {
    return finds_among_headers(condition, subject);
  }
  Diagram found = Diagrams::nobody;
  for (const auto& branch : rows({condition.lookup, condition.subject}, standing)) {
    if (!wanted.empty() && !std::binary_search(wanted.begin(), wanted.end(), branch.result)) {
      continue;
    }
    found = ground_.diagrams.either(found, branch.when);
  }
  return found;
}

// One of several lines can give this result and another line that: they do not exclude each other.
Diagram SymbolicEvaluator::finds_among_headers(const Finds& condition, const Subject& subject) {
  Predicate meaning;
  meaning.kind = Kind::finds_among;
  meaning.subject = subject;
  meaning.id = condition.lookup;
  meaning.results = condition.results;
  std::string key = ground_.names.lookup(condition.lookup).name + '?';
  const auto& all = ground_.names.lookup(condition.lookup).results;
  for (std::size_t place = 0; place < all.size(); ++place) {
    if (std::binary_search(condition.results.begin(), condition.results.end(), all[place])) {
      key += std::to_string(place) + ' ';
    }
  }
  return variable(Group::header, key + ground_.names.subject(subject), meaning);
}

// Results exclude each other: the first variable of the row that is true names the one.
std::vector<SymbolicEvaluator::Branch> SymbolicEvaluator::rows(const Rule::ByRow& by_row,
                                                               const Standing& standing) {
  const Subject subject = simplified(ground_.policy, standing.absolute(by_row.subject));
  const auto& lookup = ground_.names.lookup(by_row.lookup);
  const auto key = lookup.name + '|' + ground_.names.subject(subject) + '|';
  const Group group = group_of(subject.field, standing.earlier);
  std::vector<Branch> branches;
  Predicate meaning;
  meaning.kind = Kind::finds;
  meaning.subject = subject;
  meaning.id = by_row.lookup;
  Diagram rest = subject.field == Field::user ? flag(Flag::authenticated) : Diagrams::everybody;
  std::vector<Diagram> variables;
  for (std::size_t place = 0; place < lookup.results.size(); ++place) {
    ground_.step();
    meaning.result = lookup.results[place];
    variables.push_back(variable(group, key + std::to_string(place), meaning));
  }
  for (std::size_t place = 0; place < variables.size(); ++place) {
    branches.push_back({lookup.results[place], ground_.diagrams.both(rest, variables[place])});
    rest = ground_.diagrams.without(rest, variables[place]);
  }
  return branches;
}

Diagram SymbolicEvaluator::is(const Same& condition, const Standing& standing) {
  Predicate meaning;
  meaning.kind = Kind::same;
  meaning.subject = simplified_in_any_case(ground_.policy, standing.absolute(condition.one));
  meaning.other = simplified_in_any_case(ground_.policy, standing.absolute(condition.other));
  if (meaning.other < meaning.subject) std::swap(meaning.subject, meaning.other);
  if (meaning.subject == meaning.other) return is(Present{meaning.subject.field}, standing);
  const Group one = group_of(meaning.subject.field, standing.earlier);
  const Group other = group_of(meaning.other.field, standing.earlier);
  const auto key =
      "same " + ground_.names.subject(meaning.subject) + '=' + ground_.names.subject(meaning.other);
  // Texts are chosen one by one; what compares two of them is left open.
  if (one == other) return variable(one, key, meaning);
  return variable(Group::hidden, key + (standing.earlier ? "'" : ""), meaning);
}

Diagram SymbolicEvaluator::same(const Standing& one, const Standing& other) {
  Same condition;
  condition.one = {one.field, Part::whole, one.via};
  condition.other = {other.field, Part::whole, other.via};
  Standing absolute;
  absolute.earlier = one.earlier;
  return is(condition, absolute);
}

Diagram SymbolicEvaluator::question(std::uint32_t index, const std::string& about,
                                    const Subject& subject) {
  const auto& question = ground_.policy.questions.at(index);
  if (question.power == Question::Power::screen) return Diagrams::nobody;
  Predicate meaning;
  meaning.kind = Kind::question;
  meaning.id = index;
  meaning.subject = subject;
  return variable(Group::hidden, ground_.names.question(index) + '|' + about, meaning);
}

Diagram SymbolicEvaluator::is(const Unknown& condition, const Standing& standing) {
  std::string about;
  for (const auto& subject : condition.about) {
    about += ground_.names.subject(simplified(ground_.policy, standing.absolute(subject))) + ' ';
    // The same question about another recipient may have another answer.
    if (standing.earlier && subject.field == Field::recipient) about += "earlier ";
  }
  return question(condition.question, about, {});
}

Diagram SymbolicEvaluator::is(const Not& condition, const Standing& standing) {
  return ground_.diagrams.negation(holds(condition.of, standing));
}

const mail::IpSet* SymbolicEvaluator::client_set(ConditionId id) const {
  const Condition& condition = ground_.policy.conditions.at(id);
  if (condition.origin != 0 && ground_.suppressed.contains(condition.origin)) return nullptr;
  const auto* clients = std::get_if<ClientIn>(&condition.is);
  return clients == nullptr ? nullptr : &clients->addresses;
}

std::vector<Diagram> SymbolicEvaluator::members(const std::vector<ConditionId>& ids,
                                                const Standing& standing) {
  std::vector<Diagram> result;
  for (const auto id : ids) result.push_back(holds(id, standing));
  return result;
}

Diagram SymbolicEvaluator::is(const All& condition, const Standing& standing) {
  return combined(members(condition.of, standing), Diagrams::everybody,
                  [&](Diagram a, Diagram b) { return ground_.diagrams.both(a, b); });
}

// Networks of a list are put together first: there may be many.
Diagram SymbolicEvaluator::is(const Any& condition, const Standing& standing) {
  mail::IpSetBuilder networks;
  std::vector<ConditionId> others;
  for (const auto id : condition.of) {
    const auto* set = client_set(id);
    if (set != nullptr) {
      networks.add(*set);
    } else {
      others.push_back(id);
    }
  }
  auto all = members(others, standing);
  all.push_back(ground_.diagrams.clients(without_mapped(networks.build())));
  return combined(std::move(all), Diagrams::nobody,
                  [&](Diagram a, Diagram b) { return ground_.diagrams.either(a, b); });
}

Diagram SymbolicEvaluator::outside(const Standing& standing) {
  if (!standing.domain_chosen) return Diagrams::nobody;
  const Subject whole{standing.field, Part::whole, standing.via};
  Diagram result = ground_.diagrams.both(wanted(Kind::outside, whole, standing),
                                         wanted(Kind::deliverable, whole, standing));
  for (const auto id : premises) {
    result = ground_.diagrams.without(result, holds(id, standing));
  }
  return result;
}

Diagram SymbolicEvaluator::owned(const Standing& standing) {
  const Subject whole{standing.field, Part::whole, standing.via};
  Diagram result = ground_.diagrams.negation(wanted(Kind::outside, whole, standing));
  for (const auto id : premises) {
    result = ground_.diagrams.either(result, holds(id, standing));
  }
  return result;
}

Diagram SymbolicEvaluator::doubt(const std::string& about) {
  Predicate meaning;
  meaning.kind = Kind::doubt;
  meaning.text = about;
  return variable(Group::doubt, about, meaning);
}

Diagram SymbolicEvaluator::start_mark(std::uint32_t mark) {
  Predicate meaning;
  meaning.kind = Kind::mark_at_start;
  meaning.id = mark;
  return variable(Group::session, ground_.names.mark(mark), meaning);
}

Diagram SymbolicEvaluator::earlier_recipient() {
  Predicate meaning;
  meaning.kind = Kind::earlier_recipient;
  return variable(Group::session, "earlier recipient", meaning);
}

}  // namespace relayproof::policy
