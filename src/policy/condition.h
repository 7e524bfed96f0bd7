// What a rule asks: a small closed set of questions, and their combinations.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "mail/ip_set.h"
#include "policy/fact.h"

namespace relayproof::policy {

using ConditionId = std::uint32_t;  ///< index into Policy::conditions
using OriginId = std::uint32_t;     ///< index into Policy::origins; 0: none

struct Constant {
  bool value = false;
};
/// The client's address, an IPv4-mapped one taken as IPv4.
struct ClientIn {
  mail::IpSet addresses;
};
struct IsSet {
  Flag flag;
};
/// The field is there at all. `sender` is there when it is `<>`.
struct Present {
  Field field;
};
/// The lookup finds any row; or, if `results` is not empty, one with such a result.
struct Finds {
  std::uint32_t lookup = 0;  ///< index into Policy::lookups
  Subject subject;
  std::vector<std::uint32_t> results;  ///< indices into Policy::results, sorted
};
/// The two texts are equal, ASCII letters in any case.
struct Same {
  Subject one;
  Subject other;
};
struct HasMark {
  std::uint32_t mark = 0;  ///< index into Policy::marks
};
/// Neither the files nor the attempt tell. The same question about the same things is answered
/// alike wherever it is asked.
struct Unknown {
  std::uint32_t question = 0;  ///< index into Policy::questions
  std::vector<Subject> about;  ///< what it was told; the client's address is always a part
};
struct Not {
  ConditionId of = 0;
};
struct All {
  std::vector<ConditionId> of;
};
struct Any {
  std::vector<ConditionId> of;
};

/// A condition, and the place it comes from if that is narrower than its rule's: one network of a
/// list of many.
struct Condition {
  std::variant<Constant, ClientIn, IsSet, Present, Finds, Same, HasMark, Unknown, Not, All, Any> is;
  OriginId origin = 0;
};

}  // namespace relayproof::policy
