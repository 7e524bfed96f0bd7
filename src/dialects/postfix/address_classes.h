// Whose mail an address is (ADDRESS_CLASS_README): the conditions that restrictions and routes ask
// about a resolved address. They are about the sender or the recipient as `resolve` leaves it.
#pragma once

#include <string_view>
#include <vector>

#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// At most one of is_local ... is_other holds; none of them where `fails` or `is_malformed` does.
struct AddressClasses {
  policy::Subject address;  ///< the resolved address, whole
  policy::Subject domain;   ///< its domain

  policy::ConditionId is_local = 0;            ///< mydestination, or a literal of our own
  policy::ConditionId is_virtual_alias = 0;    ///< virtual_alias_domains
  policy::ConditionId is_virtual_mailbox = 0;  ///< virtual_mailbox_domains
  policy::ConditionId is_relay = 0;            ///< relay_domains
  policy::ConditionId is_other = 0;            ///< none of them: the default class

  policy::ConditionId is_final = 0;  ///< local, virtual alias or virtual mailbox
  /// What permit_auth_destination permits and reject_unauth_destination lets pass: final or relay,
  /// and, unless allow_untrusted_routing, not is_routed.
  policy::ConditionId is_authorised = 0;
  /// The local part has a routing operator (@ ! %); as far as it goes, regardless of
  /// allow_untrusted_routing. False where is_malformed holds.
  policy::ConditionId is_routed = 0;
  /// The domain is no valid host name or literal: class and routing are not looked at.
  policy::ConditionId is_malformed = 0;
  /// A lookup of the domain in one of the lists is an error: `451 4.3.0` wherever it is resolved.
  policy::ConditionId fails = 0;
  policy::ConditionId local_list_fails = 0;  ///< the part of `fails` that mydestination makes
};

/// The conditions for the recipient or the sender of the session. For routes: with rewritings
/// before the resolving, `via` ends with that transform.
AddressClasses lower_address_classes(PolicyBuilder& builder, TableShelf& shelf,
                                     policy::Field field);

/// What reject_unlisted_recipient (or _sender) does: a list that refuses an address which is in
/// none of its class's tables, and is silent otherwise. Also what smtpd_reject_unlisted_recipient
/// puts at the end of the recipient restrictions. `service`: whose smtpd looks, with values of its
/// own; null: one that has those of main.cf.
policy::ListId lower_reject_unlisted(PolicyBuilder& builder, TableShelf& shelf, policy::Field field,
                                     const Service* service = nullptr);

/// What resolving gives where a list fails: 451 4.3.0.
inline policy::Answer temporary_lookup_failure() { return {451, "4.3.0"}; }

}  // namespace relayproof::postfix
