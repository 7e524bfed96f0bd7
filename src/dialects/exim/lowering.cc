#include "dialects/exim/lowering.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::exim {

Operand Operand::part(policy::Part wanted) const {
  if (!fixed) {
    Operand result = *this;
    result.subject.part = wanted;
    return result;
  }
  const auto at = fixed->rfind('@');
  if (wanted == policy::Part::whole) return *this;
  if (wanted == policy::Part::local) return text(fixed->substr(0, at));
  return text(at == std::string::npos ? "" : fixed->substr(at + 1));
}

Sign opposite(Sign sign) {
  switch (sign) {
    case Sign::refuse_if_true:
      return Sign::refuse_if_false;
    case Sign::refuse_if_false:
      return Sign::refuse_if_true;
    case Sign::permit_if_true:
      return Sign::permit_if_false;
    case Sign::permit_if_false:
      return Sign::permit_if_true;
    case Sign::either:
      break;
  }
  return Sign::either;
}

policy::OriginId Lowering::origin(const Line& line, std::string_view setting) {
  std::string provenance = line.where.file;
  const auto slash = provenance.rfind('/');
  if (slash != std::string::npos) provenance.erase(0, slash + 1);
  return builder.origin({line.where, line.text, std::string(setting), provenance});
}

// A screen's yes refuses. A list of what is not wanted can only refuse and is no defence; one of
// those who may, is.
policy::ConditionId Lowering::hidden(std::string name, std::string says, const Scope& scope,
                                     std::vector<policy::Subject> about,
                                     std::optional<bool> true_is_bad) {
  using Power = policy::Question::Power;
  const bool refuses_if_true =
      scope.sign == Sign::refuse_if_true ||
      (scope.sign == Sign::permit_if_false && true_is_bad == std::optional(true));
  const bool refuses_if_false =
      (scope.sign == Sign::refuse_if_false || scope.sign == Sign::permit_if_true) &&
      true_is_bad == std::optional(false);
  policy::Question question;
  question.name = std::move(name);
  question.says = std::move(says);
  question.origin = scope.origin;
  if (refuses_if_true || refuses_if_false) {
    question.power = Power::screen;
    question.name += refuses_if_true ? " (refuses)" : " (must hold)";
  } else if (scope.lists_domains) {
    question.power = Power::premise;
    question.name += " lists only domains of yours";
  }
  const bool is_premise = question.power == Power::premise;
  const auto asked = builder.unknown(builder.question(std::move(question)), std::move(about));
  auto& premises = builder.policy().premises;
  if (is_premise && std::find(premises.begin(), premises.end(), asked) == premises.end()) {
    premises.push_back(asked);
  }
  return refuses_if_false ? builder.negation(asked) : asked;
}

void Lowering::note(const Line& line, std::string says, bool decisive) {
  const auto same = [&](const Note& other) {
    return other.where.line == line.where.line && other.where.file == line.where.file &&
           other.says == says;
  };
  if (std::any_of(notes.begin(), notes.end(), same)) return;
  notes.push_back({line.where, line.text, std::move(says), decisive});
}

policy::ConditionId Lowering::is_null_sender() {
  return builder.is_one_of({"<>"}, {policy::Field::sender, policy::Part::whole, {}});
}

policy::ConditionId Lowering::or_if_empty(const policy::Subject& subject, bool of_empty,
                                          policy::ConditionId otherwise) {
  if (subject.field != policy::Field::sender) return otherwise;
  return builder.choice(is_null_sender(), builder.constant(of_empty), otherwise);
}

std::string Lowering::primary_hostname() const {
  const auto name = config.value("primary_hostname");
  if (!name.empty()) return std::string(name);
  return host.hostname.value_or("");
}

std::string Lowering::qualify_domain(bool of_recipient) const {
  if (of_recipient && !config.value("qualify_recipient").empty()) {
    return std::string(config.value("qualify_recipient"));
  }
  const auto domain = config.value("qualify_domain");
  return domain.empty() ? primary_hostname() : std::string(domain);
}

std::vector<mail::IpAddress> Lowering::own_addresses() const {
  std::vector<mail::IpAddress> own = {*mail::IpAddress::parse("127.0.0.1"),
                                      *mail::IpAddress::parse("::1")};
  for (const auto& interface : host.interfaces) own.push_back(interface.address);
  for (const auto& item : items_of(config.value("local_interfaces"))) {
    const auto address = mail::IpAddress::parse(item);
    if (address && !address->is_unspecified()) own.push_back(*address);
  }
  return own;
}

}  // namespace relayproof::exim
