// Findings about gates, and about what lets clients pass in front of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "dialects/postfix/findings_context.h"
#include "dialects/postfix/findings_permits.h"
#include "dialects/postfix/match_list.h"

namespace relayproof::postfix {
namespace {

/// A list as far as it refuses strangers.
struct Gate {
  Value value;
  bool exists = false;
  bool refuses_all = false;  ///< `reject`: whoever was not permitted
  std::vector<Permit> before;

  bool holds() const { return exists && before.empty(); }
};

bool refuses_all(Is is) { return is == Is::reject || is == Is::defer || is == Is::defer_if_permit; }

Gate gate_of(FindingContext& context, const Smtpd& smtpd, ListKind kind) {
  Gate gate;
  gate.value = smtpd.values.value(to_string(kind));
  for (const auto& met : context.items(smtpd, kind)) {
    const auto& item = met.item;
    if (item.kind != Restriction::Kind::word || item.word == nullptr || item.warn_only) continue;
    if (item.word->is == Is::permit) return gate;
    gate.refuses_all = refuses_all(item.word->is);
    gate.exists = item.word->effect == Effect::gate || gate.refuses_all;
    if (gate.exists) return gate;
    if (auto permit = careless_permit(context, smtpd, met))
      gate.before.push_back(std::move(*permit));
  }
  return gate;
}

/// The lists of one service that can refuse a recipient who is none of ours.
struct Gates {
  Gate relay;
  Gate recipient;
  bool strangers_are_refused = false;  ///< by the client or sender list already
};

Gates gates_of(FindingContext& context, const Smtpd& smtpd) {
  Gates gates;
  gates.relay = gate_of(context, smtpd, ListKind::relay);
  gates.recipient = gate_of(context, smtpd, ListKind::recipient);
  for (const auto kind : {ListKind::client, ListKind::sender}) {
    const auto gate = gate_of(context, smtpd, kind);
    if (gate.holds() && gate.refuses_all) gates.strangers_are_refused = true;
  }
  return gates;
}

void add_permits(FindingContext& context, const Gate& gate, bool another_refuses) {
  if (!gate.exists) return;
  for (const auto& permit : gate.before) {
    const auto severity =
        another_refuses ? std::min(permit.severity, Severity::medium) : permit.severity;
    const auto* but = another_refuses ? "; only another list still refuses" : "";
    context.add(permit.code, severity, permit.where, permit.says + but, permit.remedy);
  }
}

void find_careless_permits(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    if (smtpd.loopback_only) continue;
    const auto gates = gates_of(context, smtpd);
    if (gates.strangers_are_refused) continue;
    add_permits(context, gates.relay, gates.recipient.holds());
    // An OK in the recipient list is how filters are told to spare somebody, as long as the relay
    // list refuses strangers.
    if (!gates.relay.holds()) add_permits(context, gates.recipient, false);
  }
}

bool is_from_master(const Value& value) {
  return value.setting->provenance == Provenance::master_cf;
}

std::string describe(const Value& value) {
  if (!value.text.empty()) return "refuses nobody";
  return value.setting->is_default() ? "is empty, as compatibility_level is below 1" : "is empty";
}

// The line to look at: what is written of the two lists.
SourceRange place_of(const FindingContext& context, const Gates& gates) {
  return context.place(gates.relay.value.setting->is_default() ? gates.recipient.value
                                                               : gates.relay.value);
}

void add_missing_on_service(FindingContext& context, const Smtpd& smtpd, const Gates& gates) {
  auto severity = Severity::high;
  if (gates.recipient.holds() && gates.recipient.refuses_all) severity = Severity::low;
  if (smtpd.loopback_only) severity = Severity::info;
  context.add("RP2006", severity, gates.relay.value.locate(0),
              fmt::format("for the service {} smtpd_relay_restrictions {}: only "
                          "smtpd_recipient_restrictions is between strangers and relaying there",
                          smtpd.values.service.id(), describe(gates.relay.value)),
              "remove this -o, or end its value in reject_unauth_destination or reject");
}

void find_missing_gates(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    const auto gates = gates_of(context, smtpd);
    if (gates.relay.exists || !gates.recipient.exists || gates.strangers_are_refused) continue;
    if (is_from_master(gates.relay.value)) {
      add_missing_on_service(context, smtpd, gates);
    } else if (!smtpd.loopback_only) {
      const bool certain = gates.recipient.holds() && gates.recipient.refuses_all;
      context.add("RP2005", certain ? Severity::low : Severity::medium, place_of(context, gates),
                  fmt::format("smtpd_relay_restrictions {}: a mistake in "
                              "smtpd_recipient_restrictions would make an open relay",
                              describe(gates.relay.value)),
                  "set smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, "
                  "reject_unauth_destination");
    }
  }
}

