#include "dialects/postfix/restriction_scope.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postfix/access_results.h"
#include "dialects/postfix/restriction_texts.h"

namespace relayproof::postfix {
namespace {

std::vector<std::string> class_names(const ServiceLowering& service) {
  std::vector<std::string> names;
  const auto value = service.value("smtpd_restriction_classes");
  for (const auto& word : list_words(value.text, Version{2, 10})) names.emplace_back(word.text);
  return names;
}

}  // namespace

ServiceLowering::ServiceLowering(SharedLowering& shared_lowering, const Service& of, Load at)
    : shared(shared_lowering), service(of), load(at) {
  for (const auto& name : class_names(*this)) {
    auto text = value(name);
    auto list = parse_restrictions(text.text, std::nullopt, version());
    classes_.emplace(name, Class{std::move(text), std::move(list)});
  }
}

Value ServiceLowering::value(std::string_view name) const {
  return load == Load::stress ? shared.config.effective_under_stress(service, name)
                              : shared.config.effective(service, name);
}

bool ServiceLowering::is_on(std::string_view name) const {
  return to_bool(value(name).text).value_or(false);
}

long ServiceLowering::number(std::string_view name, long otherwise) const {
  return to_integer(value(name).text).value_or(otherwise);
}

policy::Answer ServiceLowering::answer(long code, std::string_view enhanced) const {
  if (code < 400 || code > 599) return {450, "4.7.1"};
  policy::Answer answer{static_cast<int>(code), std::string(enhanced)};
  if (!answer.enhanced.empty()) answer.enhanced[0] = answer.code >= 500 ? '5' : '4';
  return answer;
}

policy::Answer ServiceLowering::answer_of(std::string_view parameter, long otherwise,
                                          std::string_view enhanced) const {
  return answer(number(parameter, otherwise), enhanced);
}

const ServiceLowering::Class* ServiceLowering::find_class(std::string_view name) const {
  const auto found = classes_.find(name);
  return found == classes_.end() ? nullptr : &found->second;
}

bool ServiceLowering::demands_tls() const {
  if (is_on("smtpd_tls_wrappermode")) return true;
  const auto level = to_lower(value("smtpd_tls_security_level").text);
  if (level.empty()) return is_on("smtpd_enforce_tls");
  return level != "may" && level != "none";
}

bool ServiceLowering::offers_tls() const {
  const auto level = to_lower(value("smtpd_tls_security_level").text);
  const bool wanted = demands_tls() || (level.empty() ? is_on("smtpd_use_tls") : level == "may");
  if (!wanted) return false;
  // Without a certificate smtpd offers no TLS, except where `none` says that it needs none.
  for (const auto* name : {"smtpd_tls_cert_file", "smtpd_tls_eccert_file", "smtpd_tls_dcert_file",
                           "smtpd_tls_chain_files"}) {
    if (!value(name).text.empty()) return true;
  }
  return false;
}

bool ServiceLowering::asks_for_certificate() const {
  if (!offers_tls()) return false;
  return is_on("smtpd_tls_ask_ccert") || (demands_tls() && is_on("smtpd_tls_req_ccert"));
}

bool ServiceLowering::looks_up_unlisted() const {
  const auto options = value("receive_override_options");
  const auto words = list_words(options.text, version());
  return std::ranges::none_of(words, [](const auto& word) {
    return equals_ignoring_case(word.text, "no_unknown_recipient_checks");
  });
}

policy::ConditionId recipient_is_known(PolicyBuilder& builder, const Scope& scope) {
  switch (scope.moment) {
    case policy::Moment::connect:
    case policy::Moment::helo:
    case policy::Moment::mail:
      return builder.constant(false);
    case policy::Moment::rcpt:
      return builder.constant(true);
    case policy::Moment::data:
    case policy::Moment::end_of_data:
      return builder.negation(builder.is_set(policy::Flag::several_recipients));
  }
  return builder.constant(false);
}

policy::ConditionId helo_is_known(PolicyBuilder& builder, const Scope& scope) {
  if (!scope.knows_helo()) return builder.constant(false);
  return builder.condition(policy::Present{policy::Field::helo});
}

policy::ConditionId sender_is_null(PolicyBuilder& builder, const Scope& scope) {
  if (!scope.knows_sender()) return builder.constant(false);
  return builder.negation(sender_is_an_address(builder, scope));
}

policy::ConditionId sender_is_an_address(PolicyBuilder& builder, const Scope& scope) {
  if (!scope.knows_sender()) return builder.constant(false);
  return is_not_empty(builder, PolicyBuilder::rewritten(policy::Field::sender));
}

}  // namespace relayproof::postfix
