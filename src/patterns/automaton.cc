#include "patterns/automaton.h"

#include <algorithm>

namespace relayproof::patterns {
namespace {

constexpr std::uint32_t no_state = 0xffffffff;

/// What the terms of so many states may take; usual patterns need a tenth of it.
std::size_t room_for(std::size_t states) {
  constexpr std::size_t most = 8'000'000;
  return std::min(most, 100'000 + std::min(states, most) * 300);
}

}  // namespace

Automaton::Automaton(const Language& language, std::size_t most_states)
    : terms_(room_for(most_states), Terms::Use::search), most_states_(most_states) {
  const TermId start = terms_.add(language);
  cut_ = terms_.full();
  if (!cut_ && start != Terms::none) state(start, 0, 0);
}

bool Automaton::grow() {
  if (cut_ || next_ == states_.size()) return false;
  const auto from = static_cast<std::uint32_t>(next_);
  const TermId term = states_[from].term;
  const auto representatives = terms_.partition(term).representatives;
  std::vector<Edge> edges;
  for (const auto byte : representatives) {
    const TermId derivative = terms_.derivative(term, byte);
    if (terms_.full()) cut_ = true;
    if (cut_) break;
    if (derivative == Terms::none) continue;
    const std::uint32_t target = state(derivative, from, byte);
    if (target == no_state) break;
    edges.push_back({target, byte});
  }
  states_[from].edges = std::move(edges);
  if (!cut_) ++next_;
  return !cut_;
}

std::uint32_t Automaton::state(TermId term, std::uint32_t parent, unsigned char byte) {
  if (const auto known = ids_.find(term); known != ids_.end()) return known->second;
  if (states_.size() >= most_states_) {
    cut_ = true;
    return no_state;
  }
  const auto id = static_cast<std::uint32_t>(states_.size());
  ids_.emplace(term, id);
  states_.push_back({term, terms_.nullable(term), parent, byte, {}});
  return id;
}

std::string Automaton::path(std::size_t state) const {
  std::string reversed;
  for (; state != 0; state = states_[state].parent) {
    reversed += static_cast<char>(states_[state].byte);
  }
  return {reversed.rbegin(), reversed.rend()};
}

std::string Automaton::bytes(std::size_t state, const Edge& edge) {
  const Partition& partition = terms_.partition(states_[state].term);
  std::string members;
  for (const auto byte : readable_order()) {
    if (partition.representative(byte) == edge.byte) members += static_cast<char>(byte);
  }
  return members;
}

}  // namespace relayproof::patterns
