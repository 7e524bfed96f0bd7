// What conditions ask of an attempt, as variables of decision diagrams: the same question is the
// same variable, wherever it is asked. Order: first what a client chooses, text by text, then what
// nobody knows.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/diagram.h"
#include "policy/policy.h"

namespace relayproof::policy {

/// Variables that are decided together: flags, or one text.
enum class Group : std::uint8_t {
  session,    ///< flags, and whether the message had another recipient before
  recipient,  ///< the one the attempt is about
  earlier,    ///< the recipient before it
  header,
  sender,
  helo,
  user,
  names,   ///< of the client: its PTR, and whether that is confirmed
  hidden,  ///< questions
  doubt,   ///< what we cannot tell: assumed where it errs on the side of `possibly`
};
inline constexpr std::size_t group_count = 10;
std::string_view to_string(Group group);

Group group_of(Variable variable);
Range range_of(Group group);
/// The group in which a text is chosen; `earlier` tells the recipient before from the one at hand.
Group group_of(Field field, bool earlier);

/// What a variable says.
struct Predicate {
  enum class Kind : std::uint8_t {
    flag,
    earlier_recipient,  ///< the message had another recipient before
    mark_at_start,      ///< `id` was set when the recipient was named; never among the results
    present,
    finds,        ///< lookup `id` gives `result` for `subject`
    finds_among,  ///< lookup `id` gives one of `results` for one of the header lines
    outside,
    deliverable,
    same,      ///< `subject` and `other`
    question,  ///< question `id` is answered with yes
    doubt,     ///< `text` says what about
  } kind = Kind::flag;
  Flag flag = Flag::tls;
  std::uint32_t id = 0;
  std::uint32_t result = 0;
  std::vector<std::uint32_t> results;
  Subject subject;
  Subject other;
  std::string text;
};

/// Which of up to two policies: the one before, the one behind.
using Side = std::uint8_t;

/// Hands out the variables.
class Predicates {
 public:
  /// The variable called `key` in this group, which to this side's policy means `meaning`. Throws
  /// OutOfBudget when there are too many to recurse over.
  Variable variable(Group group, const std::string& key, Side side, const Predicate& meaning);

  /// nullptr: no condition of this side's policy asks it.
  const Predicate* meaning(Variable variable, Side side) const;
  /// To some side's: flags mean the same to all.
  const Predicate* meaning(Variable variable) const;

 private:
  using Meanings = std::array<std::optional<Predicate>, 2>;
  struct Member {
    std::map<std::string, Variable, std::less<>> by_key;
    std::vector<Meanings> meanings;
  };
  std::array<Member, group_count> groups_;
  std::size_t count_ = 0;
};

/// A variable and its value: what a path through a diagram says.
struct Literal {
  Variable variable = 0;
  bool holds = false;
  auto operator<=>(const Literal&) const = default;
};

}  // namespace relayproof::policy
