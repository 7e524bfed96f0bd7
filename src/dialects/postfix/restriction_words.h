// Every name that may stand in an smtpd_*_restrictions list (postconf(5), SMTPD_ACCESS_README):
// what it takes, what it asks for, what it can do, and since when.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dialects/postfix/host.h"

namespace relayproof::postfix {

/// The lists, in the order in which smtpd evaluates them.
enum class ListKind : std::uint8_t {
  client,
  helo,
  sender,
  relay,
  recipient,
  data,
  end_of_data,
  etrn
};
std::string_view to_string(ListKind kind);  ///< the parameter: `smtpd_client_restrictions`, ...

/// What follows the name.
enum class Argument : std::uint8_t { none, table, policy_service, dns_list, number };

/// What a restriction can do, as far as relaying is concerned.
enum class Effect : std::uint8_t {
  permit,         ///< OK for some clients, recipients or sessions, else nothing
  gate,           ///< refuses relaying, or everything: what a safe list needs
  screen,         ///< can only refuse, and not for being a relay
  table,          ///< whatever the row says
  policy,         ///< whatever a server says
  hidden_permit,  ///< OK where DNS or another server says so
  mark,           ///< changes what comes of a later result (defer_if_permit, warn_if_reject, sleep)
  removed,        ///< a server error where it is met
  nothing,        ///< accepted and without effect
};

/// What it asks for; where that is absent (no HELO, no recipient at this stage), it does nothing.
enum class Subject : std::uint8_t {
  session,
  client,
  reverse_client,
  helo,
  sender,
  recipient,
  etrn
};

/// Which restriction. Old names share the entry of the new one (`word` is the same).
enum class Is : std::uint8_t {
  permit,
  reject,
  defer,
  warn_if_reject,
  defer_if_permit,
  defer_if_reject,
  sleep,
  reject_unauth_pipelining,
  reject_plaintext_session,
  check_policy_service,
  permit_inet_interfaces,
  permit_mynetworks,
  permit_sasl_authenticated,
  permit_tls_all_clientcerts,
  permit_tls_clientcerts,
  permit_dnswl_client,
  permit_rhswl_client,
  permit_auth_destination,
  permit_mx_backup,
  permit_naked_ip_address,
  reject_unauth_destination,
  defer_unauth_destination,
  check_relay_domains,
  reject_unknown_client_hostname,
  reject_unknown_reverse_client_hostname,
  reject_maps_rbl,
  reject_rbl_client,
  reject_rhsbl_client,
  reject_rhsbl_reverse_client,
  reject_rhsbl_helo,
  reject_rhsbl_sender,
  reject_rhsbl_recipient,
  reject_invalid_helo_hostname,
  reject_unknown_helo_hostname,
  reject_non_fqdn_helo_hostname,
  reject_unknown_address,
  reject_unknown_sender_domain,
  reject_unverified_sender,
  reject_non_fqdn_sender,
  reject_unlisted_sender,
  reject_sender_login_mismatch,
  reject_authenticated_sender_login_mismatch,
  reject_known_sender_login_mismatch,
  reject_unauthenticated_sender_login_mismatch,
  reject_unknown_recipient_domain,
  reject_unverified_recipient,
  reject_non_fqdn_recipient,
  reject_unlisted_recipient,
  reject_multi_recipient_bounce,
  check_client_access,
  check_reverse_client_hostname_access,
  check_ccert_access,
  check_sasl_access,
  check_helo_access,
  check_sender_access,
  check_recipient_access,
  check_etrn_access,
  check_client_a_access,
  check_client_mx_access,
  check_client_ns_access,
  check_reverse_client_hostname_a_access,
  check_reverse_client_hostname_mx_access,
  check_reverse_client_hostname_ns_access,
  check_helo_a_access,
  check_helo_mx_access,
  check_helo_ns_access,
  check_sender_a_access,
  check_sender_mx_access,
  check_sender_ns_access,
  check_recipient_a_access,
  check_recipient_mx_access,
  check_recipient_ns_access,
};

struct RestrictionWord {
  std::string_view name;
  Is is = Is::permit;
  Argument argument = Argument::none;
  Effect effect = Effect::screen;
  Subject subject = Subject::session;
  std::optional<Version> since{};    ///< nullopt: 2.10 has it
  std::optional<Version> removed{};  ///< from this version on it is a server error
  std::string_view instead{};        ///< the name to write today, for old and removed ones
  bool no_ok = false;                ///< an OK of its table is a server error
};

/// Every name, sorted.
std::span<const RestrictionWord> restriction_words();
/// By name, without regard to case; null if this version does not know it.
const RestrictionWord* find_restriction(std::string_view name, const Version& version);
/// The word that Postfix puts in front of a bare `type:name` of this list; null for those where it
/// is a server error (data, end of data).
const RestrictionWord* default_check(ListKind kind);
/// The name that was probably meant: one or two slips away, or two names whose comma was lost
/// (`permit, reject`); empty if none is that near.
std::string did_you_mean(std::string_view name);

}  // namespace relayproof::postfix