constexpr std::array early_lists{ListKind::client, ListKind::helo, ListKind::sender};
constexpr std::array every_list{ListKind::client,     ListKind::helo,      ListKind::sender,
                                ListKind::relay,      ListKind::recipient, ListKind::data,
                                ListKind::end_of_data};

bool is_plain(const Restriction& item, Is is) {
  return item.kind == Restriction::Kind::word && item.word != nullptr && item.word->is == is &&
         !item.warn_only;
}

void find_lonely_permits(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : early_lists) {
      const auto items = context.items(smtpd, kind);
      if (items.empty() || !is_plain(items.front().item, Is::permit)) continue;
      context.add("RP2107", Severity::low, items.front().where,
                  fmt::format("permit ends {} only and lets nobody relay{}", to_string(kind),
                              items.size() > 1 ? "; what stands behind it is skipped" : ""),
                  "remove the list, or move permit to its end");
    }
  }
}

void find_unreachable(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : every_list) {
      const auto items = context.items(smtpd, kind);
      const auto end = std::find_if(items.begin(), items.end(), [](const MetRestriction& met) {
        return is_plain(met.item, Is::permit) || is_plain(met.item, Is::reject) ||
               is_plain(met.item, Is::defer);
      });
      if (end == items.end() || end + 1 == items.end()) continue;
      context.add("RP2108", Severity::low, (end + 1)->where,
                  fmt::format("{} is never reached: {} in front of it ends {} for everybody",
                              (end + 1)->item.name, end->item.name, to_string(kind)),
                  "move it in front, or remove it");
    }
  }
}

// Lists of senders that their owners have shut down. Some answer nothing any more, some have
// answered "listed" to every question.
constexpr std::array gone_zones = std::to_array<std::string_view>(
    {"ahbl.org", "blackholes.easynet.nl", "blackholes.five-ten-sg.com", "blitzed.org", "dsbl.org",
     "dul.ru", "dynablock.easynet.nl", "inps.de", "mail-abuse.org", "moensted.dk", "njabl.org",
     "ordb.org", "osirusoft.com", "proxies.relays.monkeys.com", "rfc-ignorant.org", "sorbs.net",
     "spamcannibal.org", "visi.com", "wirehub.net"});

bool is_gone(std::string_view zone) {
  return std::any_of(gone_zones.begin(), gone_zones.end(),
                     [&](std::string_view gone) { return matches_domain(gone, zone, true); });
}

void add_gone(FindingContext& context, std::string_view zone, const SourceRange& where) {
  context.add("RP2109", Severity::low, where,
              fmt::format("{} was shut down: it lists nobody, or everybody", zone), "remove it");
}

void find_gone_lists(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : every_list) {
      for (const auto& met : context.items(smtpd, kind)) {
        if (met.item.dns_list && is_gone(met.item.dns_list->zone)) {
          add_gone(context, met.item.dns_list->zone, met.where);
        }
      }
    }
  }
  const auto sites = context.config().effective("postscreen_dnsbl_sites");
  for (const auto& word : list_words(sites.text, context.version())) {
    const auto zone = word.text.substr(0, word.text.find_first_of("=*"));
    if (is_gone(zone)) add_gone(context, zone, sites.locate(word.offset));
  }
}

constexpr Detection detections[] = {
    find_careless_permits, find_missing_gates, find_lonely_permits,
    find_unreachable,      find_gone_lists,
};

}  // namespace

std::span<const Detection> gate_detections() { return detections; }

}  // namespace relayproof::postfix
