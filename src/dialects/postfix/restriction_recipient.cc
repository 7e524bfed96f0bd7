// Restrictions about the recipient: here stands the gate that keeps a server closed.
#include "dialects/postfix/domain_lists.h"
#include "dialects/postfix/restriction_lists.h"
#include "dialects/postfix/restriction_tables.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

using policy::Field;

// A domain of the stranger's own whose MX records name this server as a backup. He can have one:
// the stand-in is never anybody else's.
constexpr std::string_view backed_up_domain = "stranger-who-names-us-as-backup-mx.example";

policy::Subject raw(policy::Part part = policy::Part::whole) {
  return PolicyBuilder::rewritten(Field::recipient, part);
}

const AddressClasses& classes(RestrictionWriter& writer) {
  return writer.service().shared.recipient;
}

policy::ConditionId known(RestrictionWriter& writer) {
  return recipient_is_known(writer.builder(), writer.scope());
}

policy::ConditionId when_known(RestrictionWriter& writer, policy::ConditionId condition) {
  return writer.builder().all({known(writer), condition});
}

void fail_if_unresolvable(RestrictionWriter& writer) {
  writer.lookup_error(when_known(writer, classes(writer).fails), "a domain list cannot be read");
}

// OK for a recipient with a routing operator is only a DUNNO, unless allow_untrusted_routing.
policy::ConditionId ok_counts(RestrictionWriter& writer) {
  auto& builder = writer.builder();
  if (writer.service().is_on("allow_untrusted_routing")) return builder.constant(true);
  return builder.negation(classes(writer).is_routed);
}

void refuse_unauthorised(RestrictionWriter& writer, policy::Answer answer) {
  fail_if_unresolvable(writer);
  writer.refuse(when_known(writer, writer.builder().negation(classes(writer).is_authorised)),
                std::move(answer));
}

void lower_reject_unauth(RestrictionWriter& writer, const Restriction&) {
  auto& service = writer.service();
  refuse_unauthorised(writer, service.answer_of("relay_domains_reject_code", 554, "5.7.1"));
}

void lower_defer_unauth(RestrictionWriter& writer, const Restriction&) {
  auto& service = writer.service();
  const auto code = service.number("relay_domains_reject_code", 554) - 100;
  refuse_unauthorised(writer, service.answer(code, "4.7.1"));
}

void lower_permit_auth(RestrictionWriter& writer, const Restriction&) {
  fail_if_unresolvable(writer);
  writer.permit(when_known(writer, classes(writer).is_authorised));
}

// Before 3.9: clients whose name is in relay_domains may relay, then as reject_unauth_destination.
void lower_check_relay_domains(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  auto& service = writer.service();
  const auto name = PolicyBuilder::rewritten(Field::client_name);
  const auto listed = lower_domains(builder, service.shared.shelf, "relay_domains", name);
  const auto named = builder.condition(policy::Present{Field::client_name});
  writer.permit(builder.all({known(writer), named, listed.matches}));
  fail_if_unresolvable(writer);
  writer.permit(when_known(writer, classes(writer).is_authorised));
  writer.refuse(known(writer), service.answer_of("relay_domains_reject_code", 554, "5.7.1"));
}

// A stranger owns a domain and its DNS: he names a host of his as primary and this server as
// backup. permit_mx_backup_networks asks where the primary's name points, which is his to say, too.
void lower_permit_mx_backup(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto& recipient = classes(writer);
  fail_if_unresolvable(writer);
  writer.permit(when_known(writer, recipient.is_authorised));
  policy::Question question;
  question.name = "MX records name this server as backup for the recipient's domain";
  question.origin = writer.origin();
  question.says = "hangs on the DNS of that domain";
  const auto backed =
      builder.any({text_is(builder, recipient.domain, {std::string(backed_up_domain)}),
                   builder.unknown(builder.question(std::move(question)), {recipient.domain})});
  const auto asked = builder.all({ok_counts(writer), builder.negation(recipient.is_malformed),
                                  builder.negation(is_bracketed(builder, recipient.domain))});
  writer.permit(when_known(writer, builder.all({asked, backed})),
                "the domain's owner names this server as backup");
}

