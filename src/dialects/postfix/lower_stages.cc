#include "dialects/postfix/lower_stages.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/restriction_lists.h"
#include "dialects/postfix/restriction_networks.h"
#include "dialects/postfix/restriction_texts.h"
#include "dialects/postfix/routes_headers.h"

namespace relayproof::postfix {
namespace {

using policy::Field;
using policy::Moment;

class StageLowering {
 public:
  explicit StageLowering(ServiceLowering& service)
      : service_(service),
        builder_(service.builder()),
        delayed_(service.is_on("smtpd_delay_reject")) {}

  std::vector<policy::Stage> run() {
    if (!delayed_) {
      add(ListKind::client, Moment::connect, "client", policy::Mark::Life::session);
      add(ListKind::helo, Moment::helo, "helo", policy::Mark::Life::session);
    }
    add_session_rules();
    if (!delayed_) {
      add(ListKind::sender, Moment::mail, "sender", policy::Mark::Life::message);
      add_unlisted(Moment::mail, Field::sender, "smtpd_reject_unlisted_sender");
    }
    add_local_rewriting();
    add_rcpt();
    add(ListKind::data, Moment::data, "data", policy::Mark::Life::recipient);
    add_deferral(Moment::data, {"data"});
    add(ListKind::end_of_data, Moment::end_of_data, "eod", policy::Mark::Life::recipient);
    add_deferral(Moment::end_of_data, {"eod"});
    add_header_checks();
    skip_what_is_discarded();
    soften_refusals();
    return std::move(stages_);
  }

 private:
  void add_rcpt() {
    const auto first = stages_.size();
    const auto life = policy::Mark::Life::recipient;
    if (delayed_) {
      add(ListKind::client, Moment::rcpt, "client", life);
      add(ListKind::helo, Moment::rcpt, "helo", life);
      add(ListKind::sender, Moment::rcpt, "sender", life);
      add_unlisted(Moment::rcpt, Field::sender, "smtpd_reject_unlisted_sender");
    }
    const bool relay_first = relay_goes_first();
    if (relay_first) add_relay();
    add(ListKind::recipient, Moment::rcpt, "rcpt", life);
    if (!relay_first) add_relay();
    add_deferral(Moment::rcpt, {"client", "helo", "sender", "rcpt"});
    add_unlisted(Moment::rcpt, Field::recipient, "smtpd_reject_unlisted_recipient");
    let_postmaster_pass(first);
  }

  // Before 3.6 the recipient restrictions always came first (postconf(5),
  // smtpd_relay_before_recipient_restrictions).
  bool relay_goes_first() const {
    return service_.version() >= Version{3, 6} && !relay_is_only_imagined() &&
           service_.is_on("smtpd_relay_before_recipient_restrictions");
  }

  // From 3.3 on, with compatibility_level below 1 and no smtpd_relay_restrictions: smtpd evaluates
  // a list that refuses nothing, only to be able to warn.
  bool relay_is_only_imagined() const {
    const auto value = service_.value("smtpd_relay_restrictions");
    return service_.version() >= Version{3, 3} && value.setting->is_default() &&
           trim(value.text).empty();
  }

  void add_relay() {
    if (!relay_is_only_imagined()) {
      add(ListKind::relay, Moment::rcpt, "rcpt", policy::Mark::Life::recipient);
      return;
    }
    const auto networks = service_.value("mynetworks");
    const auto clients = lower_clients(builder_, service_.shared.shelf, networks, "mynetworks");
    Scope scope;
    RestrictionWriter writer(service_, scope, "smtpd_relay_restrictions (compatibility)");
    writer.begin(0, "permit_mynetworks", false);
    writer.lookup_error(clients.fails, "a pattern of mynetworks is an error");
    finish(Moment::rcpt, writer);
  }

