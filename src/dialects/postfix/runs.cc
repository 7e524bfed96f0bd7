#include "dialects/postfix/runs.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/mynetworks.h"

namespace relayproof::postfix {
namespace {

std::optional<Refusal> first_fatal(const std::vector<Problem>& problems) {
  for (const auto& problem : problems) {
    if (problem.kind == Problem::Kind::fatal) return Refusal{problem.where, problem.says};
  }
  return std::nullopt;
}

constexpr std::string_view no_gate =
    "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one "
    "working instance of: reject_unauth_destination, defer_unauth_destination, reject, defer, "
    "defer_if_permit or check_relay_domains";

std::optional<Refusal> undefined_class(const ServiceLowering& service) {
  const auto names = service.value("smtpd_restriction_classes");
  for (const auto& word : list_words(names.text, Version{2, 10})) {
    const auto* found = service.find_class(word.text);
    if (found != nullptr && !found->value.text.empty()) continue;
    return Refusal{names.locate(word.offset),
                   "restriction class `" + std::string(word.text) + "' needs a definition"};
  }
  return std::nullopt;
}

RestrictionList list_of(const ServiceLowering& service, ListKind kind) {
  return parse_restrictions(service.value(to_string(kind)).text, kind, service.version());
}

std::optional<Refusal> fatal_list(const ServiceLowering& service) {
  constexpr std::array kinds{ListKind::client,     ListKind::helo,      ListKind::sender,
                             ListKind::relay,      ListKind::recipient, ListKind::data,
                             ListKind::end_of_data};
  for (const auto kind : kinds) {
    const auto list = list_of(service, kind);
    if (!list.fatal) continue;
    const auto value = service.value(to_string(kind));
    const auto column = list.fatal->where.column;
    return Refusal{value.locate(column == 0 ? 0 : column - 1), list.fatal->says};
  }
  return std::nullopt;
}

std::optional<Refusal> missing_gate(const ServiceLowering& service) {
  const auto find_class = [&](std::string_view name) -> const RestrictionList* {
    const auto* found = service.find_class(name);
    return found == nullptr ? nullptr : &found->list;
  };
  for (const auto kind : {ListKind::recipient, ListKind::relay}) {
    if (has_required(list_of(service, kind), find_class)) return std::nullopt;
  }
  return Refusal{service.value(to_string(ListKind::relay)).locate(0), std::string(no_gate)};
}

std::optional<Refusal> bad_tls_level(const ServiceLowering& service) {
  if (service.is_on("smtpd_tls_wrappermode")) return std::nullopt;
  const auto value = service.value("smtpd_tls_security_level");
  constexpr std::array<std::string_view, 6> known{"none",   "may",    "encrypt",
                                                  "verify", "secure", "fingerprint"};
  const auto level = to_lower(value.text);
  if (level.empty() || std::find(known.begin(), known.end(), level) != known.end()) {
    return std::nullopt;
  }
  // DANE's levels are known to the same table, and refused like an unknown one.
  return Refusal{value.locate(0), "Invalid TLS level \"" + value.text + "\""};
}

std::optional<Refusal> bad_tempfail_action(const ServiceLowering& service) {
  for (const auto* name :
       {"unknown_helo_hostname_tempfail_action", "unknown_address_tempfail_action",
        "unverified_recipient_tempfail_action", "unverified_sender_tempfail_action"}) {
    const auto value = service.value(name);
    if (value.text.empty() || equals_ignoring_case(value.text, "defer") ||
        equals_ignoring_case(value.text, "defer_if_permit")) {
      continue;
    }
    return Refusal{value.locate(0), "bad configuration: " + std::string(name) + " = " + value.text};
  }
  return std::nullopt;
}

std::optional<Refusal> bad_client_list(const ServiceLowering& service) {
  for (const auto* name :
       {"mynetworks", "permit_mx_backup_networks", "smtpd_authorized_xclient_hosts"}) {
    const auto value = service.value(name);
    const auto list =
        parse_client_list(service.shared.shelf.files(), value.text, service.version());
    if (list.list.fatal) return Refusal{value.locate(0), list.list.fatal->says};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> what_stops_postfix(const Config& config) {
  return first_fatal(config.problems());
}

std::optional<Refusal> what_stops_service(const Config& config, const Service& service) {
  if (auto own = first_fatal(service.problems)) return own;
  return first_fatal(config.problems(service));
}

std::optional<Refusal> what_stops_smtpd(const ServiceLowering& service) {
  if (auto stops = what_stops_service(service.shared.config, service.service)) return stops;
  for (const auto check : {bad_client_list, fatal_list, undefined_class, missing_gate,
                           bad_tempfail_action, bad_tls_level}) {
    if (auto stops = check(service)) return stops;
  }
  return std::nullopt;
}

bool is_for_want_of_a_gate(std::string_view why_not) { return why_not == no_gate; }

}  // namespace relayproof::postfix