void lower_access(RestrictionWriter& writer, const Restriction& item) {
  if (!item.table) return;
  fail_if_unresolvable(writer);
  TableQuestion question;
  question.table = &*item.table;
  question.search = Search::access_address;
  question.subject = classes(writer).address;
  question.when = known(writer);
  question.ok_counts = ok_counts(writer);
  ask_table(writer, question);
}

void lower_unknown_domain(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto& recipient = classes(writer);
  fail_if_unresolvable(writer);
  const auto asked = builder.all({builder.negation(recipient.is_final),
                                  builder.negation(is_bracketed(builder, recipient.domain))});
  writer.screen(when_known(writer, asked), {recipient.domain},
                writer.service().answer_of("unknown_address_reject_code", 450, "4.1.2"));
}

void lower_unverified(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {raw()},
                writer.service().answer_of("unverified_recipient_reject_code", 450, "4.1.1"));
}

void lower_non_fqdn(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto domain = raw(policy::Part::domain);
  const auto good =
      builder.any({is_in_brackets(builder, domain), is_qualified_hostname(builder, domain)});
  const auto bad =
      builder.any({builder.negation(good), builder.is_set(policy::Flag::recipient_unqualified)});
  writer.refuse(when_known(writer, bad),
                writer.service().answer_of("non_fqdn_reject_code", 504, "5.5.2"));
}

void lower_unlisted(RestrictionWriter& writer, const Restriction&) {
  auto& service = writer.service();
  if (!service.looks_up_unlisted()) {
    return writer.pass(writer.builder().constant(false), "no_unknown_recipient_checks");
  }
  const auto list = lower_reject_unlisted(service.builder(), service.shared.shelf, Field::recipient,
                                          &service.service);
  writer.put(known(writer), policy::Run{list, true, !writer.scope().warn});
}

// A bounce has one recipient.
void lower_multi_recipient_bounce(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  if (writer.scope().moment < policy::Moment::rcpt) return writer.pass(builder.constant(false));
  const auto several = builder.is_set(policy::Flag::several_recipients);
  writer.refuse(builder.all({sender_is_null(builder, writer.scope()), several}),
                writer.service().answer_of("multi_recipient_bounce_reject_code", 550, "5.5.3"));
}

void lower_rhsbl(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {raw(policy::Part::domain)},
                writer.service().answer_of("maps_rbl_reject_code", 554, "5.7.1"));
}

// Whoever owns the domain chooses its servers, and an OK is an error.
void lower_servers(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {raw(policy::Part::domain)},
                writer.service().answer_of("access_map_reject_code", 554, "5.7.1"));
}

// ETRN is another command: no recipient of a message meets it.
void lower_etrn(RestrictionWriter& writer, const Restriction&) {
  writer.pass(writer.builder().constant(false));
}

constexpr RestrictionFamily table[] = {
    {Is::permit_auth_destination, lower_permit_auth},
    {Is::permit_mx_backup, lower_permit_mx_backup},
    {Is::reject_unauth_destination, lower_reject_unauth},
    {Is::defer_unauth_destination, lower_defer_unauth},
    {Is::check_relay_domains, lower_check_relay_domains},
    {Is::reject_rhsbl_recipient, lower_rhsbl},
    {Is::reject_unknown_recipient_domain, lower_unknown_domain},
    {Is::reject_unverified_recipient, lower_unverified},
    {Is::reject_non_fqdn_recipient, lower_non_fqdn},
    {Is::reject_unlisted_recipient, lower_unlisted},
    {Is::reject_multi_recipient_bounce, lower_multi_recipient_bounce},
    {Is::check_recipient_access, lower_access},
    {Is::check_recipient_a_access, lower_servers},
    {Is::check_recipient_mx_access, lower_servers},
    {Is::check_recipient_ns_access, lower_servers},
    {Is::check_etrn_access, lower_etrn},
};

}  // namespace

std::span<const RestrictionFamily> recipient_restrictions() { return table; }

}  // namespace relayproof::postfix
