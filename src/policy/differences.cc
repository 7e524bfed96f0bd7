#include <algorithm>
#include <array>
#include <set>

#include "policy/appearance.h"
#include "policy/facts_of.h"
#include "policy/formulas.h"
#include "policy/part.h"
#include "policy/reach.h"
#include "policy/witness.h"

namespace relayproof::policy {
namespace {

using Kind = Difference::Kind;

constexpr std::size_t witnesses_of_a_kind = 4;

// Spellings on which programs that read and rewrite addresses part ways.
std::vector<std::string> spellings(const Policy& before, const Policy& after) {
  std::vector<std::string> all{"",           "user",        "user@",        "user@host",
                               "postmaster", "a%b@c.net",   "a!b",          "a@b@c.net",
                               "@a:b@c.net", "\"a b\"@c.d", "a@[10.1.2.3]", "user@example.net."};
  for (const auto* policy : {&before, &after}) {
    for (const auto& domain : policy->answers_for) {
      for (const std::string local : {"user", "u%example.net", "example.net!u", "u@example.net"}) {
        all.push_back(local + '@' + domain);
      }
    }
  }
  return all;
}

std::set<std::string> programs_of(const Policy& policy) {
  std::set<std::string> names;
  for (const auto& transform : policy.transforms) {
    if (transform.named) names.insert(transform.named->name);
    if (transform.rewritten) names.insert(transform.rewritten->completed_by);
  }
  names.erase("");
  return names;
}

// Whether both read and rewrite addresses alike, as far as trying tells.
bool same_programs(const Policy& before, const Policy& after) {
  auto names = programs_of(before);
  names.merge(programs_of(after));
  const auto& one = before.addresses;
  const auto& other = after.addresses;
  const auto all = spellings(before, after);
  return std::all_of(all.begin(), all.end(), [&](const std::string& text) {
    const std::string wire = '<' + text + '>';
    return one.read_sender(wire) == other.read_sender(wire) &&
           one.read_recipient(wire) == other.read_recipient(wire) &&
           std::all_of(names.begin(), names.end(), [&](const std::string& name) {
             return one.transform(name, text) == other.transform(name, text);
           });
  });
}

// Whether a stranger can come to this listener like that at all.
bool is_possible(const Listener& listener, const Attempt& attempt) {
  const auto can = [&](Flag flag) {
    return std::find(listener.strangers_can.begin(), listener.strangers_can.end(), flag) !=
               listener.strangers_can.end() ||
           std::any_of(listener.doubts.begin(), listener.doubts.end(),
                       [&](const Listener::Doubt& doubt) { return doubt.flag == flag; });
  };
  using Certificate = Attempt::Certificate;
  if (!listener.runs || (attempt.user && !can(Flag::authenticated))) return false;
  if (attempt.tls && !listener.tls_from_the_start && !can(Flag::tls)) return false;
  if (attempt.certificate == Certificate::trusted) return can(Flag::certificate_trusted);
  return attempt.certificate == Certificate::none || can(Flag::certificate);
}

class Comparison {
 public:
  Comparison(std::array<const Policy*, 2> policies, std::array<const Door*, 2> doors,
             const ReachOptions& options);

  Differences run();

 private:
  void read(Side side);
  void compare(Kind kind);
  void find(Kind kind, Walk& walk, Diagram attempts, const mail::IpSet& clients);
  bool is_confirmed(Kind kind, const Attempt& attempt) const;
  bool is_so(Kind kind, Side side, const Attempt& attempt, bool wanted) const;
  void note_open(Kind kind, Diagram attempts);
  Diagram real(Side side, Diagram of);

