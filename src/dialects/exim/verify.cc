#include "dialects/exim/verify.h"

#include "base/text.h"
#include "dialects/exim/routers.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

ConditionId unseen(Lowering& to, std::string_view text, const Scope& scope,
                   std::vector<policy::Subject> about) {
  return to.hidden("verify = " + std::string(text), "its answer is not in the configuration", scope,
                   std::move(about), false);
}

bool calls_out(std::string_view options) {
  return contains_ignoring_case(options, "callout") ||
         contains_ignoring_case(options, "check_postmaster") ||
         contains_ignoring_case(options, "quota");
}

ConditionId with_callout(Lowering& to, std::string_view text, ConditionId verified,
                         const policy::Subject& about, const Scope& scope) {
  if (!calls_out(text)) return verified;
  return to.builder.all({verified, unseen(to, text, scope, {about})});
}

ConditionId sender(Lowering& to, std::string_view text, const Scope& scope) {
  if (text.find('=') < text.find('/')) return unseen(to, text, scope, {});
  const policy::Subject address{Field::sender, Part::whole, {}};
  Scope inner = scope;
  inner.sender_is_empty = true;
  const auto routed = is_routable(to, Operand::of(address), false, inner);
  const auto verified = with_callout(to, text, routed, address, scope);
  return to.builder.any({to.is_null_sender(), verified});
}

ConditionId recipient(Lowering& to, std::string_view text, const Scope& scope) {
  if (!scope.address) return to.builder.constant(false);
  const auto routed = is_routable(to, *scope.address, true, scope);
  return with_callout(to, text, routed, scope.address->subject, scope);
}

// The HELO name is the client's own name, or its address, or leads to it.
ConditionId helo(Lowering& to, std::string_view text, const Scope& scope) {
  const policy::Subject name{Field::helo, Part::whole, {}};
  const auto same = to.builder.condition(policy::Same{name, {Field::client_name, Part::whole, {}}});
  const auto given = to.builder.condition(policy::Present{Field::helo});
  return to.builder.all({given, to.builder.any({same, unseen(to, text, scope, {name})})});
}

}  // namespace

ConditionId verify_defers(Lowering& to, const Item& item, const Scope& scope) {
  const auto word = std::string_view(item.value).substr(0, item.value.find_first_of("/= "));
  if (equals_ignoring_case(word, "recipient") && scope.address) {
    return verification_defers(to, *scope.address, true, scope);
  }
  if (!equals_ignoring_case(word, "sender")) return to.builder.constant(false);
  const auto address = Operand::of({Field::sender, Part::whole, {}});
  Scope inner = scope;
  inner.sender_is_empty = true;
  return to.builder.all(
      {to.builder.negation(to.is_null_sender()), verification_defers(to, address, false, inner)});
}

ConditionId lower_verify(Lowering& to, std::string_view text, const Scope& scope) {
  auto& builder = to.builder;
  const auto word = text.substr(0, text.find_first_of("/= "));
  if (equals_ignoring_case(word, "sender")) return sender(to, text, scope);
  if (equals_ignoring_case(word, "recipient")) return recipient(to, text, scope);
  if (equals_ignoring_case(word, "helo")) return helo(to, text, scope);
  if (equals_ignoring_case(word, "reverse_host_lookup")) {
    return builder.condition(policy::Present{Field::client_name});
  }
  if (equals_ignoring_case(word, "certificate")) {
    return builder.all(
        {builder.is_set(policy::Flag::tls), builder.is_set(policy::Flag::certificate_trusted)});
  }
  return unseen(to, text, scope, {});
}

}  // namespace relayproof::exim