  void add(ListKind kind, Moment moment, std::string_view evaluation, policy::Mark::Life life) {
    const auto name = to_string(kind);
    const auto value = service_.value(name);
    const auto list = parse_restrictions(value.text, kind, service_.version());
    if (list.items.empty()) return;
    Scope scope;
    scope.kind = kind;
    scope.moment = moment;
    scope.evaluation = evaluation;
    scope.deferral_life = life;
    const auto id = lower_list(service_, list, {&value, 0}, scope, name);
    if (kind == ListKind::helo && moment == Moment::rcpt) skip_without_helo(id);
    stages_.push_back({moment, std::string(name), id});
  }

  // With smtpd_delay_reject the HELO restrictions run at RCPT, but not if there was no HELO.
  void skip_without_helo(policy::ListId list) {
    policy::Rule rule;
    rule.when = builder_.negation(builder_.condition(policy::Present{Field::helo}));
    rule.effect = policy::Permit{};
    rule.says = "without HELO its restrictions do not run";
    auto& rules = builder_.policy().lists[list].rules;
    rules.insert(rules.begin(), rule);
  }

  void finish(Moment moment, RestrictionWriter& writer) {
    if (writer.is_empty()) return;
    const auto id = writer.finish();
    stages_.push_back({moment, builder_.policy().lists[id].name, id});
  }

  policy::OriginId origin_of(std::string_view parameter) {
    return builder_.origin(service_.value(parameter));
  }

  RestrictionWriter writer_for(Moment moment, std::string_view name, std::string_view evaluation) {
    Scope scope;
    scope.moment = moment;
    scope.evaluation = evaluation;
    return {service_, scope, std::string(name)};
  }

  // What smtpd wants before it takes MAIL.
  void add_session_rules() {
    auto writer = writer_for(Moment::mail, "session", "session");
    if (service_.demands_tls()) {
      writer.begin(origin_of("smtpd_tls_security_level"), "encryption is mandatory", false);
      writer.refuse(builder_.negation(builder_.is_set(policy::Flag::tls)),
                    service_.answer(530, "5.7.0"));
      if (service_.is_on("smtpd_tls_req_ccert")) {
        writer.begin(origin_of("smtpd_tls_req_ccert"), "smtpd_tls_req_ccert", false);
        writer.refuse(builder_.negation(builder_.is_set(policy::Flag::certificate_trusted)),
                      service_.answer(421, "4.7.1"));
      }
    }
    if (service_.is_on("smtpd_helo_required")) {
      writer.begin(origin_of("smtpd_helo_required"), "smtpd_helo_required", false);
      writer.refuse(builder_.negation(builder_.condition(policy::Present{Field::helo})),
                    service_.answer(503, "5.5.1"));
    }
    finish(Moment::mail, writer);
    if (!stages_.empty() && stages_.back().name == "session") stages_.back().before_address = true;
  }

  // local_header_rewrite_clients is asked at MAIL; an error in mynetworks shows there, too.
  void add_local_rewriting() {
    const auto value = service_.value("local_header_rewrite_clients");
    for (const auto& word : list_words(value.text, service_.version())) {
      if (!equals_ignoring_case(word.text, "permit_mynetworks")) continue;
      const auto networks = service_.value("mynetworks");
      const auto clients = lower_clients(builder_, service_.shared.shelf, networks, "mynetworks");
      auto writer = writer_for(Moment::mail, "local_header_rewrite_clients", "session");
      writer.begin(builder_.origin(value, word.offset), "permit_mynetworks", false);
      writer.lookup_error(clients.fails, "a pattern of mynetworks is an error");
      finish(Moment::mail, writer);
    }
  }

  void add_unlisted(Moment moment, Field field, std::string_view parameter) {
    if (!service_.is_on(parameter) || !service_.looks_up_unlisted()) return;
    auto writer = writer_for(moment, parameter, "unlisted");
    // DEFER_IF_REJECT of the restrictions in front of it still counts.
    auto& lists = service_.lists[field == Field::sender ? "sender" : "rcpt"];
    writer.begin(origin_of(parameter), std::string(parameter), false);
    const auto list =
        lower_reject_unlisted(builder_, service_.shared.shelf, field, &service_.service);
    const auto when = field == Field::sender ? sender_is_an_address(builder_, writer.scope())
                                             : builder_.constant(true);
    lists.push_back(list);
    writer.put(when, policy::Run{list});
    finish(moment, writer);
  }

