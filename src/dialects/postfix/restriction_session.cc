// Restrictions about the session as a whole: permit, reject, deferrals, TLS, policy services.
#include "dialects/postfix/restriction_lists.h"

namespace relayproof::postfix {
namespace {

policy::ConditionId always(RestrictionWriter& writer) { return writer.builder().constant(true); }

void lower_permit(RestrictionWriter& writer, const Restriction&) { writer.permit(always(writer)); }

void lower_reject(RestrictionWriter& writer, const Restriction&) {
  writer.refuse(always(writer), writer.service().answer_of("reject_code", 554, "5.7.1"));
}

void lower_defer(RestrictionWriter& writer, const Restriction&) {
  writer.refuse(always(writer), writer.service().answer_of("defer_code", 450, "4.3.2"));
}

void lower_defer_if_permit(RestrictionWriter& writer, const Restriction&) {
  writer.defer_if_permit(always(writer), writer.service().answer(450, "4.7.0"));
}

void lower_defer_if_reject(RestrictionWriter& writer, const Restriction&) {
  writer.defer_if_reject(always(writer), writer.service().answer(450, "4.7.0"));
}

// sleep; reject_unauth_pipelining, which a client that waits for its replies never meets; and
// warn_if_reject with nothing behind it.
void lower_to_nothing(RestrictionWriter& writer, const Restriction&) {
  writer.pass(writer.builder().constant(false));
}

void lower_plaintext(RestrictionWriter& writer, const Restriction&) {
  auto& builder = writer.builder();
  writer.refuse(builder.negation(builder.is_set(policy::Flag::tls)),
                writer.service().answer_of("plaintext_reject_code", 450, "4.7.1"));
}

void lower_policy_service(RestrictionWriter& writer, const Restriction& item) {
  const auto endpoint = item.policy ? item.policy->endpoint : item.argument;
  writer.ask(always(writer), "check_policy_service " + endpoint,
             "its answer is not in the configuration", writer.everything_known());
}

constexpr RestrictionFamily table[] = {
    {Is::permit, lower_permit},
    {Is::reject, lower_reject},
    {Is::defer, lower_defer},
    {Is::warn_if_reject, lower_to_nothing},
    {Is::defer_if_permit, lower_defer_if_permit},
    {Is::defer_if_reject, lower_defer_if_reject},
    {Is::sleep, lower_to_nothing},
    {Is::reject_unauth_pipelining, lower_to_nothing},
    {Is::reject_plaintext_session, lower_plaintext},
    {Is::check_policy_service, lower_policy_service},
};

}  // namespace

std::span<const RestrictionFamily> session_restrictions() { return table; }

}  // namespace relayproof::postfix
