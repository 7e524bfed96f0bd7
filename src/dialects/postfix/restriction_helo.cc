// Restrictions about the name that a client gives in HELO: whatever it likes.
#include "dialects/postfix/restriction_lists.h"
#include "dialects/postfix/restriction_tables.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

policy::Subject helo() { return PolicyBuilder::rewritten(policy::Field::helo); }

policy::ConditionId known(RestrictionWriter& writer) {
  return helo_is_known(writer.builder(), writer.scope());
}

policy::ConditionId bad_literal(RestrictionWriter& writer) {
  auto& builder = writer.builder();
  return builder.all(
      {is_bracketed(builder, helo()), builder.negation(is_literal(builder, helo()))});
}

void refuse_bad_literal(RestrictionWriter& writer) {
  writer.refuse(writer.builder().all({known(writer), bad_literal(writer)}),
                writer.service().answer_of("invalid_hostname_reject_code", 501, "5.5.2"));
}

void lower_invalid(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto valid = builder.any(
      {is_bracketed(builder, helo()), is_hostname(builder, helo()), is_address(builder, helo())});
  refuse_bad_literal(writer);
  writer.refuse(builder.all({known(writer), builder.negation(valid)}),
                writer.service().answer_of("invalid_hostname_reject_code", 501, "5.5.2"));
}

void lower_non_fqdn(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto good =
      builder.any({is_bracketed(builder, helo()), is_qualified_hostname(builder, helo())});
  refuse_bad_literal(writer);
  writer.refuse(builder.all({known(writer), builder.negation(good)}),
                writer.service().answer_of("non_fqdn_reject_code", 504, "5.5.2"));
}

void lower_unknown(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  refuse_bad_literal(writer);
  const auto name = builder.all({known(writer), builder.negation(is_bracketed(builder, helo()))});
  writer.screen(name, {helo()},
                writer.service().answer_of("unknown_hostname_reject_code", 450, "4.7.1"));
}

void lower_rhsbl(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {helo()},
                writer.service().answer_of("maps_rbl_reject_code", 554, "5.7.1"));
}

// Before 3.9: an address in digits is let in, other digits and dots are refused; so are addresses of
// IPv6, which a mail name has `IPv6:` in front of.
void lower_naked_address(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  const auto digits = builder.all({known(writer), is_digits_and_dots(builder, helo())});
  writer.permit(builder.all({digits, is_ipv4_address(builder, helo())}));
  writer.refuse(digits, writer.service().answer_of("invalid_hostname_reject_code", 501, "5.5.2"));
}

void lower_access(RestrictionWriter& writer, const Restriction& item) {
  if (!item.table) return;
  TableQuestion question;
  question.table = &*item.table;
  question.search = Search::host;
  question.subject = helo();
  question.when = known(writer);
  question.ok_counts = writer.builder().constant(true);
  ask_table(writer, question);
}

void lower_servers(RestrictionWriter& writer, const Restriction&) {
  writer.screen(known(writer), {helo()},
                writer.service().answer_of("access_map_reject_code", 554, "5.7.1"));
}

constexpr RestrictionFamily table[] = {
    {Is::permit_naked_ip_address, lower_naked_address},
    {Is::reject_rhsbl_helo, lower_rhsbl},
    {Is::reject_invalid_helo_hostname, lower_invalid},
    {Is::reject_unknown_helo_hostname, lower_unknown},
    {Is::reject_non_fqdn_helo_hostname, lower_non_fqdn},
    {Is::check_helo_access, lower_access},
    {Is::check_helo_a_access, lower_servers},
    {Is::check_helo_mx_access, lower_servers},
    {Is::check_helo_ns_access, lower_servers},
};

}  // namespace

std::span<const RestrictionFamily> helo_restrictions() { return table; }

}  // namespace relayproof::postfix
