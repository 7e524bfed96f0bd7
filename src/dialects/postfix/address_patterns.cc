#include "dialects/postfix/address_patterns.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "patterns/automaton.h"
#include "patterns/language.h"

namespace relayproof::postfix {
namespace {

using mail::IpSet;
using patterns::Automaton;
using patterns::Language;

constexpr std::size_t most_states = 2'000;
constexpr std::uint64_t most_networks = 10'000;
constexpr unsigned octets = 4;
constexpr std::size_t none = SIZE_MAX;  // the state from which nothing is accepted

Language v4_texts() {
  std::vector<Language> numbers;
  for (int i = 0; i < 256; ++i) numbers.push_back(Language::text(std::to_string(i)));
  const auto octet = Language::union_of(numbers);
  return octet.then(Language::text(".").then(octet).repeated(octets - 1, octets - 1));
}

Language v6_texts() {
  const auto is_of_address = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':';
  };
  constexpr std::size_t shortest = 2;
  constexpr std::size_t longest = 39;
  return Language::one_of(is_of_address).repeated(shortest, longest);
}

mail::IpAddress address_of(std::uint32_t number) {
  std::array<std::uint8_t, octets> bytes{};
  for (unsigned i = 0; i < octets; ++i) {
    bytes.at(i) = static_cast<std::uint8_t>(number >> (8 * (octets - 1 - i)));
  }
  return mail::IpAddress::v4(bytes);
}

// The tree of all addresses, octet by octet: equal states have equal branches, so that each is
// looked at once.
class Tree {
 public:
  explicit Tree(Automaton& automaton) : steps_(automaton.size()) {
    for (std::size_t state = 0; state < automaton.size(); ++state) {
      steps_[state].next.fill(none);
      steps_[state].accepts = automaton.accepts(state);
      for (const auto& edge : automaton.edges(state)) {
        for (const char c : automaton.bytes(state, edge)) {
          steps_[state].next.at(static_cast<unsigned char>(c)) = edge.target;
        }
      }
    }
  }

  struct Branch {
    std::uint64_t addresses = 0;
    std::uint64_t networks = 0;
  };
  Branch branch(std::size_t state, unsigned left) {
    if (state == none) return {};
    if (left == 0) return steps_[state].accepts ? Branch{1, 1} : Branch{};
    if (const auto known = known_.find({state, left}); known != known_.end()) return known->second;
    Branch whole;
    for (unsigned octet = 0; octet < 256; ++octet) {
      const auto one = branch(behind(state, octet, left), left - 1);
      whole.addresses += one.addresses;
      whole.networks += one.networks;
    }
    if (whole.addresses == std::uint64_t{1} << (8 * left)) whole.networks = 1;
    return known_[{state, left}] = whole;
  }

  void collect(std::size_t state, unsigned left, std::uint32_t base, mail::IpSetBuilder& found) {
    const auto here = branch(state, left);
    if (here.addresses == 0) return;
    if (here.networks == 1 && here.addresses == std::uint64_t{1} << (8 * left)) {
      found.add(mail::Network{address_of(base), 32 - 8 * left});
      return;
    }
    for (unsigned octet = 0; octet < 256; ++octet) {
      collect(behind(state, octet, left), left - 1, base | octet << (8 * (left - 1)), found);
    }
  }

 private:
  struct Step {
    std::array<std::size_t, 256> next{};
    bool accepts = false;
  };

  std::size_t behind(std::size_t state, unsigned octet, unsigned left) const {
    auto text = std::to_string(octet);
    if (left > 1) text += '.';
    for (const char c : text) {
      if (state == none) break;
      state = steps_[state].next.at(static_cast<unsigned char>(c));
    }
    return state;
  }

  std::vector<Step> steps_;
  std::map<std::pair<std::size_t, unsigned>, Branch> known_;
};

bool is_empty(const Language& language) {
  patterns::SearchBudget budget;
  budget.states = most_states;
  std::string member;
  return patterns::find_any(language, budget, &member) == patterns::Searched::exhausted;
}

}  // namespace

std::optional<IpSet> v4_with_text(const patterns::Pattern& pattern) {
  const auto& language = pattern.language();
  const Language texts = v4_texts();
  if (is_empty(language.upper & texts)) return IpSet::none();
  if (!language.exact()) return std::nullopt;
  Automaton automaton(language.upper & texts, most_states);
  while (automaton.grow()) {
  }
  if (!automaton.complete()) return std::nullopt;
  Tree tree(automaton);
  if (tree.branch(0, octets).networks > most_networks) return std::nullopt;
  mail::IpSetBuilder found;
  tree.collect(0, octets, 0, found);
  return found.build();
}

std::optional<IpSet> v6_with_text(const patterns::Pattern& pattern) {
  const auto& language = pattern.language();
  const Language texts = v6_texts();
  if (is_empty(language.upper & texts)) return IpSet::none();
  if (is_empty(~language.lower & texts)) return IpSet::all_v6();
  return std::nullopt;
}

}  // namespace relayproof::postfix
