#include "dialects/postfix/restriction_words.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

using A = Argument;
using E = Effect;
using S = Subject;
constexpr Version v211{2, 11};
constexpr Version v30{3, 0};
constexpr Version v39{3, 9};

// postconf(5), SMTPD_ACCESS_README, src/global/mail_params.h and src/smtpd/smtpd_check.c of 2.10 to
// 3.9. Sorted by name.
// clang-format off
constexpr RestrictionWord words[] = {
    {"check_ccert_access", Is::check_ccert_access, A::table, E::table, S::session},
    {"check_client_a_access", Is::check_client_a_access, A::table, E::table, S::client, v30, {}, {}, true},
    {"check_client_access", Is::check_client_access, A::table, E::table, S::client},
    {"check_client_mx_access", Is::check_client_mx_access, A::table, E::table, S::client, {}, {}, {}, true},
    {"check_client_ns_access", Is::check_client_ns_access, A::table, E::table, S::client, {}, {}, {}, true},
    {"check_etrn_access", Is::check_etrn_access, A::table, E::table, S::etrn},
    {"check_helo_a_access", Is::check_helo_a_access, A::table, E::table, S::helo, v30, {}, {}, true},
    {"check_helo_access", Is::check_helo_access, A::table, E::table, S::helo},
    {"check_helo_mx_access", Is::check_helo_mx_access, A::table, E::table, S::helo, {}, {}, {}, true},
    {"check_helo_ns_access", Is::check_helo_ns_access, A::table, E::table, S::helo, {}, {}, {}, true},
    {"check_policy_service", Is::check_policy_service, A::policy_service, E::policy, S::session},
    {"check_recipient_a_access", Is::check_recipient_a_access, A::table, E::table, S::recipient, v30, {}, {}, true},
    {"check_recipient_access", Is::check_recipient_access, A::table, E::table, S::recipient},
    {"check_recipient_maps", Is::reject_unlisted_recipient, A::none, E::screen, S::recipient, {}, {}, "reject_unlisted_recipient"},
    {"check_recipient_mx_access", Is::check_recipient_mx_access, A::table, E::table, S::recipient, {}, {}, {}, true},
    {"check_recipient_ns_access", Is::check_recipient_ns_access, A::table, E::table, S::recipient, {}, {}, {}, true},
    {"check_relay_domains", Is::check_relay_domains, A::none, E::gate, S::recipient, {}, v39, "permit_auth_destination, reject_unauth_destination"},
    {"check_reverse_client_hostname_a_access", Is::check_reverse_client_hostname_a_access, A::table, E::table, S::reverse_client, v30, {}, {}, true},
    {"check_reverse_client_hostname_access", Is::check_reverse_client_hostname_access, A::table, E::table, S::reverse_client, {}, {}, {}, true},
    {"check_reverse_client_hostname_mx_access", Is::check_reverse_client_hostname_mx_access, A::table, E::table, S::reverse_client, {}, {}, {}, true},
    {"check_reverse_client_hostname_ns_access", Is::check_reverse_client_hostname_ns_access, A::table, E::table, S::reverse_client, {}, {}, {}, true},
    {"check_sasl_access", Is::check_sasl_access, A::table, E::table, S::session, v211},
    {"check_sender_a_access", Is::check_sender_a_access, A::table, E::table, S::sender, v30, {}, {}, true},
    {"check_sender_access", Is::check_sender_access, A::table, E::table, S::sender},
    {"check_sender_mx_access", Is::check_sender_mx_access, A::table, E::table, S::sender, {}, {}, {}, true},
    {"check_sender_ns_access", Is::check_sender_ns_access, A::table, E::table, S::sender, {}, {}, {}, true},
    {"defer", Is::defer, A::none, E::gate, S::session},
    {"defer_if_permit", Is::defer_if_permit, A::none, E::mark, S::session},
    {"defer_if_reject", Is::defer_if_reject, A::none, E::mark, S::session},
    {"defer_unauth_destination", Is::defer_unauth_destination, A::none, E::gate, S::recipient},
    {"permit", Is::permit, A::none, E::permit, S::session},
    {"permit_auth_destination", Is::permit_auth_destination, A::none, E::permit, S::recipient},
    {"permit_dnswl_client", Is::permit_dnswl_client, A::dns_list, E::hidden_permit, S::client},
    {"permit_inet_interfaces", Is::permit_inet_interfaces, A::none, E::permit, S::client},
    {"permit_mx_backup", Is::permit_mx_backup, A::none, E::hidden_permit, S::recipient, {}, {}, "relay_domains"},
    {"permit_mynetworks", Is::permit_mynetworks, A::none, E::permit, S::client},
    {"permit_naked_ip_address", Is::permit_naked_ip_address, A::none, E::permit, S::helo, {}, v39, "permit_mynetworks, permit_sasl_authenticated"},
    {"permit_rhswl_client", Is::permit_rhswl_client, A::dns_list, E::hidden_permit, S::client},
    {"permit_sasl_authenticated", Is::permit_sasl_authenticated, A::none, E::permit, S::session},
    {"permit_tls_all_clientcerts", Is::permit_tls_all_clientcerts, A::none, E::permit, S::session},
    {"permit_tls_clientcerts", Is::permit_tls_clientcerts, A::none, E::permit, S::session},
    {"reject", Is::reject, A::none, E::gate, S::session},
    {"reject_authenticated_sender_login_mismatch", Is::reject_authenticated_sender_login_mismatch, A::none, E::screen, S::sender},
    {"reject_invalid_helo_hostname", Is::reject_invalid_helo_hostname, A::none, E::screen, S::helo},
    {"reject_invalid_hostname", Is::reject_invalid_helo_hostname, A::none, E::screen, S::helo, {}, {}, "reject_invalid_helo_hostname"},
    {"reject_known_sender_login_mismatch", Is::reject_known_sender_login_mismatch, A::none, E::screen, S::sender, v211},
    {"reject_maps_rbl", Is::reject_maps_rbl, A::none, E::screen, S::client, {}, v39, "reject_rbl_client"},
    {"reject_multi_recipient_bounce", Is::reject_multi_recipient_bounce, A::none, E::screen, S::session},
    {"reject_non_fqdn_helo_hostname", Is::reject_non_fqdn_helo_hostname, A::none, E::screen, S::helo},
    {"reject_non_fqdn_hostname", Is::reject_non_fqdn_helo_hostname, A::none, E::screen, S::helo, {}, {}, "reject_non_fqdn_helo_hostname"},
    {"reject_non_fqdn_recipient", Is::reject_non_fqdn_recipient, A::none, E::screen, S::recipient},
    {"reject_non_fqdn_sender", Is::reject_non_fqdn_sender, A::none, E::screen, S::sender},
    {"reject_plaintext_session", Is::reject_plaintext_session, A::none, E::screen, S::session},
    {"reject_rbl", Is::reject_rbl_client, A::dns_list, E::screen, S::client, {}, {}, "reject_rbl_client"},
    {"reject_rbl_client", Is::reject_rbl_client, A::dns_list, E::screen, S::client},
    {"reject_rhsbl_client", Is::reject_rhsbl_client, A::dns_list, E::screen, S::client},
    {"reject_rhsbl_helo", Is::reject_rhsbl_helo, A::dns_list, E::screen, S::helo},
    {"reject_rhsbl_recipient", Is::reject_rhsbl_recipient, A::dns_list, E::screen, S::recipient},
    {"reject_rhsbl_reverse_client", Is::reject_rhsbl_reverse_client, A::dns_list, E::screen, S::reverse_client},
    {"reject_rhsbl_sender", Is::reject_rhsbl_sender, A::dns_list, E::screen, S::sender},
    {"reject_sender_login_mismatch", Is::reject_sender_login_mismatch, A::none, E::screen, S::sender},
    {"reject_unauth_destination", Is::reject_unauth_destination, A::none, E::gate, S::recipient},
    {"reject_unauth_pipelining", Is::reject_unauth_pipelining, A::none, E::screen, S::session},
    {"reject_unauthenticated_sender_login_mismatch", Is::reject_unauthenticated_sender_login_mismatch, A::none, E::screen, S::sender},
    {"reject_unknown_address", Is::reject_unknown_sender_domain, A::none, E::screen, S::sender, {}, {}, "reject_unknown_sender_domain"},
    {"reject_unknown_client", Is::reject_unknown_client_hostname, A::none, E::screen, S::client, {}, {}, "reject_unknown_client_hostname"},
    {"reject_unknown_client_hostname", Is::reject_unknown_client_hostname, A::none, E::screen, S::client},
    {"reject_unknown_helo_hostname", Is::reject_unknown_helo_hostname, A::none, E::screen, S::helo},
    {"reject_unknown_hostname", Is::reject_unknown_helo_hostname, A::none, E::screen, S::helo, {}, {}, "reject_unknown_helo_hostname"},
    {"reject_unknown_recipient_domain", Is::reject_unknown_recipient_domain, A::none, E::screen, S::recipient},
    {"reject_unknown_reverse_client_hostname", Is::reject_unknown_reverse_client_hostname, A::none, E::screen, S::reverse_client},
    {"reject_unknown_sender_domain", Is::reject_unknown_sender_domain, A::none, E::screen, S::sender},
    {"reject_unlisted_recipient", Is::reject_unlisted_recipient, A::none, E::screen, S::recipient},
    {"reject_unlisted_sender", Is::reject_unlisted_sender, A::none, E::screen, S::sender},
    {"reject_unverified_recipient", Is::reject_unverified_recipient, A::none, E::screen, S::recipient},
    {"reject_unverified_sender", Is::reject_unverified_sender, A::none, E::screen, S::sender},
    {"sleep", Is::sleep, A::number, E::mark, S::session},
    {"warn_if_reject", Is::warn_if_reject, A::none, E::mark, S::session},
};
// clang-format on

