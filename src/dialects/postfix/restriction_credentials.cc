#include "dialects/postfix/restriction_credentials.h"

#include "base/text.h"
#include "dialects/postfix/restriction_lists.h"
#include "dialects/postfix/restriction_tables.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

using policy::Flag;

bool has_word(std::string_view list, std::string_view wanted, const Version& version) {
  for (const auto& word : list_words(list, version)) {
    if (equals_ignoring_case(word.text, wanted)) return true;
  }
  return false;
}

void lower_permit_sasl(RestrictionWriter& writer, const Restriction&) {
  writer.permit(logged_in(writer.service()));
}

// What relay_clientcerts makes of a certificate: rows that can be read are fingerprints of the
// owner's choice; `static:` and patterns may take anybody's.
void permit_listed(RestrictionWriter& writer) {
  auto& service = writer.service();
  auto& builder = writer.builder();
  const auto shown = builder.is_set(Flag::certificate);
  const auto value = service.value("relay_clientcerts");
  for (const auto& name : table_names(value.text, service.version())) {
    const auto opened = service.shared.shelf.open(name);
    if (opened->standing == Standing::missing || opened->standing == Standing::failing ||
        opened->index == Index::absent) {
      writer.lookup_error(shown, name.text);
    } else if (name.table_class == TableClass::value) {
      writer.permit(shown, name.text + " takes every certificate");
    } else {
      writer.permit(builder.is_set(Flag::certificate_listed), name.text);
    }
    if (name.table_class == TableClass::pcre || name.table_class == TableClass::regexp) {
      policy::Question question;
      question.name = name.text + " takes a stranger's certificate";
      question.origin = writer.origin();
      question.says = "its patterns may fit the fingerprint of a certificate that anybody can make";
      const auto fits = builder.unknown(builder.question(std::move(question)), {});
      writer.permit(builder.all({shown, fits}), name.text);
    }
  }
}

void lower_clientcerts(RestrictionWriter& writer, const Restriction&) {
  if (!writer.service().asks_for_certificate()) {
    return writer.pass(writer.builder().constant(false), "no certificate is asked for");
  }
  permit_listed(writer);
}

void lower_all_clientcerts(RestrictionWriter& writer, const Restriction& item) {
  if (writer.service().asks_for_certificate()) {
    writer.permit(writer.builder().is_set(Flag::certificate_trusted));
  }
  lower_clientcerts(writer, item);
}

// A row for one fingerprint cannot be told from a row for another: only whether it is listed.
void lower_ccert_access(RestrictionWriter& writer, const Restriction& item) {
  if (!item.table || !writer.service().asks_for_certificate()) {
    return writer.pass(writer.builder().constant(false), "no certificate is asked for");
  }
  auto& builder = writer.builder();
  const bool everybody = item.table->table_class == TableClass::value;
  const auto when = builder.is_set(everybody ? Flag::certificate : Flag::certificate_listed);
  MetActions met(writer);
  const auto search =
      lower_search(builder, writer.service().shared.shelf, {*item.table}, Search::whole,
                   PolicyBuilder::rewritten(policy::Field::user), met.result_of());
  writer.table_error(builder.all({builder.is_set(Flag::certificate), search.fails}));
  const bool one_result = met.results().size() == 1 && search.hidden.empty();
  if (one_result) {
    apply_action(writer, met.action(met.results().front()), when);
  } else if (!met.results().empty() || !search.hidden.empty()) {
    writer.ask(when, writer.says(), "hangs on which certificate it is", {});
  }
  if (item.table->keys == TableKeys::pattern && !everybody) {
    writer.ask(builder.is_set(Flag::certificate), writer.says() + " for a stranger's certificate",
               "its patterns may fit any fingerprint", {});
  }
}

void lower_sasl_access(RestrictionWriter& writer, const Restriction& item) {
  auto& service = writer.service();
  auto& builder = writer.builder();
  if (!item.table || !service.is_on("smtpd_sasl_auth_enable")) {
    return writer.pass(builder.constant(false), "AUTH is not offered");
  }
  TableQuestion question;
  question.table = &*item.table;
  question.search = Search::whole;
  question.subject = PolicyBuilder::rewritten(policy::Field::user);
  question.when = logged_in(service);
  question.ok_counts = builder.constant(true);
  if (may_offer_anonymous(service)) {
    // Unlike permit_sasl_authenticated, this one takes the user of ANONYMOUS for one.
    policy::Question anonymous;
    anonymous.name = "AUTH ANONYMOUS is offered";
    anonymous.origin = writer.origin();
    anonymous.says = "smtpd_sasl_security_options lacks noanonymous; the SASL server decides";
    question.instead = "anonymous";
    question.asks_instead =
        builder.all({builder.negation(builder.is_set(Flag::authenticated)),
                     builder.unknown(builder.question(std::move(anonymous)), {})});
  }
  ask_table(writer, question);
}

constexpr RestrictionFamily table[] = {
    {Is::permit_sasl_authenticated, lower_permit_sasl},
    {Is::permit_tls_clientcerts, lower_clientcerts},
    {Is::permit_tls_all_clientcerts, lower_all_clientcerts},
    {Is::check_ccert_access, lower_ccert_access},
    {Is::check_sasl_access, lower_sasl_access},
};

}  // namespace

policy::ConditionId logged_in(const ServiceLowering& service) {
  auto& builder = service.builder();
  if (!service.is_on("smtpd_sasl_auth_enable")) return builder.constant(false);
  const auto authenticated = builder.is_set(Flag::authenticated);
  const bool only_with_tls = service.is_on("smtpd_tls_auth_only") || service.demands_tls();
  if (!only_with_tls) return authenticated;
  return builder.all({authenticated, builder.any({builder.is_set(Flag::tls),
                                                  builder.is_set(Flag::speaks_for_others)})});
}

bool may_offer_anonymous(const ServiceLowering& service) {
  if (!service.is_on("smtpd_sasl_auth_enable")) return false;
  const auto allows = [&](std::string_view parameter) {
    return !has_word(service.value(parameter).text, "noanonymous", service.version());
  };
  return allows("smtpd_sasl_security_options") ||
         (service.offers_tls() && allows("smtpd_sasl_tls_security_options"));
}

std::span<const RestrictionFamily> credential_restrictions() { return table; }

}  // namespace relayproof::postfix
