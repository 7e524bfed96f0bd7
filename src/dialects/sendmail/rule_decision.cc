#include "dialects/sendmail/rule_decision.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/sendmail/daemon_options.h"
#include "dialects/sendmail/rule_verdict.h"

namespace relayproof::sendmail {
namespace {

using policy::Decision;
using policy::Destination;
using policy::Step;

constexpr std::size_t most_steps = 60;  // of a trace; the last ones count

// All that one decision needs, kept alive by the function that decides.
struct Interpreted {
  Cf cf;
  std::unique_ptr<Maps> maps;
  LocalNames names;
  std::vector<Daemon> daemons;
  std::map<std::size_t, policy::OriginId> origins;  // of rules, by line
  bool asks_for_certificates = false;  // the access map has CERTIssuer: or CERTSubject:
};

std::string domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string domain = to_lower(address.substr(at + 1));
  while (!domain.empty() && domain.back() == '.') domain.pop_back();
  return domain;
}

bool is_of_host_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

// What the caller of `explain` may take for given: names that are written out exist.
std::optional<std::size_t> given_answer(const Cf& cf, const RuleAttempt& attempt,
                                        std::string_view map, const std::string& key,
                                        const MapResult& result) {
  const CfMap* found = cf.map(map);
  if (found == nullptr || !equals_ignoring_case(found->type, "host")) return std::nullopt;
  const std::string name = to_lower(key);
  bool exists = !name.ends_with(".invalid") && !name.ends_with(".invalid.");
  if (key.front() == '[') {
    // Of addresses only the client's name is told.
    if (key != "[" + address_text(cf, attempt.client) + "]") return std::nullopt;
    exists = attempt.name_is != ClientName::none;
  } else if (key.find('.') == std::string::npos) {
    return std::nullopt;
  } else if (!std::all_of(key.begin(), key.end(), is_of_host_name)) {
    exists = false;
  }
  const auto wanted = exists ? MapAnswer::Kind::found : MapAnswer::Kind::missing;
  for (std::size_t at = 0; at < result.answers.size(); ++at) {
    if (result.answers[at].kind == wanted) return at;
  }
  return std::nullopt;
}

// `Ea` as `$&{daemon_flags}` has it: `EE a`.
std::string flags_of(std::string_view modifiers) {
  std::string flags;
  for (const char each : modifiers) {
    if (!flags.empty()) flags += ' ';
    flags += each;
    if (each >= 'A' && each <= 'Z') flags += each;
  }
  return flags;
}

RuleAttempt attempt_of(const Interpreted& all, const policy::Attempt& asked) {
  RuleAttempt attempt;
  attempt.client = asked.client.unmapped().to_string();
  attempt.client_name = asked.reverse_name.value_or("");
  attempt.name_is = !asked.reverse_name    ? ClientName::none
                    : asked.name_confirmed ? ClientName::confirmed
                                           : ClientName::forged;
  attempt.helo = asked.helo;
  attempt.mail_from = asked.mail_from;
  attempt.rcpt_to = asked.rcpt_to;
  attempt.after = asked.after;
  attempt.login = asked.user;
  if (asked.user) attempt.mechanism = "PLAIN";
  attempt.tls = asked.tls;
  constexpr std::array<std::string_view, 3> verified = {"NO", "FAIL", "OK"};
  if (asked.tls) attempt.verify = verified.at(static_cast<std::size_t>(asked.certificate));
  if (asked.server) attempt.server_address = asked.server->to_string();
  for (const Daemon& daemon : all.daemons) {
    if (port_of(daemon) != asked.port) continue;
    attempt.daemon_name = daemon.name;
    attempt.daemon_flags = flags_of(daemon.modifiers);
  }
  return attempt;
}

Decision::Reply reply_of_outcome(const RuleOutcome& outcome) {
  if (outcome.kind != RuleOutcome::Kind::refused) return Decision::Reply::accept;
  return outcome.reply.code >= 400 && outcome.reply.code < 500 ? Decision::Reply::defer
                                                               : Decision::Reply::reject;
}

std::vector<Destination> ends_of(const RuleOutcome& outcome, const policy::Attempt& attempt) {
  if (outcome.kind == RuleOutcome::Kind::refused) return {};
  if (outcome.kind != RuleOutcome::Kind::accepted)
    return {{policy::Fate::dropped, outcome.user, false}};
  std::vector<Destination> ends;
  const std::string asked = to_lower(attempt.rcpt_to);
  for (const RuleDelivery& each : outcome.deliveries) {
    Destination end;
    end.fate = each.kind == RuleDelivery::Kind::here        ? policy::Fate::local
               : each.kind == RuleDelivery::Kind::elsewhere ? policy::Fate::handed_on
                                                            : policy::Fate::dropped;
    end.to = each.address;
    const std::string domain = domain_of(each.address);
    end.domain_chosen = !domain.empty() && asked.find(domain) != std::string::npos;
    ends.push_back(std::move(end));
  }
  return ends;
}

bool relays(const policy::Policy& policy, const std::vector<Destination>& ends) {
  return std::any_of(ends.begin(), ends.end(), [&](const Destination& end) {
    const std::string domain = domain_of(end.to);
    return end.fate == policy::Fate::handed_on && end.domain_chosen && !domain.empty() &&
           !policy::answers_for(policy, domain);
  });
}

// The rules that matched, in their order; the last one is the one that decided.
void trace_rules(const Interpreted& all, const policy::Policy& policy, const RuleVerdict& verdict,
                 Decision& decision) {
  for (const RunStep& each : verdict.steps) {
    const auto origin = all.origins.find(each.where.line);
    if (each.kind != RunStep::Kind::rule || origin == all.origins.end()) continue;
    Step step;
    step.stage = each.set;
    step.origin = origin->second;
    step.result = Step::Result::passed;
    decision.trace.push_back(std::move(step));
  }
  auto& trace = decision.trace;
  if (trace.size() > most_steps) trace.erase(trace.begin(), trace.end() - most_steps);
  for (Step& step : trace) step.says = policy.origins.at(step.origin).text;
}

void trace_end(const RuleVerdict& verdict, Decision& decision) {
  if (!decision.trace.empty() && decision.reply != Decision::Reply::undecided) {
    decision.trace.back().result = decision.reply == Decision::Reply::accept ? Step::Result::permit
                                   : decision.reply == Decision::Reply::defer
                                       ? Step::Result::defer
                                       : Step::Result::refuse;
  }
  std::vector<std::string> open = verdict.hidden;
  if (!verdict.trouble.empty()) open.insert(open.begin(), verdict.trouble);
  if (verdict.is_decided()) return;
  for (const std::string& each : open) {
    Step step;
    step.stage = "open";
    step.says = each;
    step.result = Step::Result::unknown;
    if (!verdict.trouble.empty()) step.row = verdict.trouble_at;
    decision.trace.push_back(std::move(step));
  }
}

// What all outcomes agree on.
void sum_up(const policy::Policy& policy, const policy::Attempt& attempt,
            const std::vector<RuleOutcome>& outcomes, Decision& decision) {
  const RuleOutcome& first = outcomes.front();
  const auto agree = [&](auto&& same) {
    return std::all_of(outcomes.begin(), outcomes.end(), same);
  };
  const auto reply = reply_of_outcome(first);
  if (agree([&](const RuleOutcome& each) { return reply_of_outcome(each) == reply; })) {
    decision.reply = reply;
    const bool one_code =
        agree([&](const RuleOutcome& each) { return each.reply.code == first.reply.code; });
    decision.answer = {0, ""};
    if (one_code) decision.answer = {first.reply.code, first.reply.enhanced};
    if (reply == Decision::Reply::accept) decision.answer = {250, "2.1.5"};
    constexpr std::array<std::string_view, 3> stages = {"check_relay", "check_mail", "check_rcpt"};
    if (first.kind == RuleOutcome::Kind::refused) {
      decision.refused_by = stages.at(static_cast<std::size_t>(first.stage));
    }
  }
  const bool relay = relays(policy, ends_of(first, attempt));
  if (agree([&](const RuleOutcome& each) {
        return relays(policy, ends_of(each, attempt)) == relay;
      })) {
    decision.relay = truth(relay);
  }
  if (outcomes.size() == 1) decision.ends = ends_of(first, attempt);
}

Decision decide(const Interpreted& all, const policy::Policy& policy,
                const policy::Attempt& attempt) {
  const RuleAttempt asked = attempt_of(all, attempt);
  RuleVerdict verdict = check_attempt(
      all.cf, *all.maps, asked,
      [&](auto map, const auto& key, const auto& result) {
        return given_answer(all.cf, asked, map, key, result);
      },
      &all.names);
  if (asked.verify == "OK" && all.asks_for_certificates) {
    verdict.trouble = "it hangs on who signed the client's certificate";
  }
  Decision decision;
  trace_rules(all, policy, verdict, decision);
  if (verdict.trouble.empty()) sum_up(policy, attempt, verdict.outcomes, decision);
  trace_end(verdict, decision);
  return decision;
}

}  // namespace

