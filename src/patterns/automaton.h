// The states of a language that a search has seen, one for each distinct derivative.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "patterns/terms.h"

namespace relayproof::patterns {

struct Edge {
  std::uint32_t target = 0;
  unsigned char byte = 0;  ///< the most readable one of the class that leads there
};

/// Grows breadth first. State 0 is the language itself; states that are plainly empty are left out.
class Automaton {
 public:
  Automaton(const Language& language, std::size_t most_states);

  /// Follows the next state's bytes. False if there is none left or a budget ran out.
  bool grow();
  /// True if every state is there and every edge.
  bool complete() const { return !cut_ && next_ == states_.size(); }

  std::size_t size() const { return states_.size(); }
  /// Terms that were made so far, as Terms::spent() counts them.
  std::size_t work() const { return terms_.spent(); }
  bool accepts(std::size_t state) const { return states_[state].accepts; }
  const std::vector<Edge>& edges(std::size_t state) const { return states_[state].edges; }
  /// The shortest string that leads there.
  std::string path(std::size_t state) const;
  /// All bytes of the edge's class, readable ones first.
  std::string bytes(std::size_t state, const Edge& edge);

 private:
  struct State {
    TermId term;
    bool accepts;
    std::uint32_t parent;
    unsigned char byte;
    std::vector<Edge> edges;
  };
  /// The state of this term, made if it is new; nothing is made where the budget is used up.
  std::uint32_t state(TermId term, std::uint32_t parent, unsigned char byte);

  Terms terms_;
  std::size_t most_states_;
  std::size_t next_ = 0;
  bool cut_ = false;
  std::vector<State> states_;
  std::unordered_map<TermId, std::uint32_t> ids_;
};

}  // namespace relayproof::patterns
