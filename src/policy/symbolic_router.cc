#include "policy/symbolic_router.h"

#include <algorithm>

namespace relayproof::policy {
namespace {

// A recipient rewritten more often than this is taken to possibly go anywhere.
constexpr std::size_t rewrite_depth = 4;

// Whether what stands behind the last @ of the template has a hole, and whether what is before has.
struct Holes {
  bool in_local = false;
  bool in_domain = false;
};

Holes holes_of(const Transform::Template& form) {
  Holes holes;
  for (const auto& piece : form.pieces) {
    if (piece.hole) {
      holes.in_domain = true;
    } else if (piece.text.find('@') != std::string::npos) {
      holes.in_local = holes.in_local || holes.in_domain;
      holes.in_domain = false;
    }
  }
  return holes;
}

// Beside the one @ there is more that makes a route.
bool writes_route(const Transform::Template& form) {
  std::string text;
  for (const auto& piece : form.pieces) text += piece.text;
  return text.find_first_of("!%") != std::string::npos ||
         std::count(text.begin(), text.end(), '@') > 1;
}

// An address without a domain gets one: restrictions read it as that, too.
bool completes(const Transform::Template& form) {
  return form.completed_by.empty() && form.pieces.size() == 2 && form.pieces[0].hole &&
         form.pieces[0].hole->of == Transform::Template::Hole::Of::whole;
}

// `@example.org` keeps the local part that was sent.
bool copies_local_part(std::string_view value) {
  constexpr std::string_view between = ", \t\r\n";
  for (auto at = value.find('@'); at != std::string_view::npos; at = value.find('@', at + 1)) {
    if (at == 0 || between.find(value[at - 1]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Diagram SymbolicRouter::relayed(ListId list, Diagram live) { return follow({list, 0}, live, {}); }

Diagram SymbolicRouter::follow(Place place, Diagram live, const Standing& standing) {
  if (live == Diagrams::nobody || standing.via.size() > ground_.policy.rewrite_limit) {
    return Diagrams::nobody;
  }
  auto& diagrams = ground_.diagrams;
  const auto& [name, rules, again] = ground_.policy.lists.at(place.list);
  Diagram relayed = Diagrams::nobody;
  if (again && place.from == 0) {
    const Diagram them = diagrams.both(live, coming_again(place.list, standing));
    relayed = follow({again->list, 0}, them, standing);
    live = diagrams.without(live, them);
  }
  for (; place.from < rules.size() && live != Diagrams::nobody; ++place.from) {
    const Outcome outcome = follow_rule(place, live, standing);
    relayed = diagrams.either(relayed, outcome.relayed);
    live = diagrams.without(live, outcome.ended);
  }
  return diagrams.either(relayed, diagrams.both(live, evaluator_.outside(standing)));
}

// Those for whom the recipient was made of the same one by this list.
Diagram SymbolicRouter::coming_again(ListId list, const Standing& standing) {
  const auto& again = ground_.policy.lists.at(list).again;
  Diagram them = Diagrams::nobody;
  for (const auto& one : standing.made_of) {
    if (one.list != list) continue;
    if (again->of_any) return Diagrams::everybody;
    Standing before = standing;
    before.field = one.field;
    before.via = one.via;
    them = ground_.diagrams.either(them, evaluator_.same(before, standing));
  }
  return them;
}

SymbolicRouter::Outcome SymbolicRouter::follow_rule(Place place, Diagram live,
                                                    const Standing& standing) {
  ground_.step();
  const Rule& rule = ground_.policy.lists.at(place.list).rules[place.from];
  if (ground_.suppressed.contains(rule.origin)) return {};
  auto& diagrams = ground_.diagrams;
  const Diagram matching = diagrams.both(live, evaluator_.holds(rule.when, standing));
  if (!rule.by_row) return apply(rule.effect, place, matching, standing, rule);
  Outcome total;
  for (const auto& branch : evaluator_.rows(*rule.by_row, standing)) {
    const Effect& effect = ground_.policy.results.at(branch.result);
    const Diagram here = diagrams.both(matching, branch.when);
    const Outcome outcome = apply(effect, place, here, standing, rule);
    total.ended = diagrams.either(total.ended, outcome.ended);
    total.relayed = diagrams.either(total.relayed, outcome.relayed);
  }
  return total;
}

SymbolicRouter::Outcome SymbolicRouter::apply(const Effect& effect, Place place, Diagram matching,
                                              const Standing& standing, const Rule& rule) {
  if (matching == Diagrams::nobody || std::holds_alternative<Nothing>(effect)) return {};
  if (const auto* set = std::get_if<SetMark>(&effect)) {
    Diagram& mark = evaluator_.marks.at(set->mark);
    mark = ground_.diagrams.either(mark, matching);
    return {};
  }
  Outcome outcome{matching, Diagrams::nobody};
  if (const auto* end = std::get_if<End>(&effect)) {
    if (end->fate == Fate::handed_on) {
      outcome.relayed = ground_.diagrams.both(matching, evaluator_.outside(standing));
    }
  } else if (const auto* rewriting = std::get_if<Rewrite>(&effect)) {
    Standing from = standing;
    if (rule.by_row && rule.by_row->subject.field == Field::header) {
      from.field = Field::header;  // the line names the new recipient
      from.via = rule.by_row->subject.via;
    }
    outcome.relayed = rewrite(*rewriting, place, matching, from);
  } else if (const auto* as_row = std::get_if<RewriteAsRow>(&effect)) {
    if (rule.by_row)
      outcome.relayed = rewrite_as_row(*as_row, place, matching, standing, *rule.by_row);
  } else if (const auto* run = std::get_if<Run>(&effect)) {
    outcome.relayed = follow({run->list, 0}, matching, standing);
  }
  return outcome;
}

Standing SymbolicRouter::transformed(std::uint32_t index, const Standing& standing) const {
  const Transform& transform = ground_.policy.transforms.at(index);
  Standing target = standing;
  if (transform.rewritten && transform.rewritten->captured_in) {
    target.field = *transform.rewritten->captured_in;  // that text names the new recipient
    target.via.clear();
  }
  target.via.push_back(index);
  target.via = simplified(ground_.policy, {target.field, Part::whole, target.via}).via;
  if (transform.rewritten) {
    const Holes holes = holes_of(*transform.rewritten);
    // A line of the header is the client's, whoever wrote the address that it takes the place of.
    const bool any = transform.rewritten->captured_in.has_value() || standing.local_chosen ||
                     standing.domain_chosen;
    target.local_chosen = holes.in_local && any;
    target.domain_chosen = holes.in_domain && any;
  }
  return target;
}

// Whether a recipient can end in a domain of the client's choosing from this list on.
bool SymbolicRouter::can_still_choose(const Standing& standing, ListId list) {
  const Ahead& ahead = ahead_of(list);
  return standing.domain_chosen || (standing.local_chosen && ahead.names_domain) ||
         ahead.reads_header;
}

Diagram SymbolicRouter::rewrite(const Rewrite& effect, Place place, Diagram matching,
                                const Standing& standing) {
  auto& diagrams = ground_.diagrams;
  Diagram relayed = Diagrams::nobody;
  const Place behind{place.list, place.from + 1};
  const bool asks = ground_.policy.lists.at(place.list).again.has_value();
  for (const auto index : effect.transforms) {
    Standing target = transformed(index, standing);
    if (asks) target.made_of.push_back({place.list, standing.field, standing.via});
    const bool goes_on = can_still_choose(target, effect.then);
    const bool stays = !asks && can_still_choose(target, place.list);
    relayed = diagrams.either(relayed, routed_on(index, effect.then, matching, standing, target));
    if (!goes_on) doubt_marks(ahead_of(effect.then).marks, matching);
    if (!stays) doubt_marks(ahead_of(place.list).marks, matching);
    if (!goes_on && !stays) continue;
    if (target.via.size() > rewrite_depth) {
      const Diagram any = evaluator_.doubt("a recipient that is rewritten more than four times");
      relayed = diagrams.either(relayed, diagrams.both(matching, any));
      continue;
    }
    const Diagram same = asks ? Diagrams::nobody : evaluator_.same(standing, target);
    if (goes_on) {
      const Diagram moved = diagrams.without(matching, same);
      relayed = diagrams.either(relayed, follow({effect.then, 0}, moved, target));
    }
    if (stays) {
      const Diagram unmoved = diagrams.both(matching, same);
      relayed = diagrams.either(relayed, follow(behind, unmoved, target));
    }
  }
  return relayed;
}

// Targets that the owner wrote down: only what makes a domain out of a local part that was copied
// can let the client choose again.
Diagram SymbolicRouter::rewrite_as_row(const RewriteAsRow& effect, Place place, Diagram matching,
                                       const Standing& standing, const Rule::ByRow& by_row) {
  const Ahead& ahead = ahead_of(effect.then);
  const Ahead& behind = ahead_of(place.list);
  doubt_marks(ahead.marks, matching);
  doubt_marks(behind.marks, matching);
  if (ahead.reads_header || behind.reads_header) {
    return ground_.diagrams.both(
        matching, evaluator_.doubt("a row whose target a line of the header takes the place of"));
  }
  if (!standing.local_chosen || !may_copy_local_part(by_row.lookup)) return Diagrams::nobody;
  if (!ahead.names_domain && !behind.names_domain) {
    return ahead.resolves || behind.resolves ? routed_on(matching, standing) : Diagrams::nobody;
  }
  return ground_.diagrams.both(
      matching, evaluator_.doubt("a row whose target a later pattern can make a domain of"));
}

// `user%elsewhere` in front of a domain of the owner's may lead on, where that is this server's.
// What the server reads as another recipient before any row does not count: it is that recipient.
Diagram SymbolicRouter::routed_on(Diagram matching, const Standing& standing) {
  if (!ground_.policy.is_routed) return Diagrams::nobody;
  const Diagram routed = evaluator_.holds(*ground_.policy.is_routed, standing);
  return ground_.diagrams.both(
      ground_.diagrams.both(matching, routed),
      evaluator_.doubt("a local part that another domain is given to, and that reads as a route"));
}

// The same where a template puts the local part there; or a line of the header, or `%` between two
// parts, of which the recipient tells nothing.
Diagram SymbolicRouter::routed_on(std::uint32_t transform, ListId then, Diagram matching,
                                  const Standing& standing, const Standing& target) {
  const auto& form = ground_.policy.transforms.at(transform).rewritten;
  if (!form || !ground_.policy.is_routed || !target.local_chosen || target.domain_chosen ||
      !ahead_of(then).resolves || completes(*form)) {
    return Diagrams::nobody;
  }
  if (!form->captured_in && !writes_route(*form)) return routed_on(matching, standing);
  return ground_.diagrams.both(matching, evaluator_.doubt("a target that reads as a route"));
}

// Also true where what stands behind the delimiter may be put behind the target's local part.
bool SymbolicRouter::may_copy_local_part(std::uint32_t index) const {
  const Lookup& lookup = ground_.policy.lookups.at(index);
  const auto copies = [&](const Row& row) {
    return std::holds_alternative<RewriteAsRow>(ground_.policy.results.at(row.result)) &&
           copies_local_part(row.value);
  };
  return !lookup.extension_delimiters.empty() ||
         std::any_of(lookup.tables.begin(), lookup.tables.end(), [&](std::uint32_t id) {
           const Table& table = ground_.policy.tables.at(id);
           return (table.everything && copies(*table.everything)) ||
                  std::any_of(table.literals.begin(), table.literals.end(),
                              [&](const auto& row) { return copies(row.second); }) ||
                  std::any_of(table.patterns.begin(), table.patterns.end(),
                              [&](const PatternRow& row) { return copies(row.row); });
         });
}

void SymbolicRouter::doubt_marks(const std::set<std::uint32_t>& marks, Diagram matching) {
  for (const auto mark : marks) {
    const Diagram maybe = ground_.diagrams.both(
        matching, evaluator_.doubt("a mark that another recipient of the route sets"));
    evaluator_.marks.at(mark) = ground_.diagrams.either(evaluator_.marks.at(mark), maybe);
  }
}

const SymbolicRouter::Ahead& SymbolicRouter::ahead_of(ListId list) {
  const auto [place, is_new] = ahead_.try_emplace(list);
  if (is_new) {
    std::set<ListId> seen;
    look_ahead(list, seen, place->second);
  }
  return place->second;
}

void SymbolicRouter::look_ahead(ListId list, std::set<ListId>& seen, Ahead& ahead) const {
  if (!seen.insert(list).second) return;
  const auto& again = ground_.policy.lists.at(list).again;
  if (again) look_ahead(again->list, seen, ahead);
  for (const auto& rule : ground_.policy.lists.at(list).rules) {
    if (!rule.by_row) {
      look_ahead(rule.effect, seen, ahead);
      continue;
    }
    for (const auto result : ground_.names.lookup(rule.by_row->lookup).results) {
      look_ahead(ground_.policy.results.at(result), seen, ahead);
    }
  }
}

void SymbolicRouter::look_ahead(const Effect& effect, std::set<ListId>& seen, Ahead& ahead) const {
  if (const auto* set = std::get_if<SetMark>(&effect)) ahead.marks.insert(set->mark);
  if (const auto* run = std::get_if<Run>(&effect)) look_ahead(run->list, seen, ahead);
  if (const auto* as_row = std::get_if<RewriteAsRow>(&effect)) {
    look_ahead(as_row->then, seen, ahead);
  }
  const auto* rewriting = std::get_if<Rewrite>(&effect);
  if (rewriting == nullptr) return;
  look_ahead(rewriting->then, seen, ahead);
  for (const auto index : rewriting->transforms) {
    const auto& form = ground_.policy.transforms.at(index).rewritten;
    if (!form) ahead.resolves = true;
    if (form && holes_of(*form).in_domain) ahead.names_domain = true;
    if (form && form->captured_in) ahead.reads_header = true;
  }
}

}  // namespace relayproof::policy
