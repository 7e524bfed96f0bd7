// Settings of one word that open a way, and services that need not be reached from outside.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/remedies.h"

namespace relayproof::postfix {
namespace {

struct SafeValue {
  std::string_view name;
  std::string_view value;  ///< empty: the line goes, its default is safe
  std::string_view asks;   ///< what could be lost that no file tells of
};

constexpr std::string_view proxy_in_front =
    "a proxy in front of this server that speaks the PROXY protocol";

constexpr std::array safe_values = std::to_array<SafeValue>({
    {"allow_untrusted_routing", "no", ""},
    {"allow_percent_hack", "no", ""},
    {"swap_bangpath", "no", ""},
    {"mynetworks_style", "host", ""},
    {"smtpd_delay_reject", "yes", ""},
    {"smtpd_relay_before_recipient_restrictions", "yes", ""},
    {"smtpd_sasl_tls_security_options", "", ""},
    {"permit_mx_backup_networks", "", ""},
    {"smtpd_authorized_xclient_hosts", "", "a proxy in front of this server that uses XCLIENT"},
    {"smtpd_upstream_proxy_protocol", "", proxy_in_front},
    {"postscreen_upstream_proxy_protocol", "", proxy_in_front},
});

void propose_value(RemedyContext& context, const Service& service, const SafeValue& safe) {
  const auto value = context.config().effective(service, safe.name);
  if (value.setting->is_default() || equals_ignoring_case(value.text, safe.value) ||
      !context.is_new(*value.setting, "settings")) {
    return;
  }
  auto editor = context.editor(*value.setting);
  if (!editor) return;
  // Without a hint that it matters, it is tried late.
  const unsigned cost = context.is_cause_in(*value.setting) ? 2 : 4;
  const bool is_override = value.setting->provenance == Provenance::master_cf;
  const auto where = is_override ? " of " + service.id() + " in master.cf" : std::string();
  const std::string name(safe.name);
  if (!safe.value.empty()) {
    context.propose("set " + name + where + " = " + std::string(safe.value),
                    editor->set(safe.value), cost, std::string(safe.asks));
  } else if (auto edits = editor->remove_setting()) {
    context.propose("take " + name + " = " + value.setting->text + where + " away",
                    std::move(*edits), cost, std::string(safe.asks));
  }
}

// ANONYMOUS is a mechanism that takes anybody.
void propose_no_anonymous(RemedyContext& context, const Service& service) {
  for (const std::string_view name :
       {"smtpd_sasl_security_options", "smtpd_sasl_tls_security_options"}) {
    const auto value = context.config().effective(service, name);
    if (value.setting->is_default() || contains_ignoring_case(value.text, "noanonymous") ||
        !context.is_new(*value.setting, "anonymous")) {
      continue;
    }
    if (auto editor = context.editor(*value.setting)) {
      context.propose("add noanonymous to " + std::string(name), editor->append("noanonymous"), 1);
    }
  }
}

constexpr std::array<std::uint16_t, 3> public_ports{25, 465, 587};

bool is_public(std::uint16_t port) {
  return std::find(public_ports.begin(), public_ports.end(), port) != public_ports.end();
}

// A port of a filter that gives the mail back needs no clients outside.
void bind_to_loopback(RemedyContext& context, const Service& service) {
  const auto& endpoint = service.endpoint;
  if (!endpoint || !endpoint->number || is_public(*endpoint->number)) return;
  if (endpoint->address && endpoint->address->is_loopback()) return;
  const auto* bytes = context.texts().find(service.where.file);
  const auto at = context.texts().offset(service.where);
  if (bytes == nullptr || !at || bytes->compare(*at, service.name.size(), service.name) != 0) {
    return;
  }
  const auto name = "127.0.0.1:" + endpoint->port;
  context.propose("let " + service.id() + " listen at " + name + " only",
                  {{service.where.file, *at, service.name.size(), name}}, 3);
}

constexpr std::array<std::string_view, 3> programs{"smtpd", "postscreen", "qmqpd"};

}  // namespace

void propose_settings(RemedyContext& context) {
  for (const auto program : programs) {
    for (const auto* service : context.services(program)) {
      for (const auto& safe : safe_values) propose_value(context, *service, safe);
      propose_no_anonymous(context, *service);
    }
  }
}

void propose_services(RemedyContext& context) {
  for (const auto program : programs) {
    for (const auto* service : context.services(program)) {
      if (service->type == Service::Type::inet) bind_to_loopback(context, *service);
    }
  }
}

}  // namespace relayproof::postfix
