// find_member(): first the shortest member that leads to each distinct derivative, then, where
// `accept` took none of these, further members in order of their length.
#include <algorithm>
#include <unordered_set>
#include <vector>

#include "patterns/automaton.h"
#include "patterns/language.h"

namespace relayproof::patterns {
namespace {

/// Longer members of an infinite language are not tried in the second part.
constexpr std::size_t longest_tried = 300;
/// Steps through the automaton that take as long as a term.
constexpr std::size_t steps_of_term = 50;
/// Terms that are made in the time in which a text is tried against a policy.
constexpr std::size_t terms_of_unit = 8;

class Search {
 public:
  Search(const Language& language, const std::function<bool(std::string_view)>& accept,
         const SearchBudget& budget)
      : accept_(accept),
        left_(budget.candidates),
        most_steps_(budget.steps),
        all_or_none_(budget.all_or_none),
        automaton_(language, budget.states) {}

  Found run();
  std::size_t work() const { return (automaton_.work() + steps_ / steps_of_term) / terms_of_unit; }

 private:
  bool offer(const std::string& member);
  bool explore();
  void mark_live();
  std::size_t longest_member() const;
  bool enumerate(std::size_t longest, bool every_byte);
  bool descend(std::size_t state, std::size_t remaining, bool every_byte);
  bool row(std::size_t length);
  bool can_end(std::size_t state, std::size_t remaining) const {
    return reaches_[remaining][state];
  }
  bool step() { return steps_++ < most_steps_; }

