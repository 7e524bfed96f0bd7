// Is there a text that meets these conditions, and which one? Asked for one field at a time: HELO,
// sender, recipient, names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/policy.h"

namespace relayproof::policy {

/// A condition about one field (Present, Finds with a subject in that field, or Unknown-free), and
/// whether it shall hold.
struct Wanted {
  enum class Kind : std::uint8_t {
    present,      ///< the field is there
    finds,        ///< the lookup gives this very result
    outside,      ///< the subject's domain is well-formed and nobody's whom the server answers for
    deliverable,  ///< the subject is an address that a real message can be sent to
  } kind = Kind::finds;
  std::uint32_t lookup = 0;
  std::uint32_t result = 0;  ///< index into Policy::results
  Subject subject;
  bool holds = true;

  auto operator<=>(const Wanted&) const = default;
};

struct Solution {
  enum class Feasible : std::uint8_t {
    yes,      ///< `value` meets all of them: it was tried
    hidden,   ///< only texts that somebody else owns (a confirmed name under a foreign domain)
    unknown,  ///< none found, none excluded
    no,       ///< proved: there is none
  } feasible = Feasible::unknown;
  std::optional<std::string> value;  ///< nullopt with `yes`: the field is absent
  std::string why_unknown;
};

struct SolveBudget {
  /// Texts that are tried; what takes longer counts for several, a microsecond each.
  std::size_t candidates = 200'000;
};

struct SolveMemory;

/// Searches plausible texts first. `used` is increased by the candidates tried. `memory`: of other
/// questions about the same policy; null: there are none.
Solution solve(const Policy& policy, Field field, std::span<const Wanted> wanted,
               const SolveBudget& budget, std::size_t& used, SolveMemory* memory = nullptr);

}  // namespace relayproof::policy
