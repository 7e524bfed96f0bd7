// What becomes of mail for a resolved address, as far as its transport says (transport(5),
// resolve(8)): who delivers it, and which lookups can fail on the way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// What a delivery service does with mail.
enum class Delivery : std::uint8_t {
  refused,    ///< error: a bounce
  retried,    ///< retry: it stays in the queue until it bounces
  discarded,  ///< discard:
  local,      ///< local(8): aliases and the users of this machine
  mailboxes,  ///< virtual(8): virtual_mailbox_maps
  here,       ///< lmtp to a socket of this machine
  handed_on,  ///< everything else, a pipe to an unknown program included
};

/// By `transport:nexthop` and what master.cf has under that name. A name that is not there counts
/// as handed_on.
Delivery delivery_of(const Config& config, std::string_view transport);

/// The conditions for one resolved address: the first of these that holds decides.
struct Transports {
  policy::ConditionId fails = 0;    ///< a lookup on the way is an error
  policy::ConditionId moved = 0;    ///< relocated_maps: a bounce
  policy::ConditionId refused = 0;  ///< by a row of transport_maps
  policy::ConditionId retried = 0;
  policy::ConditionId discarded = 0;
  policy::ConditionId local = 0;
  policy::ConditionId mailboxes = 0;
  policy::ConditionId here = 0;
  policy::ConditionId handed_on = 0;
  policy::ConditionId decides = 0;  ///< one of those rows stands for the address
  /// The rows of `refused` and `retried`, by their text: `error:5.1.1 no such place`.
  struct Bounce {
    policy::ConditionId when = 0;
    std::string text;
  };
  std::vector<Bounce> bounces;
};
/// What transport_maps and relocated_maps say about the address.
Transports lower_transports(PolicyBuilder& builder, TableShelf& shelf,
                            const policy::Subject& address);

/// What *_transport says for the default class, sender_dependent_default_transport_maps included:
/// the condition that mail is not handed on but refused, retried or dropped.
policy::ConditionId default_class_ends(PolicyBuilder& builder, TableShelf& shelf);

}  // namespace relayproof::postfix