  const std::function<bool(std::string_view)>& accept_;
  std::size_t left_;     ///< members that may still be offered in this part
  bool missed_ = false;  ///< a member was not offered
  std::size_t most_steps_;
  bool all_or_none_;
  std::size_t steps_ = 0;
  Automaton automaton_;
  std::vector<bool> live_;                  ///< leads to an accepting state
  std::vector<std::vector<bool>> reaches_;  ///< [n][state]: accepts after exactly n more bytes
  std::unordered_set<std::string> offered_;
  std::string prefix_;
  Found found_;
};

constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

/// True if the search is over: taken, or no candidates left.
bool Search::offer(const std::string& member) {
  if (offered_.contains(member)) return false;
  if (left_ == 0) {
    missed_ = true;
    return true;
  }
  --left_;
  offered_.insert(member);
  if (!accept_(member)) return false;
  found_ = {Searched::found, member};
  return true;
}

bool Search::explore() {
  std::size_t seen = 0;
  do {
    for (; seen < automaton_.size(); ++seen) {
      if (automaton_.accepts(seen) && offer(automaton_.path(seen))) return true;
    }
  } while (automaton_.grow());
  for (; seen < automaton_.size(); ++seen) {
    if (automaton_.accepts(seen) && offer(automaton_.path(seen))) return true;
  }
  return false;
}

void Search::mark_live() {
  std::vector<std::vector<std::uint32_t>> sources(automaton_.size());
  std::vector<std::size_t> open;
  live_.assign(automaton_.size(), false);
  for (std::size_t state = 0; state < automaton_.size(); ++state) {
    for (const auto& edge : automaton_.edges(state)) {
      sources[edge.target].push_back(static_cast<std::uint32_t>(state));
    }
    if (automaton_.accepts(state)) open.push_back(state);
    live_[state] = automaton_.accepts(state);
  }
  while (!open.empty()) {
    const std::size_t state = open.back();
    open.pop_back();
    for (const auto source : sources[state]) {
      if (live_[source]) continue;
      live_[source] = true;
      open.push_back(source);
    }
  }
}

/// The length of the longest member, or unbounded if a live state can come again.
std::size_t Search::longest_member() const {
  std::vector<std::size_t> waiting(automaton_.size(), 0);
  std::vector<std::size_t> depth(automaton_.size(), 0);
  std::size_t live = 0;
  for (std::size_t state = 0; state < automaton_.size(); ++state) {
    if (!live_[state]) continue;
    ++live;
    for (const auto& edge : automaton_.edges(state)) ++waiting[edge.target];
  }
  std::vector<std::size_t> open;
  if (waiting[0] == 0) open.push_back(0);
  std::size_t sorted = 0;
  std::size_t longest = 0;
  while (!open.empty()) {
    const std::size_t state = open.back();
    open.pop_back();
    ++sorted;
    if (automaton_.accepts(state)) longest = std::max(longest, depth[state]);
    for (const auto& edge : automaton_.edges(state)) {
      depth[edge.target] = std::max(depth[edge.target], depth[state] + 1);
      if (--waiting[edge.target] == 0 && live_[edge.target]) open.push_back(edge.target);
    }
  }
  return sorted == live ? longest : unbounded;
}

/// Makes reaches_[length]. False if that would take too long.
bool Search::row(std::size_t length) {
  std::vector<bool> reaches(automaton_.size(), false);
  for (std::size_t state = 0; state < automaton_.size(); ++state) {
    if (length == 0) {
      reaches[state] = automaton_.accepts(state);
      continue;
    }
    const auto& edges = automaton_.edges(state);
    reaches[state] = std::ranges::any_of(
        edges, [&](const Edge& edge) { return reaches_[length - 1][edge.target]; });
    steps_ += edges.size();
  }
  reaches_.push_back(std::move(reaches));
  return step();
}

/// Offers members up to that length. True if the search is over.
bool Search::enumerate(std::size_t longest, bool every_byte) {
  for (std::size_t length = 0; length <= longest; ++length) {
    if (length == reaches_.size() && !row(length)) return true;
    if (can_end(0, length) && descend(0, length, every_byte)) return true;
  }
  return false;
}

bool Search::descend(std::size_t state, std::size_t remaining, bool every_byte) {
  if (remaining == 0) return offer(prefix_);
  for (const auto& edge : automaton_.edges(state)) {
    if (!can_end(edge.target, remaining - 1)) continue;
    const auto bytes =
        every_byte ? automaton_.bytes(state, edge) : std::string(1, static_cast<char>(edge.byte));
    for (const char byte : bytes) {
      if (!step()) return true;
      prefix_ += byte;
      const bool over = descend(edge.target, remaining - 1, every_byte);
      prefix_.pop_back();
      if (over) return true;
    }
  }
  return false;
}

Found Search::run() {
  if (explore() || automaton_.size() == 0) {
    if (automaton_.complete() && automaton_.size() == 0) found_.searched = Searched::exhausted;
    return found_;
  }
  mark_live();
  if (!live_[0]) {
    if (automaton_.complete()) found_.searched = Searched::exhausted;
    return found_;
  }
  const std::size_t longest = automaton_.complete() ? longest_member() : unbounded;
  const std::size_t tried = std::min(longest, longest_tried);
  if (all_or_none_ && tried != longest) return found_;
  // One readable byte of each class first; then every byte, for which half is kept.
  const std::size_t kept = left_ / 2;
  left_ -= kept;
  if (enumerate(tried, false) && found_.searched == Searched::found) return found_;
  left_ += kept;
  missed_ = false;
  const bool over = enumerate(tried, true);
  if (!over && !missed_ && tried == longest) found_.searched = Searched::exhausted;
  return found_;
}

}  // namespace

Found find_member(const Language& language, const std::function<bool(std::string_view)>& accept,
                  const SearchBudget& budget) {
  Search search(language, accept, budget);
  auto found = search.run();
  if (budget.work != nullptr) *budget.work += search.work();
  return found;
}

Searched find_any(const Language& language, const SearchBudget& budget, std::string* member) {
  auto found = find_member(
      language, [](std::string_view) { return true; }, budget);
  if (member && found.searched == Searched::found) *member = std::move(found.member);
  return found.searched;
}

}  // namespace relayproof::patterns
