#include "policy/walk.h"

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
  if (!worth(clients(at)) || !can_be_chosen(group, way)) return false;
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

const mail::IpSet& Walk::clients(Diagram diagram) {
  if (diagrams_.is_leaf(diagram)) return diagrams_.leaf(diagram);
  const auto known = known_.find(diagram);
  if (known != known_.end()) return known->second;
  mail::IpSet found;
  const mail::IpSet most = diagrams_.reachable(diagram);
  Way way;
  visit(
      diagram, top_group(diagrams_, diagram), way,
      [&](const mail::IpSet& below) { return !below.is_subset_of(found); },
      [&](const Way& taken) {
        found = found | clients(taken.exit);
        return found == most;
      });
  return known_.emplace(diagram, std::move(found)).first->second;
}

std::optional<Way> Walk::way(Diagram diagram, const mail::IpAddress& client) {
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
