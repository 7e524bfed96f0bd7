#include "deployment/nat.h"

#include <algorithm>

#include "base/truth.h"

namespace relayproof::deployment {
namespace {

using Action = NatRule::Action;

constexpr std::size_t deepest_jump = 32;
constexpr std::size_t most_steps = 100'000;

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

bool covers(const NatRule& rule, std::uint16_t port) {
  if (rule.ports.empty()) return true;
  const bool found = std::any_of(rule.ports.begin(), rule.ports.end(),
                                 [&](const Ports& ports) { return ports.contains(port); });
  return found != rule.ports_negated;
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
  if (!rule.tcp || !covers(rule, flow.port) || (rule.destinations & flow.to).empty()) {
    return Truth::no;
  }
  const bool is_named = rule.names_destination || (!rule.ports.empty() && !rule.ports_negated);
  if (flow.only_named && !is_named && rule.action != Action::jump && rule.action != Action::go_to) {
    return Truth::no;
  }
  Truth matches = leaves_by(rule, flow);
  if (rule.partly || rule.in || !flow.to.is_subset_of(rule.destinations)) {
    matches = matches && Truth::unknown;
  }
  return matches;
}

// The clients that are still on their way, surely or perhaps.
struct Travellers {
  mail::IpSet surely;
  mail::IpSet perhaps;  // and all of `surely`
};

class Walk {
 public:
  Walk(const NatTable& table, const Flow& flow, std::vector<Masked>& to)
      : table_(table), flow_(flow), to_(to) {}

  Travellers through(const NatChain& chain, Travellers travellers, std::size_t depth) {
    Travellers back;
    for (const auto& rule : chain.rules) {
      if (travellers.perhaps.empty()) break;
      if (++steps_ > most_steps) return give_up(rule, travellers);
      const Truth how = concerns(rule, flow_);
      const bool leaves_be = rule.action == Action::nothing || rule.action == Action::destination;
      if (how == Truth::no || leaves_be) continue;
      const Travellers here{how == Truth::yes ? travellers.surely & rule.sources : mail::IpSet(),
                            travellers.perhaps & rule.sources};
      if (here.perhaps.empty()) continue;
      Travellers on = act(rule, here, depth, back);
      // Whom the rule takes for certain is gone; whom it may take may still come by.
      travellers.perhaps =
          (travellers.perhaps - (how == Truth::yes ? here.perhaps : mail::IpSet())) | on.perhaps;
      travellers.surely = (travellers.surely - here.perhaps) | on.surely;
    }
    travellers.surely = travellers.surely | back.surely;
    travellers.perhaps = travellers.perhaps | back.perhaps;
    return travellers;
  }

 private:
  // Chains that jump in circles: nobody knows what becomes of whom.
  Travellers give_up(const NatRule& rule, const Travellers& travellers) {
    if (steps_ == most_steps + 1) {
      to_.push_back({travellers.perhaps, mail::IpSet(), false, rule.written});
    }
    return {};
  }

  // What comes back to the next rule.
  Travellers act(const NatRule& rule, const Travellers& here, std::size_t depth, Travellers& back) {
    switch (rule.action) {
      case Action::nothing:
      case Action::destination:
        return here;
      case Action::accept:
        return {};
      case Action::back:
        back.surely = back.surely | here.surely;
        back.perhaps = back.perhaps | here.perhaps;
        return {};
      case Action::jump:
      case Action::go_to: {
        const NatChain* chain = find_chain(table_, rule.chain);
        if (chain == nullptr || depth == 0) return {mail::IpSet(), here.perhaps};
        return through(*chain, here, depth - 1);
      }
      case Action::masquerade:
      case Action::source:
        break;
    }
    const auto doubtful = here.perhaps - here.surely;
    if (!here.surely.empty()) to_.push_back({here.surely, rule.to, true, rule.written});
    if (!doubtful.empty()) to_.push_back({doubtful, rule.to, false, rule.written});
    return {};
  }

  const NatTable& table_;
  const Flow& flow_;
  std::vector<Masked>& to_;
  std::size_t steps_ = 0;
};

mail::IpSet of_families(const NatTable& table) {
  return (table.ipv4 ? mail::IpSet::all_v4() : mail::IpSet()) |
         (table.ipv6 ? mail::IpSet::all_v6() : mail::IpSet());
}

}  // namespace

std::vector<Forward> forwards_to(const std::vector<NatTable>& tables, std::uint16_t port) {
  std::vector<Forward> found;
  for (const auto& table : tables) {
    for (const auto& chain : table.chains) {
      for (const auto& rule : chain.rules) {
        if (rule.action != Action::destination || !rule.tcp) continue;
        const std::uint16_t at = rule.ports.size() == 1 ? rule.ports.front().first : port;
        if (rule.to_port ? *rule.to_port != port : !covers(rule, port)) continue;
        const bool by_name = rule.in && !rule.in->negated;
        found.push_back({rule.written, rule.to, port, at, by_name ? rule.in->name : ""});
      }
    }
  }
  return found;
}

std::vector<Masked> masked(const std::vector<NatTable>& tables, const Flow& flow) {
  std::vector<Masked> found;
  for (const auto& table : tables) {
    std::vector<const NatChain*> chains;
    for (const auto& chain : table.chains) {
      if (chain.hook == NatChain::Hook::postrouting) chains.push_back(&chain);
    }
    std::stable_sort(chains.begin(), chains.end(), [](const NatChain* a, const NatChain* b) {
      return a->priority < b->priority;
    });
    Flow here = flow;
    here.to = flow.to & of_families(table);
    if (here.to.empty()) continue;
    // A flow to an IPv4 address comes from an IPv4 client.
    const auto clients =
        ((here.to & mail::IpSet::all_v4()).empty() ? mail::IpSet() : mail::IpSet::all_v4()) |
        ((here.to & mail::IpSet::all_v6()).empty() ? mail::IpSet() : mail::IpSet::all_v6());
    Travellers travellers{clients, clients};
    for (const auto* chain : chains) {
      travellers = Walk(table, here, found).through(*chain, travellers, deepest_jump);
    }
  }
  return found;
}

}  // namespace relayproof::deployment