void decide_by_rules(const FileSystem& files, const Config& config, const dialects::Host& host,
                     dialects::Loaded& loaded) {
  if (config.is_mc || config.cf.rule_set("0") == nullptr) return;
  auto all = std::make_shared<Interpreted>();
  all->cf = config.cf;
  all->maps = std::make_unique<Maps>(all->cf, files);
  std::vector<mail::IpAddress> own;
  for (const auto& interface : host.interfaces) own.push_back(interface.address);
  all->names = LocalNames(all->cf, files, std::move(own));
  all->daemons = config.daemons;
  const MapTable* access = all->maps->table("access");
  all->asks_for_certificates = access != nullptr && access->text != nullptr &&
                               (contains_ignoring_case(*access->text, "certissuer:") ||
                                contains_ignoring_case(*access->text, "certsubject:"));
  for (const CfRuleSet& set : all->cf.rule_sets) {
    for (const CfRule& rule : set.rules) {
      all->origins.emplace(rule.where.line,
                           static_cast<policy::OriginId>(loaded.policy.origins.size()));
      loaded.policy.origins.push_back({rule.where, "R" + rule.text, set.name, "sendmail.cf"});
    }
  }
  loaded.decides = [all](const policy::Policy& policy, std::size_t /*listener*/,
                         const policy::Attempt& attempt) { return decide(*all, policy, attempt); };
}

}  // namespace relayproof::sendmail
