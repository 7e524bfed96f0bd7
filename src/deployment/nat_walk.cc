#include "deployment/nat_walk.h"

#include <algorithm>

#include "base/truth.h"

namespace relayproof::deployment {
namespace {

using Action = NatRule::Action;

constexpr std::size_t deepest_jump = 32;
constexpr std::size_t most_steps = 50'000;

bool names(const InterfaceMatch& match, const std::string& interface) {
  if (match.name.ends_with('+') || match.name.ends_with('*')) {
    return interface.starts_with(match.name.substr(0, match.name.size() - 1));
  }
  return match.name == interface;
}

bool looks_like_a_bridge(const std::string& name) {
  return name.starts_with("br-") || name.starts_with("docker") || name.starts_with("podman") ||
         name.ends_with('+') || name.ends_with('*');
}

const NatChain* find_chain(const NatTable& table, const std::string& name) {
  const auto found = std::find_if(table.chains.begin(), table.chains.end(),
                                  [&](const NatChain& chain) { return chain.name == name; });
  return found == table.chains.end() ? nullptr : &*found;
}

Truth covers(const NatRule& rule, const Flow& flow) {
  if (rule.ports.empty()) return Truth::yes;
  if (flow.entering && !flow.published) return Truth::unknown;
  const std::uint16_t port = flow.entering ? *flow.published : flow.port;
  const bool found = std::any_of(rule.ports.begin(), rule.ports.end(),
                                 [&](const Ports& ports) { return ports.contains(port); });
  return truth(found != rule.ports_negated);
}

Truth leaves_by(const NatRule& rule, const Flow& flow) {
  if (!rule.out) return Truth::yes;
  Truth is = Truth::unknown;
  if (!flow.bridge.empty()) {
    is = truth(names(*rule.out, flow.bridge));
  } else if (flow.to_bridge && !looks_like_a_bridge(rule.out->name)) {
    is = Truth::no;
  } else if (!flow.came_by.empty() && names(*rule.out, flow.came_by)) {
    is = Truth::no;
  }
  return rule.out->negated ? !is : is;
}

// Whether the rule concerns the flow, whoever its client is.
Truth concerns(const NatRule& rule, const Flow& flow) {
  Truth matches = covers(rule, flow);
  if (!rule.tcp || matches == Truth::no) return Truth::no;
  if ((rule.destinations & flow.to).empty()) return Truth::no;
  const bool is_named = rule.names_destination || (!rule.ports.empty() && !rule.ports_negated);
  if (flow.only_named && !is_named && rule.action != Action::jump && rule.action != Action::go_to) {
    return Truth::no;
  }
  if (!flow.entering) matches = matches && leaves_by(rule, flow);
  const bool elsewhere = rule.to_this_machine && !flow.entering;
  if (rule.partly || rule.in || elsewhere || !flow.to.is_subset_of(rule.destinations)) {
    matches = matches && Truth::unknown;
  }
  return matches;
}

}  // namespace

Travellers NatWalk::through(const NatChain& chain, Travellers travellers) {
  path_.push_back(&chain);
  auto out = obey(chain, std::move(travellers));
  path_.pop_back();
  return out;
}

Travellers NatWalk::obey(const NatChain& chain, Travellers travellers) {
  Travellers back;
  for (const auto& rule : chain.rules) {
    if (travellers.perhaps.empty()) break;
    if (++steps_ > most_steps) return give_up(rule, travellers);
    const Truth how = concerns(rule, flow_);
    const bool leaves_be = rule.action == Action::nothing || rule.action == Action::destination;
    if (how == Truth::no || leaves_be) continue;
    const Travellers matching = carry(rule);
    const auto certain = how == Truth::yes ? matching.surely : mail::IpSet();
    const Travellers here{travellers.surely & certain, travellers.perhaps & matching.perhaps};
    if (here.perhaps.empty()) continue;
    const Travellers on = act(rule, here, back);
    // Whom the rule takes for certain is gone; whom it may take may still come by.
    travellers.perhaps = (travellers.perhaps - certain) | on.perhaps;
    travellers.surely = (travellers.surely - here.perhaps) | on.surely;
  }
  travellers.surely = travellers.surely | back.surely;
  travellers.perhaps = travellers.perhaps | back.perhaps;
  return travellers;
}

// The clients whom a rule's own words match: by their addresses, and by the mark that they carry.
Travellers NatWalk::carry(const NatRule& rule) const {
  if (!rule.marked) return {rule.sources, rule.sources};
  Travellers with;
  bool sets_any = false;
  if (known_marks_ != nullptr) {
    for (const auto& known : *known_marks_) {
      if ((known.mark.mask & rule.marked->mask) == 0) continue;
      sets_any = true;
      with.perhaps = with.perhaps | known.clients.perhaps;
      const bool whole = (known.mark.mask & rule.marked->mask) == rule.marked->mask &&
                         (known.mark.value & rule.marked->mask) == rule.marked->value;
      if (whole) with.surely = with.surely | known.clients.surely;
    }
    // Who is given other bits as well may end without these.
    for (const auto& known : *known_marks_) {
      const bool other = (known.mark.mask & rule.marked->mask) != 0 &&
                         (known.mark.value & rule.marked->mask) != rule.marked->value;
      if (other) with.surely = with.surely - known.clients.perhaps;
    }
  }
  // Nobody here sets it: somebody else may.
  if (!sets_any) return {mail::IpSet(), rule.sources};
  // Without a mark all bits are 0.
  const bool unmarked = rule.marked->value == 0;
  if (unmarked) with = {mail::IpSet(), mail::IpSet::all()};
  if (rule.marked_negated) {
    with = {mail::IpSet::all() - with.perhaps, mail::IpSet::all() - with.surely};
  }
  return {with.surely & rule.sources, with.perhaps & rule.sources};
}

// Nobody knows what becomes of whom.
Travellers NatWalk::give_up(const NatRule& rule, const Travellers& travellers) {
  masked.push_back({travellers.perhaps, mail::IpSet(), false, rule.written});
  marked.push_back({{~0U, ~0U}, {mail::IpSet(), travellers.perhaps}});
  return {};
}

// Chains that jump in circles, or deeper than any that people write, no kernel takes.
Travellers NatWalk::jump(const NatRule& rule, const Travellers& here) {
  const NatChain* chain = find_chain(table_, rule.chain);
  if (chain == nullptr) return {mail::IpSet(), here.perhaps};
  const bool circles = std::find(path_.begin(), path_.end(), chain) != path_.end();
  if (circles || path_.size() > deepest_jump) return give_up(rule, here);
  return through(*chain, here);
}

// What comes back to the next rule.
Travellers NatWalk::act(const NatRule& rule, const Travellers& here, Travellers& back) {
  switch (rule.action) {
    case Action::nothing:
    case Action::destination:
      return here;
    case Action::mark:
      marked.push_back({rule.mark, here});
      return here;
    case Action::accept:
      return {};
    case Action::back:
      back.surely = back.surely | here.surely;
      back.perhaps = back.perhaps | here.perhaps;
      return {};
    case Action::jump:
    case Action::go_to:
      return jump(rule, here);
    case Action::masquerade:
    case Action::source:
      translate(rule, here);
      return {};
  }
  return {};
}

void NatWalk::translate(const NatRule& rule, const Travellers& here) {
  const auto doubtful = here.perhaps - here.surely;
  if (!here.surely.empty()) masked.push_back({here.surely, rule.to, true, rule.written});
  if (!doubtful.empty()) masked.push_back({doubtful, rule.to, false, rule.written});
}

}  // namespace relayproof::deployment