const RestrictionWord* find_any(std::string_view name) {
  const std::string folded = to_lower(name);
  const auto found = std::lower_bound(
      std::begin(words), std::end(words), folded,
      [](const RestrictionWord& word, const std::string& key) { return word.name < key; });
  return found != std::end(words) && found->name == folded ? found : nullptr;
}

/// How many letters have to be put in, left out, changed or swapped with their neighbour.
std::size_t slips(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> above(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t change = above[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
      row[k] = std::min({change, above[k] + 1, row[k - 1] + 1});
      const bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
      if (swapped) row[k] = std::min(row[k], before[k - 2] + 1);
    }
    before = std::move(above);
    above = std::move(row);
  }
  return above.back();
}

}  // namespace

std::string_view to_string(ListKind kind) {
  constexpr std::string_view names[] = {
      "smtpd_client_restrictions",      "smtpd_helo_restrictions",      "smtpd_sender_restrictions",
      "smtpd_relay_restrictions",       "smtpd_recipient_restrictions", "smtpd_data_restrictions",
      "smtpd_end_of_data_restrictions", "smtpd_etrn_restrictions"};
  return names[static_cast<std::size_t>(kind)];
}

std::span<const RestrictionWord> restriction_words() { return words; }

const RestrictionWord* find_restriction(std::string_view name, const Version& version) {
  const RestrictionWord* word = find_any(name);
  // smtpd keeps this one as a class, and asks for classes as they are written.
  const bool is_class = word != nullptr && word->is == Is::reject_sender_login_mismatch;
  if (is_class && name != word->name) return nullptr;
  return word != nullptr && word->since && version < *word->since ? nullptr : word;
}