  std::array<const Policy*, 2> policies_;
  std::array<const Door*, 2> doors_;
  const ReachOptions& options_;
  Diagrams diagrams_;
  Predicates predicates_;
  std::array<ContentNames, 2> names_;
  Solutions solutions_;
  Choices choices_;
  std::array<Ground, 2> grounds_;
  std::array<Formulas, 2> formulas_;
  std::size_t paths_;
  Walk surely_;
  Walk possibly_;
  Differences result_;
};

Comparison::Comparison(std::array<const Policy*, 2> policies, std::array<const Door*, 2> doors,
                       const ReachOptions& options)
    : policies_(policies),
      doors_(doors),
      options_(options),
      diagrams_(options.budget.nodes),
      names_{ContentNames(*policies[0], ContentNames::By::content, "0", ""),
             ContentNames(*policies[1], ContentNames::By::content, "1",
                          same_programs(*policies[0], *policies[1]) ? "" : "1")},
      choices_({policies[0], policies[1]}, predicates_, options.budget.candidates, solutions_),
      grounds_{Ground{*policies[0], *doors[0], options.suppressed, diagrams_, predicates_,
                      names_[0], 0, options.budget.nodes},
               Ground{*policies[1], *doors[1], options.suppressed, diagrams_, predicates_,
                      names_[1], 1, options.budget.nodes}},
      paths_(options.budget.paths),
      surely_(diagrams_, choices_, Certainty::surely, paths_),
      possibly_(diagrams_, choices_, Certainty::possibly, paths_) {}

bool is_about_relaying(Kind kind) {
  return kind == Kind::relays_now || kind == Kind::relays_no_longer;
}

// The side on which it is so.
Side side_of(Kind kind) {
  return kind == Kind::relays_now || kind == Kind::taken_now ? Side{1} : Side{0};
}

// The same attempts with the real clients behind those whom the server sees.
Diagram Comparison::real(Side side, Diagram of) {
  return diagrams_.with_leaves(
      of, [&](const mail::IpSet& seen) { return behind(*doors_.at(side), seen); });
}

// Each client in his own name: nobody needs XCLIENT to tell two policies apart.
void Comparison::read(Side side) {
  Ground& ground = grounds_.at(side);
  if (!ground.listener().runs) return;
  Formulas all = formulas_of(
      ground, options_.premises_hold ? ground.policy.premises : std::vector<ConditionId>{});
  for (Diagram* of : {&all.accepted, &all.relayed, &all.taken}) {
    *of = diagrams_.with(*of, [&](Variable variable) -> std::optional<bool> {
      const auto* meaning = predicates_.meaning(variable, side);
      const bool claims = meaning != nullptr && meaning->kind == Predicate::Kind::flag &&
                          meaning->flag == Flag::speaks_for_others;
      return claims ? std::optional(false) : std::nullopt;
    });
    *of = real(side, *of);
  }
  formulas_.at(side) = all;
}

bool Comparison::is_so(Kind kind, Side side, const Attempt& attempt, bool wanted) const {
  const Policy& policy = *policies_.at(side);
  const Door& door = *doors_.at(side);
  if (!is_possible(policy.listeners.at(door.listener), attempt) ||
      !door.clients.contains(attempt.client)) {
    return !wanted;
  }
  DecideOptions options;
  options.suppressed = options_.suppressed;
  const Decision decision = decide(policy, door.listener, attempt, options);
  if (is_about_relaying(kind)) return decision.relay == truth(wanted);
  const auto recipient = read_address(policy.addresses, Field::recipient, attempt.rcpt_to);
  const bool own = recipient && (answers_for(policy, part_of(*recipient, Part::domain)) ||
                                 !policy.premises.empty());
  if (decision.reply == Decision::Reply::undecided) return false;
  return (own && decision.reply == Decision::Reply::accept) == wanted;
}

bool Comparison::is_confirmed(Kind kind, const Attempt& attempt) const {
  const Side side = side_of(kind);
  return is_so(kind, side, attempt, true) && is_so(kind, Side(1 - side), attempt, false);
}

constexpr std::string_view in_words(Kind kind) {
  constexpr std::array<std::string_view, 4> names = {"relays now", "relays no longer", "taken now",
                                                     "taken no longer"};
  return names.at(static_cast<std::size_t>(kind));
}

void Comparison::note_open(Kind kind, Diagram attempts) {
  std::set<std::string> causes;
  for (const auto variable : diagrams_.support(attempts)) {
    for (Side side = 0; side < 2; ++side) {
      const auto* meaning = predicates_.meaning(variable, side);
      if (meaning == nullptr) continue;
      if (meaning->kind == Predicate::Kind::question) {
        causes.insert(policies_.at(side)->questions.at(meaning->id).name);
      }
      if (meaning->kind == Predicate::Kind::doubt) causes.insert(meaning->text);
    }
  }
  causes.insert(possibly_.reasons().begin(), possibly_.reasons().end());
  std::string note = std::string(in_words(kind)) + ", perhaps: it hangs on";
  for (const auto& cause : causes) note += (note.ends_with("on") ? " " : ", ") + cause;
  result_.limits.push_back(causes.empty() ? std::string(in_words(kind)) + ", perhaps" : note);
}

void Comparison::find(Kind kind, Walk& walk, Diagram attempts, const mail::IpSet& clients) {
  mail::IpSet left = clients;
  for (std::size_t found = 0; !left.empty(); ++found) {
    const auto preferred = (left & options_.prefer).example();
    const auto client = preferred ? *preferred : left.example().value_or(mail::IpAddress());
    WitnessGround from{grounds_.at(side_of(kind)), choices_, walk, attempts, false};
    const auto witness = witness_for(from, client);
    mail::IpSet covered = mail::IpSet::of(client);
    if (witness) covered = covered | (witness->seen & left);
    if (found + 1 >= witnesses_of_a_kind) covered = left;
    left = left - covered;
    if (!witness || !is_confirmed(kind, witness->attempt)) {
      result_.limits.push_back(std::string(in_words(kind)) +
                               ", unconfirmed: " + client.to_string());
      continue;
    }
    result_.found.push_back({kind, covered, witness->attempt});
  }
}

void Comparison::compare(Kind kind) {
  const Side side = side_of(kind);
  const auto of = [&](Side which) {
    return is_about_relaying(kind) ? formulas_.at(which).relayed : formulas_.at(which).taken;
  };
  const Diagram attempts = diagrams_.without(of(side), of(Side(1 - side)));
  const Range open{range_of(Group::hidden).first, range_of(Group::doubt).last};
  const Diagram sure = diagrams_.every(attempts, open);
  const auto clients = surely_.clients(sure);
  find(kind, surely_, sure, clients);
  if (possibly_.clients(diagrams_.some(attempts, open)) != clients) note_open(kind, attempts);
}

Differences Comparison::run() {
  read(0);
  read(1);
  for (const Kind kind :
       {Kind::relays_now, Kind::relays_no_longer, Kind::taken_now, Kind::taken_no_longer}) {
    compare(kind);
  }
  return std::move(result_);
}

}  // namespace

Differences differences(const Policy& before, const Door& door_before, const Policy& after,
                        const Door& door_after, const ReachOptions& options) {
  try {
    return Comparison({&before, &after}, {&door_before, &door_after}, options).run();
  } catch (const OutOfBudget& cause) {
    Differences beyond;
    beyond.too_large = true;
    beyond.limits.emplace_back(cause.what());
    return beyond;
  }
}

}  // namespace relayproof::policy
