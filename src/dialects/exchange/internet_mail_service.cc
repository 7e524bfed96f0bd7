#include "dialects/exchange/internet_mail_service.h"

#include <string>
#include <utility>

#include "dialects/exchange/address_reading.h"
#include "dialects/policy_builder.h"

namespace relayproof::exchange {
namespace {

using dialects::PolicyBuilder;
using policy::ConditionId;
using policy::Field;
using policy::Flag;

// The bits of RelayFlags.
constexpr unsigned use_denied = 1;
constexpr unsigned use_allowed = 2;
constexpr unsigned use_reached = 4;
constexpr unsigned use_login = 8;
constexpr unsigned known_bits = 15;

class Lowering {
 public:
  explicit Lowering(const InternetMailService& service)
      : service_(service), builder_(lowered_.policy) {}

  Lowered run() {
    auto& policy = lowered_.policy;
    policy.mta = "exchange";
    policy.addresses = make_addresses({});
    policy::Listener listener;
    listener.name = "Internet Mail Service port 25";
    listener.addresses = {"0.0.0.0"};
    listener.ports = {25};
    const auto rules = builder_.list(policy::List{"RCPT TO", rcpt()});
    listener.stages = {{policy::Moment::rcpt, "RCPT TO", rules, false}};
    listener.route = builder_.list(policy::List{"route", route()});
    policy.listeners.push_back(std::move(listener));
    policy::Door door;
    door.clients = mail::IpSet::all_v4();
    policy.doors.push_back(std::move(door));
    lowered_.assumptions.push_back(
        {service_.key, "MSExchangeIMC\\Parameters",
         "taken that Service Pack 1 or later is installed: before it nothing reads these values",
         false});
    return std::move(lowered_);
  }

 private:
  policy::OriginId origin(const Place& place) {
    if (place.where.file.empty()) return 0;
    return builder_.origin({place.where, place.text, "Routing Restrictions", "registry"});
  }

  static policy::Rule rule(ConditionId when, policy::Effect effect, policy::OriginId origin,
                           std::string says) {
    policy::Rule made;
    made.when = when;
    made.effect = std::move(effect);
    made.origin = origin;
    made.says = std::move(says);
    return made;
  }

  // Which domains are inbound is in the Exchange directory, and so is whether it reroutes at all.
  ConditionId is_inbound() {
    policy::Question question;
    question.name = "the domains of the Routing tab that are inbound";
    question.says = "lists only domains of yours";
    question.power = policy::Question::Power::premise;
    const auto inbound =
        builder_.unknown(builder_.question(std::move(question)),
                         {policy::Subject{Field::recipient, policy::Part::domain, {}}});
    auto& premises = lowered_.policy.premises;
    if (premises.empty()) premises.push_back(inbound);
    return inbound;
  }

  ConditionId reroutes() {
    policy::Question question;
    question.name = "Reroute incoming SMTP mail";
    question.origin = origin({service_.key, "MSExchangeIMC\\Parameters"});
    question.says =
        "whether it is chosen on the Routing tab is not in the registry; it is at first";
    return builder_.unknown(builder_.question(std::move(question)), {});
  }

  std::vector<policy::Rule> rcpt() {
    std::vector<policy::Rule> rules;
    const policy::Refuse prohibited{{550, ""}};
    rules.push_back(rule(is_inbound(), policy::Permit{}, 0, "inbound"));
    rules.push_back(
        rule(builder_.negation(reroutes()), prohibited, 0, "Do not reroute incoming SMTP mail"));
    const unsigned flags = service_.relay_flags.value_or(0);
    if ((flags & use_denied) != 0) {
      rules.push_back(rule(builder_.client_in(service_.denied.addresses), prohibited,
                           origin(service_.denied.place), "RelayDenyList"));
    }
    const auto permit = [&](unsigned bit, ConditionId when, const Place& place, std::string says) {
      if ((flags & bit) == 0) return;
      rules.push_back(rule(when, policy::Permit{}, origin(place), std::move(says)));
    };
    permit(use_allowed,
           builder_.client_in(service_.allowed.addresses, origin(service_.allowed.place)),
           service_.allowed.place, "RelayAllowList");
    if ((flags & use_reached) != 0) {
      permit(use_reached, is_reached(), service_.reached.place, "RelayLocalIPList");
    }
    permit(use_login, builder_.is_set(Flag::authenticated), service_.flags_place, "authenticated");
    // Nothing restricts, or only some are named who may not.
    if (!service_.relay_flags || flags == use_denied) {
      rules.push_back(rule(builder_.constant(true), policy::Permit{}, origin(service_.flags_place),
                           "no routing restrictions"));
    } else if (flags == 0 || (flags & ~known_bits) != 0) {
      rules.push_back(
          rule(unclear(), policy::Permit{}, origin(service_.flags_place), "RelayFlags"));
    }
    rules.push_back(rule(builder_.constant(true), prohibited, 0, "relaying prohibited"));
    return rules;
  }

  ConditionId is_reached() {
    if (service_.reached.lines.empty()) return builder_.constant(false);
    policy::Question question;
    question.name = "RelayLocalIPList";
    question.origin = origin(service_.reached.place);
    question.says = "whether strangers reach one of these addresses of the server is not told";
    return builder_.unknown(builder_.question(std::move(question)), {});
  }

  ConditionId unclear() {
    policy::Question question;
    question.name = service_.flags_place.text;
    question.origin = origin(service_.flags_place);
    question.says = "what this value does is not documented";
    return builder_.unknown(builder_.question(std::move(question)), {});
  }

  std::vector<policy::Rule> route() {
    return {rule(is_inbound(), policy::End{policy::Fate::local}, 0, "inbound"),
            rule(builder_.constant(true), policy::End{policy::Fate::handed_on}, 0, "rerouted")};
  }

  const InternetMailService& service_;
  Lowered lowered_;
  PolicyBuilder builder_;
};

}  // namespace

Lowered lower(const InternetMailService& service) { return Lowering(service).run(); }

std::vector<Finding> findings(const InternetMailService& service) {
  const bool unrestricted = !service.relay_flags || *service.relay_flags == use_denied;
  if (!unrestricted) return {};
  return {{"RP1720", Severity::high, service.relay_flags ? service.flags_place.where : service.key,
           service.relay_flags
               ? "only those in RelayDenyList may not relay: all other strangers may"
               : "there are no routing restrictions: where incoming mail is rerouted, every "
                 "stranger may relay",
           "restrict routing to hosts and clients with these IP addresses, with an empty list"}};
}

}  // namespace relayproof::exchange
