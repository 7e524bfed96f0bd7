// Findings about logins and encryption: who can prove who he is, and whether others can listen.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/findings_context.h"

namespace relayproof::postfix {
namespace {

bool offers_login(const Smtpd& smtpd) { return smtpd.values.is_on("smtpd_sasl_auth_enable"); }

SourceRange place_of(const Smtpd& smtpd, std::string_view parameter) {
  return smtpd.values.value(parameter).locate(0);
}

template <typename Test>
bool any_outside(const FindingContext& context, Test test) {
  return std::any_of(context.smtpds().begin(), context.smtpds().end(),
                     [&](const Smtpd& smtpd) { return !smtpd.loopback_only && test(smtpd); });
}

void find_no_login(FindingContext& context) {
  const auto any = [](const Smtpd&) { return true; };
  if (!any_outside(context, any) || any_outside(context, offers_login)) return;
  context.add("RP3001", Severity::low, {context.config().main_cf(), 0, 0},
              "no service offers a login (smtpd_sasl_auth_enable): users outside mynetworks cannot "
              "send through this server",
              "nothing, if they need not; else a submission service with SASL (SASL_README)");
}

bool permits_logins(FindingContext& context, const Smtpd& smtpd) {
  constexpr std::array proofs{Is::permit_sasl_authenticated, Is::check_sasl_access};
  for (const auto kind : {ListKind::relay, ListKind::recipient}) {
    for (const auto& met : context.items(smtpd, kind)) {
      if (met.item.word == nullptr || met.item.warn_only) continue;
      if (std::find(proofs.begin(), proofs.end(), met.item.word->is) != proofs.end()) return true;
    }
  }
  return false;
}

void find_useless_login(FindingContext& context) {
  if (!any_outside(context, offers_login)) return;
  const auto useful = [&](const Smtpd& smtpd) {
    return offers_login(smtpd) && permits_logins(context, smtpd);
  };
  if (any_outside(context, useful)) return;
  for (const auto& smtpd : context.smtpds()) {
    if (smtpd.loopback_only || !offers_login(smtpd)) continue;
    context.add("RP3002", Severity::low, place_of(smtpd, "smtpd_sasl_auth_enable"),
                "users can log in, but no restriction permits them: they may send no more than "
                "strangers",
                "put permit_sasl_authenticated in front of the gate of smtpd_relay_restrictions");
  }
}

bool has_option(const Smtpd& smtpd, std::string_view parameter, std::string_view option) {
  const auto value = smtpd.values.value(parameter);
  for (const auto& word : list_words(value.text, Version{2, 10})) {
    if (equals_ignoring_case(word.text, option)) return true;
  }
  return false;
}

void find_clear_passwords(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    if (smtpd.loopback_only || !offers_login(smtpd)) continue;
    if (smtpd.values.is_on("smtpd_tls_auth_only") || smtpd.values.demands_tls()) continue;
    if (has_option(smtpd, "smtpd_sasl_security_options", "noplaintext")) continue;
    context.add("RP3003", Severity::medium, place_of(smtpd, "smtpd_sasl_auth_enable"),
                smtpd.values.offers_tls()
                    ? "users can log in without TLS: passwords may cross the network in the clear"
                    : "users log in and there is no TLS: passwords cross the network in the clear",
                "set smtpd_tls_auth_only = yes, with a certificate and smtpd_tls_security_level = "
                "may");
  }
}

void find_no_tls(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    if (smtpd.loopback_only || smtpd.values.offers_tls()) continue;
    const auto level = smtpd.values.value("smtpd_tls_security_level");
    const bool is_wanted = !level.text.empty() && !equals_ignoring_case(level.text, "none");
    context.add("RP3004", Severity::low, context.place(level),
                is_wanted
                    ? fmt::format("smtpd_tls_security_level = {} offers no TLS, as there is no "
                                  "certificate",
                                  level.text)
                    : "no TLS is offered: mail can be read on its way in",
                "set smtpd_tls_security_level = may and smtpd_tls_chain_files");
  }
}

void find_anonymous(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    if (smtpd.loopback_only || !offers_login(smtpd)) continue;
    for (const auto* name : {"smtpd_sasl_security_options", "smtpd_sasl_tls_security_options"}) {
      const bool needs_tls = std::string_view(name) == "smtpd_sasl_tls_security_options";
      if ((needs_tls && !smtpd.values.offers_tls()) || has_option(smtpd, name, "noanonymous")) {
        continue;
      }
      const auto value = smtpd.values.value(name);
      if (needs_tls && value.setting->is_default()) continue;  // it is the other one
      context.add("RP3005", Severity::high, context.place(value),
                  fmt::format("{} lacks noanonymous: with the mechanism ANONYMOUS everybody is an "
                              "authenticated user",
                              value.setting->name),
                  "add noanonymous");
    }
  }
}

constexpr Detection detections[] = {
    find_no_login, find_useless_login, find_clear_passwords, find_no_tls, find_anonymous,
};

}  // namespace

std::span<const Detection> login_detections() { return detections; }

}  // namespace relayproof::postfix
