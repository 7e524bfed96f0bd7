// Sets of attempts: decision diagrams over yes-or-no facts, whose leaves are exact sets of clients.
// Equal sets are equal numbers, so that a question is asked once wherever it comes up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "mail/ip_set.h"

namespace relayproof::policy {

/// A fact; those with smaller numbers are asked first.
using Variable = std::uint32_t;
/// A set of attempts: an index into Diagrams.
using Diagram = std::uint32_t;

/// No more nodes: the answer is `too_large`.
struct OutOfBudget : std::exception {
  const char* what() const noexcept override { return "too many cases"; }
};

/// Variables from `first` to before `last`.
struct Range {
  Variable first;
  Variable last;
};

/// The nodes (Bryant 1986, with sets instead of true and false at the leaves; the leaves are a
/// Boolean algebra, so every law of Boolean functions holds).
class Diagrams {
 public:
  static constexpr Diagram nobody = 0;
  static constexpr Diagram everybody = 1;

  /// Every operation throws OutOfBudget when there would be more nodes than this; large leaves
  /// count for several.
  explicit Diagrams(std::size_t budget);

  Diagram clients(const mail::IpSet& set);
  Diagram variable(Variable variable);

  Diagram both(Diagram a, Diagram b) { return apply(Operation::both, a, b); }
  Diagram either(Diagram a, Diagram b) { return apply(Operation::either, a, b); }
  Diagram without(Diagram a, Diagram b) { return apply(Operation::without, a, b); }
  Diagram negation(Diagram a) { return without(everybody, a); }
  Diagram choice(Diagram condition, Diagram yes, Diagram no);

  /// For some, or for every, value of these variables.
  Diagram some(Diagram of, Range range) { return quantify(of, range, Operation::either); }
  Diagram every(Diagram of, Range range) { return quantify(of, range, Operation::both); }
  /// With the variables that `value` knows set to its answers.
  using Values = std::function<std::optional<bool>(Variable)>;
  Diagram with(Diagram of, const Values& value);

  /// With each leaf replaced by what `image` makes of it.
  using Image = std::function<mail::IpSet(const mail::IpSet&)>;
  Diagram with_leaves(Diagram of, const Image& image);

  bool is_leaf(Diagram diagram) const { return nodes_[diagram].variable == leaf_variable; }
  /// Of a leaf.
  const mail::IpSet& leaf(Diagram diagram) const { return sets_[nodes_[diagram].low]; }
  /// Greater than every variable's for a leaf.
  Variable top(Diagram diagram) const { return nodes_[diagram].variable; }
  Diagram low(Diagram diagram) const { return nodes_[diagram].low; }
  Diagram high(Diagram diagram) const { return nodes_[diagram].high; }
  /// All clients that occur below: with the best choices, feasible together or not.
  const mail::IpSet& reachable(Diagram diagram);
  /// The variables that make a difference, ascending.
  std::vector<Variable> support(Diagram diagram) const;
  std::size_t size() const { return used_; }

 private:
  enum class Operation : std::uint8_t { both, either, without };
  static constexpr Variable leaf_variable = UINT32_MAX;
  struct Node {
    Variable variable = leaf_variable;
    Diagram low = 0;  ///< of a leaf: index into sets_
    Diagram high = 0;
  };
  struct Cached {
    Diagram a = 0;
    Diagram b = 0;
    Diagram result = 0;
    Operation operation = Operation::both;
    bool full = false;
  };

  Diagram apply(Operation operation, Diagram a, Diagram b);
  std::optional<Diagram> at_once(Operation operation, Diagram a, Diagram b);
  Diagram combine_leaves(Operation operation, Diagram a, Diagram b);
  Diagram quantify(Diagram of, Range range, Operation operation);
  using Memo = std::unordered_map<Diagram, Diagram>;
  Diagram quantify(Diagram of, Range range, Operation operation, Memo& memo);
  Diagram with(Diagram of, const Values& value, Memo& memo);
  Diagram with_leaves(Diagram of, const Image& image, Memo& memo);
  Diagram node(Variable variable, Diagram low, Diagram high);
  Diagram add(const Node& node);
  void grow_index();
  void grow_cache();
  std::size_t slot(Operation operation, Diagram a, Diagram b) const;
  void spend(std::size_t nodes);

  std::size_t budget_;
  std::size_t used_ = 0;
  std::vector<Node> nodes_;
  std::vector<Diagram> index_;    ///< open addressing; 0: free, since leaves are not in it
  std::deque<mail::IpSet> sets_;  ///< references to them stay valid
  std::unordered_multimap<std::size_t, Diagram> leaves_;  ///< by hash
  std::vector<Cached> cache_;  ///< lossy: a collision forgets the older answer
  std::unordered_map<Diagram, Diagram> reachable_;
};

}  // namespace relayproof::policy
