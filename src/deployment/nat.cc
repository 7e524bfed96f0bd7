#include "deployment/nat.h"

#include <algorithm>
#include <charconv>

#include "deployment/nat_walk.h"

namespace relayproof::deployment {
namespace {

using Action = NatRule::Action;
using Hook = NatChain::Hook;

mail::IpSet of_families(const NatTable& table) {
  return (table.ipv4 ? mail::IpSet::all_v4() : mail::IpSet()) |
         (table.ipv6 ? mail::IpSet::all_v6() : mail::IpSet());
}

std::vector<const NatChain*> chains_at(const NatTable& table, Hook hook) {
  std::vector<const NatChain*> chains;
  for (const auto& chain : table.chains) {
    if (chain.hook == hook) chains.push_back(&chain);
  }
  std::stable_sort(chains.begin(), chains.end(),
                   [](const NatChain* a, const NatChain* b) { return a->priority < b->priority; });
  return chains;
}

bool forwards(const NatRule& rule, std::uint16_t port) {
  if (rule.ports.empty()) return true;
  const bool found = std::any_of(rule.ports.begin(), rule.ports.end(),
                                 [&](const Ports& ports) { return ports.contains(port); });
  return found != rule.ports_negated;
}

// Who is marked before the flow leaves: on entering the machine, or where it is the machine's own.
std::vector<Marked> marked_before(const Translation& nat, const Flow& flow) {
  std::vector<Marked> found;
  for (const auto& table : nat.tables) {
    Flow before;
    before.to = of_families(table);
    before.entering = true;
    before.published = flow.published;
    const auto families = before.to;
    const auto go = [&](Hook hook, const mail::IpSet& clients) {
      Travellers travellers{clients, clients};
      for (const auto* chain : chains_at(table, hook)) {
        NatWalk walk(table, before, nullptr);
        travellers = walk.through(*chain, travellers);
        found.insert(found.end(), walk.marked.begin(), walk.marked.end());
      }
    };
    // Also a rule that nothing leads to tells that its mark is set by these tables.
    for (const auto& chain : table.chains) {
      for (const auto& rule : chain.rules) {
        if (rule.action == Action::mark) found.push_back({rule.mark, {}});
      }
    }
    go(Hook::prerouting, families - mail::loopback());
    go(Hook::output, families & mail::loopback());
  }
  return found;
}

}  // namespace

std::optional<std::uint32_t> parse_bits(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint32_t bits = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), bits, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return bits;
}

std::vector<Forward> forwards_to(const Translation& nat, std::uint16_t port) {
  std::vector<Forward> found;
  for (const auto& table : nat.tables) {
    for (const auto& chain : table.chains) {
      for (const auto& rule : chain.rules) {
        if (rule.action != Action::destination || !rule.tcp) continue;
        const std::uint16_t at = rule.ports.size() == 1 ? rule.ports.front().first : port;
        if (rule.to_port ? *rule.to_port != port : !forwards(rule, port)) continue;
        const bool by_name = rule.in && !rule.in->negated;
        found.push_back({rule.written, rule.to, port, at, by_name ? rule.in->name : ""});
      }
    }
  }
  return found;
}

std::vector<Masked> masked(const Translation& nat, const Flow& flow) {
  const auto marks = marked_before(nat, flow);
  std::vector<Masked> found;
  for (const auto& table : nat.tables) {
    Flow here = flow;
    here.to = flow.to & of_families(table);
    if (here.to.empty()) continue;
    // A flow to an IPv4 address comes from an IPv4 client.
    const auto clients =
        ((here.to & mail::IpSet::all_v4()).empty() ? mail::IpSet() : mail::IpSet::all_v4()) |
        ((here.to & mail::IpSet::all_v6()).empty() ? mail::IpSet() : mail::IpSet::all_v6());
    Travellers travellers{clients, clients};
    NatWalk walk(table, here, nat.marks_elsewhere ? nullptr : &marks);
    for (const auto* chain : chains_at(table, Hook::postrouting)) {
      travellers = walk.through(*chain, travellers);
    }
    found.insert(found.end(), walk.masked.begin(), walk.masked.end());
  }
  return found;
}

}  // namespace relayproof::deployment
