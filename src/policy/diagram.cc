#include "policy/diagram.h"

#include <algorithm>
#include <utility>

namespace relayproof::policy {
namespace {

// A set of many intervals counts for more than one node.
constexpr std::size_t intervals_per_node = 8;
constexpr std::size_t least_slots = 1024;

std::size_t mix(std::size_t hash, std::size_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6U) + (hash >> 2U);
  return hash * 0xff51afd7ed558ccdU;
}

std::size_t hash_of(const mail::IpSet& set) {
  std::size_t hash = set.v4().size();
  for (const auto& interval : set.v4()) hash = mix(mix(hash, interval.first), interval.last);
  for (const auto& interval : set.v6()) {
    for (const auto number : {interval.first, interval.last}) {
      hash =
          mix(mix(hash, static_cast<std::size_t>(number >> 64U)), static_cast<std::size_t>(number));
    }
  }
  return hash;
}

}  // namespace

Diagrams::Diagrams(std::size_t budget) : budget_(budget), index_(least_slots), cache_(least_slots) {
  clients(mail::IpSet::none());
  clients(mail::IpSet::all());
}

void Diagrams::spend(std::size_t nodes) {
  used_ += nodes;
  if (used_ > budget_) throw OutOfBudget();
}

Diagram Diagrams::add(const Node& node) {
  nodes_.push_back(node);
  return static_cast<Diagram>(nodes_.size() - 1);
}

Diagram Diagrams::clients(const mail::IpSet& set) {
  const auto hash = hash_of(set);
  const auto [first, last] = leaves_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    if (leaf(known->second) == set) return known->second;
  }
  spend(1 + (set.v4().size() + set.v6().size()) / intervals_per_node);
  sets_.push_back(set);
  const Diagram added = add({leaf_variable, static_cast<Diagram>(sets_.size() - 1), 0});
  leaves_.emplace(hash, added);
  return added;
}

Diagram Diagrams::variable(Variable variable) { return node(variable, nobody, everybody); }

Diagram Diagrams::node(Variable variable, Diagram low, Diagram high) {
  if (low == high) return low;
  const auto hash = [](const Node& node) { return mix(mix(node.variable, node.low), node.high); };
  const Node wanted{variable, low, high};
  std::size_t place = hash(wanted) & (index_.size() - 1);
  while (index_[place] != 0) {
    const Node& known = nodes_[index_[place]];
    if (known.variable == variable && known.low == low && known.high == high) return index_[place];
    place = (place + 1) & (index_.size() - 1);
  }
  spend(1);
  const Diagram added = index_[place] = add(wanted);
  if (nodes_.size() * 2 > index_.size()) grow_index();
  if (nodes_.size() > cache_.size()) grow_cache();
  return added;
}

void Diagrams::grow_index() {
  std::vector<Diagram> larger(index_.size() * 4);
  for (Diagram diagram = 0; diagram < nodes_.size(); ++diagram) {
    const Node& node = nodes_[diagram];
    if (node.variable == leaf_variable) continue;
    std::size_t place = mix(mix(node.variable, node.low), node.high) & (larger.size() - 1);
    while (larger[place] != 0) place = (place + 1) & (larger.size() - 1);
    larger[place] = diagram;
  }
  index_ = std::move(larger);
}

std::size_t Diagrams::slot(Operation operation, Diagram a, Diagram b) const {
  return mix(mix(static_cast<std::size_t>(operation), a), b) & (cache_.size() - 1);
}

void Diagrams::grow_cache() {
  auto smaller = std::exchange(cache_, std::vector<Cached>(cache_.size() * 4));
  for (const Cached& entry : smaller) {
    if (entry.full) cache_[slot(entry.operation, entry.a, entry.b)] = entry;
  }
}

std::optional<Diagram> Diagrams::at_once(Operation operation, Diagram a, Diagram b) {
  switch (operation) {
    case Operation::both:
      if (a == b || b == everybody) return a;
      if (a == everybody) return b;
      if (a == nobody || b == nobody) return nobody;
      break;
    case Operation::either:
      if (a == b || b == nobody) return a;
      if (a == nobody) return b;
      if (a == everybody || b == everybody) return everybody;
      break;
    case Operation::without:
      if (a == b || a == nobody || b == everybody) return nobody;
      if (b == nobody) return a;
      break;
  }
  if (!is_leaf(a) || !is_leaf(b)) return std::nullopt;
  return combine_leaves(operation, a, b);
}

