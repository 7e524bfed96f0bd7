#include "dialects/postfix/restriction_tables.h"

#include <algorithm>

#include "dialects/postfix/restriction_lists.h"

namespace relayproof::postfix {
namespace {

using Kind = AccessAction::Kind;

// What a row's result looks like in print. Rules ask which result was found and say themselves
// what it comes to, since that differs from list to list.
policy::Effect effect_shown(const AccessAction& action) {
  if (action.kind == Kind::permit) return policy::Permit{};
  if (action.kind == Kind::refuse) return policy::Refuse{action.answer};
  return policy::Nothing{};
}

// An index into Policy::results that stands for the action, whatever list asks.
std::uint32_t result_for(SharedLowering& shared, const AccessAction& action, const RowValue& row) {
  auto key = key_of(action);
  if (action.has_holes || action.kind == Kind::chosen) {
    key += " of " + std::string(row.table) + " " + to_string(row.where);
    if (action.field) key += " " + std::string(policy::to_string(*action.field));
  }
  if (const auto known = shared.action_results.find(key); known != shared.action_results.end()) {
    return known->second;
  }
  auto& results = shared.builder.policy().results;
  results.push_back(effect_shown(action));
  const auto result = static_cast<std::uint32_t>(results.size() - 1);
  shared.action_results.emplace(std::move(key), result);
  shared.actions.emplace(result, action);
  return result;
}

policy::Answer answer_to(const ServiceLowering& service, const AccessAction& action) {
  switch (action.code) {
    case AccessAction::Code::map_reject:
      return service.answer_of("access_map_reject_code", 554, action.answer.enhanced);
    case AccessAction::Code::map_defer:
      return service.answer_of("access_map_defer_code", 450, action.answer.enhanced);
    case AccessAction::Code::own:
      break;
  }
  return service.answer(action.answer.code, action.answer.enhanced);
}

// HOLD, DISCARD, FILTER, REDIRECT need a message, and no proxy that is fed before the queue.
bool can_delegate(const RestrictionWriter& writer, const ServiceLowering& service) {
  return writer.scope().knows_sender() && service.value("smtpd_proxy_filter").text.empty();
}

// The routes know these marks by their names: see lower_route().
std::string mark_of(const AccessAction& action) {
  if (action.kind == Kind::discard) return "discard";
  if (action.kind == Kind::hold) return "hold";
  auto name = to_string(action) + " #";
  if (action.pattern) name += std::to_string(*action.pattern);
  return name;
}

void delegate(RestrictionWriter& writer, const AccessAction& action, policy::ConditionId when) {
  auto& shared = writer.service().shared;
  const auto mark = writer.builder().mark(mark_of(action), policy::Mark::Life::message);
  shared.delegations.emplace(mark, action);
  writer.put(when, policy::SetMark{mark}, to_string(action));
  if (action.kind != Kind::discard) return;
  // Everything after it is skipped, as if it had been permitted. Before 3.0 even that was an OK
  // which names that anybody can forge must not give.
  if (writer.scope().ok_is_error && writer.service().version() < Version{3, 0}) {
    writer.server_error(when, "DISCARD");
  } else {
    writer.put(when, policy::Permit{}, "DISCARD");
  }
}

void run_restrictions(RestrictionWriter& writer, const AccessAction& action,
                      policy::ConditionId when, bool permit_counts) {
  const auto list =
      lower_nested(writer.service(), action.text, {nullptr, writer.origin()}, writer.scope());
  writer.put(when, policy::Run{list, permit_counts, true}, action.text);
}

policy::ConditionId found_instead(RestrictionWriter& writer, const TableQuestion& question,
                                  const LoweredSearch& search, const MetActions& met) {
  auto& builder = writer.builder();
  if (question.instead.empty()) return builder.constant(false);
  const auto& policy = builder.policy();
  const auto match = policy::find(policy.tables, search.lookup, question.instead);
  if (!match) return builder.constant(false);
  apply_action(writer, met.action(match->row.result), question.asks_instead);
  return question.asks_instead;
}

}  // namespace

ResultOf MetActions::result_of() {
  return [this](const RowValue& row) {
    auto& shared = writer_.service().shared;
    auto action = parse_access_result(row.text, row.holes, writer_.service().version());
    action.answer.enhanced = enhanced_for(action.answer.enhanced, field_);
    if (action.has_holes) {
      action.pattern = row.pattern;
      action.field = field_;
    }
    const auto result = result_for(shared, action, row);
    if (std::find(met_.begin(), met_.end(), result) == met_.end()) met_.push_back(result);
    return result;
  };
}

const AccessAction& MetActions::action(std::uint32_t result) const {
  return writer_.service().shared.actions.at(result);
}

void apply_action(RestrictionWriter& writer, const AccessAction& action, policy::ConditionId when,
                  bool permit_counts) {
  auto& service = writer.service();
  switch (action.kind) {
    case Kind::dunno:
      return writer.pass(when, "DUNNO");
    case Kind::permit:
      return permit_counts ? writer.permit(when, "OK") : writer.pass(when, "OK, not for a route");
    case Kind::refuse:
      return writer.refuse(when, answer_to(service, action), to_string(action));
    case Kind::defer_if_permit:
      return writer.defer_if_permit(when, answer_to(service, action));
    case Kind::defer_if_reject:
      return writer.defer_if_reject(when, answer_to(service, action));
    case Kind::restrictions:
      return run_restrictions(writer, action, when, permit_counts);
    case Kind::server_error:
      return writer.server_error(when, action.because);
    case Kind::chosen:
      return writer.ask(when, writer.says() + ": " + action.text, "its captures decide",
                        writer.everything_known(), permit_counts);
    case Kind::hold:
    case Kind::discard:
    case Kind::filter:
    case Kind::redirect:
      break;
  }
  if (can_delegate(writer, service)) {
    delegate(writer, action, when);
  } else {
    writer.pass(when, to_string(action) + " is not available here");
  }
}

policy::ConditionId ask_table(RestrictionWriter& writer, const TableQuestion& question) {
  auto& service = writer.service();
  auto& builder = writer.builder();
  MetActions met(writer, question.subject.field);
  const auto search = lower_search(builder, service.shared.shelf, {*question.table},
                                   question.search, question.subject, met.result_of());
  const auto asked = question.when;
  // An error of the table counts as its answer: a refusal like any other.
  const auto fails = builder.all({asked, search.fails});
  writer.table_error(fails);
  for (const auto& hidden : search.hidden) {
    auto when = builder.all({asked, question.ok_counts});
    if (!question.instead.empty()) when = builder.any({when, question.asks_instead});
    writer.ask(when, writer.says(), hidden.says, {question.subject});
  }
  for (const auto result : met.results()) {
    const auto when = builder.all({asked, gives(builder, search, {result})});
    const auto& action = met.action(result);
    apply_action(writer, action, builder.all({when, question.ok_counts}));
    if (builder.constant_value(question.ok_counts) == std::optional(true)) continue;
    apply_action(writer, action, builder.all({when, builder.negation(question.ok_counts)}), false);
  }
  const auto instead = found_instead(writer, question, search, met);
  return builder.any({fails, builder.all({asked, search.finds}), instead});
}

void ask_table_for_address(RestrictionWriter& writer, const TableName& table,
                           policy::ConditionId when) {
  auto& service = writer.service();
  auto& builder = writer.builder();
  MetActions met(writer);
  const auto rows = lower_address_rows(builder, service.shared.shelf, table, met.result_of());
  if (rows.fails) {
    writer.table_error(when);
    return;
  }
  if (!rows.hidden.empty()) {
    const auto here = rows.hidden == mail::IpSet::all()
                          ? builder.constant(true)
                          : builder.client_in(rows.hidden, writer.origin());
    writer.ask(builder.all({when, here}), writer.says(), rows.why, {});
  }
  for (const auto& piece : rows.pieces) {
    const auto here = piece.addresses == mail::IpSet::all()
                          ? builder.constant(true)
                          : builder.client_in(piece.addresses, writer.origin());
    apply_action(writer, met.action(piece.result), builder.all({when, here}));
  }
}

}  // namespace relayproof::postfix