const RestrictionWord* default_check(ListKind kind) {
  constexpr std::string_view names[] = {"check_client_access",
                                        "check_helo_access",
                                        "check_sender_access",
                                        "check_recipient_access",
                                        "check_recipient_access",
                                        "",
                                        "",
                                        "check_etrn_access"};
  return find_any(names[static_cast<std::size_t>(kind)]);
}

std::string did_you_mean(std::string_view name) {
  const std::string folded = to_lower(name);
  for (const auto& first : words) {
    if (!folded.starts_with(first.name)) continue;
    if (const auto* second = find_any(std::string_view(folded).substr(first.name.size()))) {
      return std::string(first.name) + ", " + std::string(second->name);
    }
  }
  constexpr std::size_t too_long = 60;
  if (folded.size() > too_long) return {};
  std::string_view nearest;
  std::size_t fewest = std::min<std::size_t>(3, folded.size() / 4 + 1);
  for (const auto& word : words) {
    const std::size_t longer = std::max(folded.size(), word.name.size());
    if (longer - std::min(folded.size(), word.name.size()) >= fewest) continue;
    const std::size_t count = slips(folded, word.name);
    if (count < fewest) {
      fewest = count;
      nearest = word.name;
    }
  }
  return std::string(nearest);
}

}  // namespace relayproof::postfix
