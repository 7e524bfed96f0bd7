// How much one session may ask. Servers count errors, RSETs and connections; beyond their limits
// they answer late, or hang up, and a test would measure the limit instead of the relay.
#pragma once

#include <cstddef>

#include "probe/observation.h"
#include "smtp/record.h"

namespace relayproof::probe {

/// Budgets of one session. An attempt that was refused costs one error.
struct Dose {
  std::size_t attempts = 9;   ///< transactions, that is RSETs
  std::size_t errors = 8;     ///< refusals
  std::size_t malformed = 2;  ///< violations of the syntax; these go in sessions of their own
  bool by_its_words = false;  ///< of these, what it does not call a violation costs nothing
  std::size_t sessions = 2;   ///< at a time
  std::size_t hellos = 1;     ///< EHLO in one session: a second one may cost, or be refused

  bool operator==(const Dose&) const = default;
};

/// What the known servers tolerate by default, measured; the least of all for an unknown one.
Dose dose_for(Software software);

/// A refused recipient costs it nothing within its transaction, nor the next one.
bool keeps_transaction(Software software);

/// It answers QUIT only when we have hung up, or a while later; and with it what was asked before
/// in the same batch.
bool pauses_at_quit(Software software);

/// It answers each command in its place, those that it does not understand as well, one by one or
/// in batches if it offers that: malformed questions need no sessions of their own.
bool bears_malformed(Software software);

/// The words of a server that counts this attempt as a violation of the syntax.
bool calls_it_a_violation(const smtp::Answers& answers);

/// After a session that was cut off: as much as it answered, at least one.
Dose reduced(const Dose& dose, std::size_t answered);

}  // namespace relayproof::probe
