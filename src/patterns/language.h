// Regular sets of byte strings. Emptiness and members are searched by derivatives (Brzozowski),
// breadth first, so that a question costs what its answer needs and no automaton is built whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relayproof::patterns {

/// A regular language, written down as a term. Immutable and cheap to copy; building one is cheap,
/// too: terms are brought into a normal form only when they are searched.
class Language {
 public:
  static Language none();                                      ///< the empty set
  static Language all();                                       ///< every string
  static Language text(std::string_view exact);                ///< this one string
  static Language text_ignoring_case(std::string_view exact);  ///< ASCII only
  /// One byte out of those for which `member` says yes.
  static Language one_of(const std::function<bool(unsigned char)>& member);
  /// The union of many at once; where there are thousands, in less time than by `|`.
  static Language union_of(std::span<const Language> languages);

  Language then(const Language& next) const;  ///< concatenation
  Language repeated(std::size_t least, std::optional<std::size_t> most) const;
  Language operator|(const Language& other) const;
  Language operator&(const Language& other) const;
  Language operator~() const;

  /// Throws std::length_error for a language whose operators are nested thousands deep.
  bool contains(std::string_view string) const;

  /// True if both are written alike after normalisation: equal then, but false proves nothing.
  bool same_term(const Language& other) const;

  struct Node;
  const Node& node() const { return *node_; }

 private:
  explicit Language(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  friend struct LanguageNodes;
  std::shared_ptr<const Node> node_;
};

/// What is certainly matched and what is possibly matched. They are the same language where the
/// pattern is regular and every construct of it is understood.
struct Bounds {
  Language lower;  ///< every member is matched
  Language upper;  ///< every string that is matched is a member
  bool exact() const { return lower.same_term(upper); }
};

/// The end of a search.
enum class Searched : std::uint8_t {
  found,      ///< `accept` took a member
  exhausted,  ///< the language has no member that `accept` would take; where the language is
              ///< infinite only said if it is empty
  gave_up,    ///< a budget ran out
};

struct SearchBudget {
  std::size_t states = 4'000;      ///< distinct derivatives that may be looked at
  std::size_t candidates = 2'000;  ///< members that may be offered
  std::size_t steps = 1'000'000;   ///< of which members are put together, when states are known
  /// If given: increased by what the search took, in texts that could have been tried meanwhile.
  std::size_t* work = nullptr;
  /// All members or none: where there is no end of them it gives up at once.
  bool all_or_none = false;
};

struct Found {
  Searched searched = Searched::gave_up;
  std::string member;  ///< if found
};

/// Offers members of the language to `accept`, short and readable ones first (letters and digits
/// before other printable bytes, those before the rest), until it takes one. No member is offered
/// twice; members of more than 300 bytes only if nothing shorter leads to the same derivative.
Found find_member(const Language& language, const std::function<bool(std::string_view)>& accept,
                  const SearchBudget& budget);

/// No member at all: found, exhausted or gave_up as for find_member() with any member taken.
Searched find_any(const Language& language, const SearchBudget& budget, std::string* member);

}  // namespace relayproof::patterns