Diagram Diagrams::combine_leaves(Operation operation, Diagram a, Diagram b) {
  if (operation == Operation::both) return clients(leaf(a) & leaf(b));
  if (operation == Operation::either) return clients(leaf(a) | leaf(b));
  return clients(leaf(a) - leaf(b));
}

Diagram Diagrams::apply(Operation operation, Diagram a, Diagram b) {
  if (operation != Operation::without && b < a) std::swap(a, b);
  if (a == b || std::min(a, b) <= everybody) {
    if (const auto result = at_once(operation, a, b)) return *result;
  }
  const Cached& known = cache_[slot(operation, a, b)];
  if (known.full && known.operation == operation && known.a == a && known.b == b) {
    return known.result;
  }
  Diagram result = nobody;
  if (const auto leaves = at_once(operation, a, b)) {
    result = *leaves;
  } else {
    const Variable first = std::min(top(a), top(b));
    const auto low_of = [&](Diagram of) { return top(of) == first ? low(of) : of; };
    const auto high_of = [&](Diagram of) { return top(of) == first ? high(of) : of; };
    const Diagram if_not = apply(operation, low_of(a), low_of(b));
    const Diagram if_so = apply(operation, high_of(a), high_of(b));
    result = node(first, if_not, if_so);
  }
  cache_[slot(operation, a, b)] = {a, b, result, operation, true};
  return result;
}

Diagram Diagrams::choice(Diagram condition, Diagram yes, Diagram no) {
  return either(both(condition, yes), without(no, condition));
}

Diagram Diagrams::quantify(Diagram of, Range range, Operation operation) {
  Memo memo;
  return quantify(of, range, operation, memo);
}

Diagram Diagrams::quantify(Diagram of, Range range, Operation operation, Memo& memo) {
  if (top(of) >= range.last) return of;
  const auto known = memo.find(of);
  if (known != memo.end()) return known->second;
  const Variable variable = top(of);
  const Diagram if_not = quantify(low(of), range, operation, memo);
  const Diagram if_so = quantify(high(of), range, operation, memo);
  const Diagram result =
      variable >= range.first ? apply(operation, if_not, if_so) : node(variable, if_not, if_so);
  memo.emplace(of, result);
  return result;
}

Diagram Diagrams::with(Diagram of, const Values& value) {
  Memo memo;
  return with(of, value, memo);
}

Diagram Diagrams::with(Diagram of, const Values& value, Memo& memo) {
  if (is_leaf(of)) return of;
  const auto known = memo.find(of);
  if (known != memo.end()) return known->second;
  const Variable variable = top(of);
  Diagram result = nobody;
  if (const auto answer = value(variable)) {
    result = with(*answer ? high(of) : low(of), value, memo);
  } else {
    const Diagram if_not = with(low(of), value, memo);
    const Diagram if_so = with(high(of), value, memo);
    result = node(variable, if_not, if_so);
  }
  memo.emplace(of, result);
  return result;
}

Diagram Diagrams::with_leaves(Diagram of, const Image& image) {
  Memo memo;
  return with_leaves(of, image, memo);
}

Diagram Diagrams::with_leaves(Diagram of, const Image& image, Memo& memo) {
  const auto known = memo.find(of);
  if (known != memo.end()) return known->second;
  Diagram result = nobody;
  if (is_leaf(of)) {
    result = clients(image(leaf(of)));
  } else {
    const Variable variable = top(of);
    const Diagram if_not = with_leaves(low(of), image, memo);
    const Diagram if_so = with_leaves(high(of), image, memo);
    result = node(variable, if_not, if_so);
  }
  memo.emplace(of, result);
  return result;
}

const mail::IpSet& Diagrams::reachable(Diagram diagram) {
  if (is_leaf(diagram)) return leaf(diagram);
  const auto known = reachable_.find(diagram);
  if (known != reachable_.end()) return leaf(known->second);
  reachable(low(diagram));
  reachable(high(diagram));
  const auto below = [&](Diagram of) { return is_leaf(of) ? of : reachable_.at(of); };
  const Diagram all = either(below(low(diagram)), below(high(diagram)));
  reachable_.emplace(diagram, all);
  return leaf(all);
}

std::vector<Variable> Diagrams::support(Diagram diagram) const {
  std::vector<Variable> variables;
  std::vector<Diagram> open{diagram};
  std::vector<bool> seen(nodes_.size());
  while (!open.empty()) {
    const Diagram next = open.back();
    open.pop_back();
    if (is_leaf(next) || seen[next]) continue;
    seen[next] = true;
    variables.push_back(top(next));
    open.push_back(low(next));
    open.push_back(high(next));
  }
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
  return variables;
}

}  // namespace relayproof::policy