  // cleanup(8) reads the message, and its refusal is the answer to the end of the data.
  void add_header_checks() {
    const auto options = service_.value("receive_override_options");
    for (const auto& word : list_words(options.text, service_.version())) {
      if (equals_ignoring_case(word.text, "no_header_body_checks")) return;
    }
    policy::List list{"header_checks", {}};
    for (auto& rule : lower_header_checks(builder_, service_.shared.shelf, 0)) {
      if (std::holds_alternative<policy::Refuse>(rule.effect))
        list.rules.push_back(std::move(rule));
    }
    if (list.rules.empty()) return;
    stages_.push_back({Moment::end_of_data, list.name, builder_.list(std::move(list))});
  }

  // What DEFER_IF_PERMIT left behind is a deferral once nothing has refused.
  void add_deferral(Moment moment, const std::vector<std::string_view>& evaluations) {
    auto writer = writer_for(moment, "defer_if_permit", "deferral");
    for (const auto& deferral : service_.if_permit) {
      if (std::find(evaluations.begin(), evaluations.end(), deferral.evaluation) ==
          evaluations.end()) {
        continue;
      }
      writer.begin(deferral.origin, "defer_if_permit", false);
      writer.put(builder_.has_mark(deferral.mark), policy::Refuse{deferral.answer});
    }
    finish(moment, writer);
  }

  // smtpd_check_rcpt: `postmaster` without a domain meets no restriction.
  void let_postmaster_pass(std::size_t first) {
    const auto bare = text_is(builder_, PolicyBuilder::rewritten(Field::recipient), {"postmaster"});
    policy::Rule rule;
    rule.when = bare;
    rule.effect = policy::Permit{};
    rule.says = "postmaster without a domain is always taken";
    put_first(rule, first);
  }

  void put_first(const policy::Rule& rule, std::size_t first_stage) {
    for (auto i = first_stage; i < stages_.size(); ++i) {
      auto& rules = builder_.policy().lists[stages_[i].list].rules;
      rules.insert(rules.begin(), rule);
    }
  }

  // After DISCARD every list ends before it begins; a deferral that was left behind still counts.
  void skip_what_is_discarded() {
    for (const auto& [mark, action] : service_.shared.delegations) {
      if (action.kind != AccessAction::Kind::discard) continue;
      policy::Rule rule;
      rule.when = builder_.has_mark(mark);
      rule.effect = policy::Permit{};
      rule.says = "the message is discarded anyway";
      for (const auto& stage : stages_) {
        if (stage.name == "defer_if_permit" || stage.name == "session") continue;
        auto& rules = builder_.policy().lists[stage.list].rules;
        rules.insert(rules.begin(), rule);
      }
    }
  }

  // After DEFER_IF_REJECT a 5xx of the same evaluation becomes a 4xx.
  void soften_refusals() {
    for (const auto& deferral : service_.if_reject) {
      for (const auto list : service_.lists[deferral.evaluation]) soften(list, deferral);
    }
  }

  void soften(policy::ListId list, const ServiceLowering::Deferral& deferral) {
    std::vector<policy::Rule> rules;
    for (const auto& rule : std::exchange(builder_.policy().lists[list].rules, {})) {
      const auto* refusal = std::get_if<policy::Refuse>(&rule.effect);
      if (refusal != nullptr && refusal->answer.code >= 500) {
        auto softer = rule;
        softer.when = builder_.all({rule.when, builder_.has_mark(deferral.mark)});
        softer.effect = policy::Refuse{deferral.answer};
        rules.push_back(std::move(softer));
      }
      rules.push_back(rule);
    }
    builder_.policy().lists[list].rules = std::move(rules);
  }

  ServiceLowering& service_;
  PolicyBuilder& builder_;
  bool delayed_;
  std::vector<policy::Stage> stages_;
};

}  // namespace

std::vector<policy::Stage> lower_stages(ServiceLowering& service) {
  return StageLowering(service).run();
}

}  // namespace relayproof::postfix
