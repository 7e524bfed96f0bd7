#include "policy/walk.h"

#include <algorithm>

namespace relayproof::policy {
namespace {

using Feasible = Solution::Feasible;

Group top_group(const Diagrams& diagrams, Diagram diagram) {
  return group_of(diagrams.top(diagram));
}

}  // namespace

Diagram surely(Diagrams& diagrams, Diagram of) {
  const Range doubts = range_of(Group::doubt);
  const Diagram sure = diagrams.with(of, [&](Variable variable) {
    return variable >= doubts.first && variable < doubts.last ? std::optional(false) : std::nullopt;
  });
  return diagrams.every(sure, range_of(Group::hidden));
}

Diagram possibly(Diagrams& diagrams, Diagram of) {
  return diagrams.some(of, {range_of(Group::hidden).first, range_of(Group::doubt).last});
}

bool Walk::can_be_chosen(Group group, Way& way) {
  if (paths_ == 0) throw OutOfBudget();
  --paths_;
  if (group == Group::session) return true;
  const Choice& choice = choices_.find(group, way.path);
  way.chosen = choice.chosen;
  if (choice.feasible == Feasible::yes) return true;
  if (certainty_ == Certainty::surely || choice.feasible == Feasible::no) return false;
  if (certainty_ == Certainty::claiming) {
    return choice.feasible == Feasible::hidden && choice.chosen.text.has_value();
  }
  if (!choice.why_unknown.empty()) reasons_.insert(choice.why_unknown);
  return true;
}

// A long path is not followed to its end if its beginning is impossible.
bool Walk::is_excluded(Group group, const Way& way) {
  if (group == Group::session || !way.path.back().holds) return false;
  return choices_.find(group, way.path).feasible == Feasible::no;
}

bool Walk::visit_exit(Diagram at, Group group, Way& way, const Worth& worth, const Visit& then) {
  if (!(worth(seeded(at)) || worth(clients(at))) || !can_be_chosen(group, way)) return false;
  way.exit = at;
  return then(way);
}

bool Walk::visit(Diagram at, Group group, Way& way, const Worth& worth, const Visit& then) {
  if (!worth(diagrams_.reachable(at))) return false;
  if (diagrams_.is_leaf(at) || top_group(diagrams_, at) != group) {
    return visit_exit(at, group, way, worth, then);
  }
  return step(at, group, false, way, worth, then) || step(at, group, true, way, worth, then);
}

bool Walk::step(Diagram at, Group group, bool holds, Way& way, const Worth& worth,
                const Visit& then) {
  const Diagram next = holds ? diagrams_.high(at) : diagrams_.low(at);
  if (next == Diagrams::nobody) return false;
  way.path.push_back({diagrams_.top(at), holds});
  const bool leads_on = !diagrams_.is_leaf(next) && top_group(diagrams_, next) == group;
  const bool enough =
      !(leads_on && is_excluded(group, way)) && visit(next, group, way, worth, then);
  way.path.pop_back();
  return enough;
}

// Where this text leads to; nullopt if it cannot be told.
std::optional<Way> Walk::follow_seed(Diagram at, Group group, std::size_t seed) {
  Way way;
  while (!diagrams_.is_leaf(at) && top_group(diagrams_, at) == group) {
    const Variable variable = diagrams_.top(at);
    const auto value = choices_.value_of_seed(group, seed, variable);
    if (!value) return std::nullopt;
    way.path.push_back({variable, *value});
    at = *value ? diagrams_.high(at) : diagrams_.low(at);
    if (at == Diagrams::nobody) return std::nullopt;
  }
  way.exit = at;
  return way;
}

mail::IpSet Walk::seeded_by_texts(Diagram diagram, Group group) {
  mail::IpSet found;
  const mail::IpSet most = diagrams_.reachable(diagram);
  const std::size_t count = choices_.seeds(group).size();
  for (std::size_t seed = 0; seed < count && found != most; ++seed) {
    const auto way = follow_seed(diagram, group, seed);
    if (!way || diagrams_.reachable(way->exit).is_subset_of(found)) continue;
    found = found | seeded(way->exit);
  }
  return found;
}

mail::IpSet Walk::seeded_of_session(Diagram diagram) {
  mail::IpSet found;
  for (const Diagram next : {diagrams_.low(diagram), diagrams_.high(diagram)}) {
    found = found | seeded(next);
  }
  return found;
}

const mail::IpSet& Walk::seeded(Diagram diagram) {
  if (diagrams_.is_leaf(diagram)) return diagrams_.leaf(diagram);
  const auto known = seeded_.find(diagram);
  if (known != seeded_.end()) return known->second;
  const Group group = top_group(diagrams_, diagram);
  auto found =
      group == Group::session ? seeded_of_session(diagram) : seeded_by_texts(diagram, group);
  return seeded_.emplace(diagram, std::move(found)).first->second;
}

void Walk::look_only_for(mail::IpSet clients) {
  only_ = std::move(clients);
  known_.clear();
}

const mail::IpSet& Walk::clients(Diagram diagram) {
  if (diagrams_.is_leaf(diagram)) return diagrams_.leaf(diagram);
  const auto known = known_.find(diagram);
  if (known != known_.end()) return known->second;
  mail::IpSet found = seeded(diagram);
  mail::IpSet most = diagrams_.reachable(diagram);
  if (only_) most = most & (*only_ | found);
  Way way;
  const auto worth = [&](const mail::IpSet& below) {
    return !(only_ ? below & *only_ : below).is_subset_of(found);
  };
  const auto take = [&](const Way& taken) {
    found = found | clients(taken.exit);
    return most.is_subset_of(found);
  };
  if (!most.is_subset_of(found)) {
    visit(diagram, top_group(diagrams_, diagram), way, worth, take);
  }
  return known_.emplace(diagram, std::move(found)).first->second;
}

// Of the seeds that do the one with the least that is out of the ordinary.
std::optional<Way> Walk::seeded_way(Diagram diagram, const mail::IpAddress& client) {
  const Group group = top_group(diagrams_, diagram);
  if (diagrams_.is_leaf(diagram) || group == Group::session) return std::nullopt;
  std::optional<Way> best;
  std::size_t least = 0;
  const std::size_t count = choices_.seeds(group).size();
  for (std::size_t seed = 0; seed < count; ++seed) {
    auto way = follow_seed(diagram, group, seed);
    if (!way || !seeded(way->exit).contains(client)) continue;
    const auto held = static_cast<std::size_t>(
        std::ranges::count_if(way->path, [](const Literal& literal) { return literal.holds; }));
    if (best && held >= least) continue;
    way->chosen = choices_.seeds(group)[seed];
    best = std::move(way);
    least = held;
  }
  return best;
}

std::optional<Way> Walk::way(Diagram diagram, const mail::IpAddress& client) {
  if (auto seeded = seeded_way(diagram, client)) return seeded;
  std::optional<Way> result;
  Way way;
  visit(
      diagram, top_group(diagrams_, diagram), way,
      [&](const mail::IpSet& below) { return below.contains(client); },
      [&](const Way& taken) {
        result = taken;
        return true;
      });
  return result;
}

}  // namespace relayproof::policy
