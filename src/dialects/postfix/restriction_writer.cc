#include "dialects/postfix/restriction_writer.h"

#include <utility>

#include "dialects/postfix/access_results.h"

namespace relayproof::postfix {

RestrictionWriter::RestrictionWriter(ServiceLowering& service, Scope scope, std::string name)
    : service_(service), scope_(scope), list_scope_(scope) {
  list_.name = std::move(name);
}

void RestrictionWriter::begin(policy::OriginId origin, std::string says, bool warn) {
  origin_ = origin;
  says_ = std::move(says);
  scope_ = list_scope_;
  scope_.warn = scope_.warn || warn;
}

void RestrictionWriter::put(policy::ConditionId when, policy::Effect effect,
                            std::string_view detail) {
  policy::Rule rule;
  rule.when = when;
  rule.effect = std::move(effect);
  rule.origin = origin_;
  rule.says = says_;
  if (!detail.empty()) rule.says += ": " + std::string(detail);
  list_.rules.push_back(std::move(rule));
}

void RestrictionWriter::pass(policy::ConditionId when, std::string_view detail) {
  put(when, policy::Nothing{}, detail);
}

void RestrictionWriter::permit(policy::ConditionId when, std::string_view detail) {
  if (scope_.ok_is_error) {
    server_error(when, detail);
  } else {
    put(when, policy::Permit{}, detail);
  }
}

void RestrictionWriter::refuse(policy::ConditionId when, policy::Answer answer,
                               std::string_view detail) {
  if (scope_.warn) {
    pass(when, detail);
  } else {
    put(when, policy::Refuse{std::move(answer)}, detail);
  }
}

void RestrictionWriter::server_error(policy::ConditionId when, std::string_view detail) {
  put(when, policy::Refuse{{451, "4.3.5"}}, detail);
}

void RestrictionWriter::lookup_error(policy::ConditionId when, std::string_view detail) {
  if (builder().constant_value(when) == std::optional(false)) return;
  // Before 3.2 a failed lookup behind warn_if_reject jumped out of the list as if it had said OK.
  if (scope_.warn && service_.version() < Version{3, 2}) {
    put(when, policy::Permit{}, detail);
  } else {
    put(when, policy::Refuse{temporary_lookup_failure()}, detail);
  }
}

void RestrictionWriter::table_error(policy::ConditionId when) {
  if (builder().constant_value(when) == std::optional(false)) return;
  refuse(when, service_.answer(451, "4.3.5"), "the table cannot be read");
}

std::uint32_t RestrictionWriter::deferral(std::string_view kind, const policy::Answer& answer,
                                          std::vector<ServiceLowering::Deferral>& known) {
  for (const auto& one : known) {
    if (one.evaluation == scope_.evaluation && one.answer == answer) return one.mark;
  }
  const auto name = std::string(kind) + " " + std::to_string(answer.code) + " " + answer.enhanced +
                    " (" + std::string(scope_.evaluation) + ")";
  known.push_back({builder().mark(name, scope_.deferral_life), std::string(scope_.evaluation),
                   answer, origin_});
  return known.back().mark;
}

void RestrictionWriter::defer_if_permit(policy::ConditionId when, policy::Answer answer) {
  if (scope_.warn) {
    pass(when, "DEFER_IF_PERMIT");
    return;
  }
  const auto mark = deferral("defer_if_permit", answer, service_.if_permit);
  put(when, policy::SetMark{mark}, "DEFER_IF_PERMIT");
}

void RestrictionWriter::defer_if_reject(policy::ConditionId when, policy::Answer answer) {
  const auto mark = deferral("defer_if_reject", answer, service_.if_reject);
  put(when, policy::SetMark{mark}, "DEFER_IF_REJECT");
}

void RestrictionWriter::end_if_deferred_both_ways() {
  const auto left_by = [&](const std::vector<ServiceLowering::Deferral>& known) {
    std::vector<policy::ConditionId> marks;
    for (const auto& one : known) {
      if (one.evaluation == scope_.evaluation) marks.push_back(builder().has_mark(one.mark));
    }
    return builder().any(std::move(marks));
  };
  const auto both = builder().all({left_by(service_.if_permit), left_by(service_.if_reject)});
  if (builder().constant_value(both) == std::optional(false)) return;
  put(both, policy::Permit{}, "whatever follows, it is deferred");
}

void RestrictionWriter::screen(policy::ConditionId when, std::vector<policy::Subject> about,
                               policy::Answer answer) {
  policy::Question question;
  question.name = says_;
  question.origin = origin_;
  question.power = policy::Question::Power::screen;
  question.says = "hangs on DNS or on other servers, and can only refuse";
  const auto asked = builder().unknown(builder().question(std::move(question)), std::move(about));
  refuse(builder().all({when, asked}), std::move(answer));
}

void RestrictionWriter::ask(policy::ConditionId when, std::string_view what, std::string_view why,
                            std::vector<policy::Subject> about, bool permit_counts) {
  policy::Question refusal;
  refusal.name = std::string(what) + " refuses";
  refusal.origin = origin_;
  refusal.power = policy::Question::Power::screen;
  refusal.says = std::string(why);
  const auto refuses = builder().unknown(builder().question(std::move(refusal)), about);
  refuse(builder().all({when, refuses}), policy::Answer{0, ""}, "refused");
  if (!permit_counts) return;
  policy::Question permission;
  permission.name = std::string(what) + " says OK";
  permission.origin = origin_;
  permission.power = policy::Question::Power::any;
  permission.says = std::string(why);
  const auto permits = builder().unknown(builder().question(std::move(permission)), about);
  permit(builder().all({when, permits}), "OK");
}

std::vector<policy::Subject> RestrictionWriter::everything_known() const {
  using policy::Field;
  std::vector<Field> fields{Field::client_name, Field::reverse_name, Field::user};
  if (scope_.knows_helo()) fields.push_back(Field::helo);
  if (scope_.knows_sender()) fields.push_back(Field::sender);
  if (scope_.moment >= policy::Moment::rcpt) fields.push_back(Field::recipient);
  std::vector<policy::Subject> known;
  for (const auto field : fields) known.push_back(PolicyBuilder::rewritten(field));
  return known;
}

policy::ListId RestrictionWriter::finish() {
  const auto id = service_.builder().list(std::move(list_));
  service_.lists[std::string(scope_.evaluation)].push_back(id);
  return id;
}

}  // namespace relayproof::postfix
