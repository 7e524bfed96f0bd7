#include "dialects/postfix/lower.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/doors.h"
#include "dialects/postfix/endpoint.h"
#include "dialects/postfix/lower_listeners.h"
#include "dialects/postfix/lower_routes.h"
#include "dialects/postfix/lower_transports.h"
#include "dialects/postfix/responsible.h"
#include "dialects/postfix/restriction_texts.h"
#include "dialects/postfix/routes_headers.h"
#include "dialects/postfix/runs.h"

namespace relayproof::postfix {
namespace {

using Load = ServiceLowering::Load;
using Template = policy::Transform::Template;

using Read = std::function<std::optional<std::string>(std::string_view wire)>;

// smtpd's restrictions see an address without a domain as the client spelt it: postmaster passes
// all of them, reject_non_fqdn_* refuse it. So it gets $myorigin only when it is resolved or
// routed.
Read without_origin(const Read& read, const std::string& origin) {
  return [read, origin](std::string_view wire) -> std::optional<std::string> {
    auto address = read(wire);
    const bool was_added = address && address->ends_with(origin) &&
                           wire.find_first_of("@%!") == std::string_view::npos;
    if (was_added) address->resize(address->size() - origin.size());
    return address;
  };
}

void leave_out_origin(policy::Addresses& addresses, const std::string& myorigin) {
  const auto origin = "@" + myorigin;
  addresses.read_sender = without_origin(addresses.read_sender, origin);
  const auto transform = addresses.transform;
  // `user@` has a domain, too, which resolve_null_domain takes for this host's.
  addresses.read_recipient = [read = without_origin(addresses.read_recipient, origin),
                              transform](std::string_view wire) {
    auto address = read(wire);
    if (address && address->ends_with('@')) address = transform(transform_name::route, *address);
    return address;
  };
  addresses.transform = [transform, origin](std::string_view name, std::string_view address) {
    const bool looks_up = name == transform_name::resolve || name == transform_name::route;
    const bool lacks_it =
        looks_up && !address.empty() && address.find('@') == std::string_view::npos;
    return transform(name, lacks_it ? std::string(address) + origin : std::string(address));
  };
}

bool is_dropping(std::string_view transport) {
  return starts_with_ignoring_case(transport, "discard:") ||
         starts_with_ignoring_case(transport, "error:") ||
         starts_with_ignoring_case(transport, "retry:");
}

// True for a filter on another machine: what becomes of the mail is decided there.
bool leads_away(const Config& config, std::string_view transport) {
  if (delivery_of(config, transport) != Delivery::handed_on) return false;
  const auto colon = transport.find(':');
  const auto* service = config.service(transport.substr(0, colon), Service::Type::unix_stream);
  const bool speaks_smtp =
      service == nullptr || service->command == "smtp" || service->command == "lmtp";
  const auto host =
      colon == std::string_view::npos ? std::string_view() : transport.substr(colon + 1);
  const bool is_here = host.starts_with("[127.") || host.starts_with("127.") ||
                       host.starts_with("[::1]") || host.starts_with("[localhost]") ||
                       host.starts_with("localhost") || host.starts_with("unix:") ||
                       host.starts_with("inet:127.") || host.starts_with("inet:localhost");
  return speaks_smtp && !host.empty() && !is_here;
}

class Lowering {
 public:
  Lowering(const Config& config, TableShelf& shelf)
      : config_(config), shelf_(shelf), builder_(lowered_.policy), shared_{builder_, shelf, config,
                                                                           {},       {},    {},
                                                                           {},       {},    {}} {}

  Lowered run() {
    auto& policy = lowered_.policy;
    policy.mta = "postfix";
    lower_responsibility(builder_, shelf_);
    shared_.recipient = lower_address_classes(builder_, shelf_, policy::Field::recipient);
    shared_.sender = lower_address_classes(builder_, shelf_, policy::Field::sender);
    leave_out_origin(policy.addresses, address_settings(config_).myorigin);
    if (const auto stops = what_stops_postfix(config_)) {
      lowered_.runs = false;
      lowered_.why_not = stops->says;
    }
    for (const auto& service : config_.services()) add(service);
    for (const auto& arrival : arrivals_) write_arrival(arrival);
    lowered_.notes = std::move(shared_.notes);
    return std::move(lowered_);
  }

 private:
  void add(const Service& service) {
    if (service.is_disabled) return;
    if (service.type == Service::Type::inet) add_inet(service);
  }

  void add_inet(const Service& service) {
    if (service.command == "smtpd") {
      add_smtpd(service, service);
    } else if (service.command == "postscreen") {
      const auto name = config_.effective(service, "smtpd_service_name").text;
      const auto* behind = config_.service(name, Service::Type::pass);
      if (behind != nullptr && behind->command == "smtpd") add_smtpd(service, *behind);
    } else if (service.command == "qmqpd") {
      ServiceLowering qmqpd(shared_, service);
      auto listener = lower_qmqpd(qmqpd, arrival_of(service));
      listener.name = title(service);
      add_listener(service, qmqpd, std::move(listener));
    }
  }

  // A listener for each door: who may speak for others differs from door to door.
  void add_smtpd(const Service& inet, const Service& smtpd) {
    ServiceLowering usual(shared_, smtpd);
    const auto arrival = arrival_of(smtpd);
    auto listener = lower_smtpd(usual, arrival);
    listener.name = title(inet) + (&inet == &smtpd ? "" : " postscreen");
    const auto name = listener.name;
    add_listener(inet, usual, std::move(listener));
    ServiceLowering busy(shared_, smtpd, Load::stress);
    if (!differs(usual, busy)) return;
    auto under_stress = lower_smtpd(busy, arrival);
    under_stress.name = name + " under stress";
    add_listener(inet, busy, std::move(under_stress));
  }

  // `smtp inet 25`: the port beside a service that does not spell it.
  static std::string title(const Service& inet) {
    const auto port = port_number(inet.name.substr(inet.name.rfind(':') + 1));
    if (!port || inet.name.ends_with(std::to_string(*port))) return inet.id();
    return inet.id() + " " + std::to_string(*port);
  }

  static bool differs(const ServiceLowering& one, const ServiceLowering& other) {
    for (const auto* name :
         {"mynetworks", "smtpd_client_restrictions", "smtpd_helo_restrictions",
          "smtpd_sender_restrictions", "smtpd_relay_restrictions", "smtpd_recipient_restrictions",
          "smtpd_data_restrictions", "smtpd_end_of_data_restrictions", "smtpd_delay_reject"}) {
      if (one.value(name).text != other.value(name).text) return true;
    }
    return false;
  }

  void add_listener(const Service& inet, const ServiceLowering& service,
                    policy::Listener listener) {
    auto& policy = lowered_.policy;
    const auto index = policy.listeners.size();
    auto doors = open_doors(shared_, inet, service, listener, index);
    policy.listeners.push_back(std::move(listener));
    for (auto& door : doors) policy.doors.push_back(std::move(door));
  }

  // What is routed behind this service. Written when all services are lowered, since only then is
  // known what restrictions can leave behind for a message.
  struct Arrival {
    const Service* service = nullptr;
    policy::ListId list = 0;
  };

  policy::ListId arrival_of(const Service& service) {
    arrivals_.push_back({&service, builder_.list({"arrival", {}})});
    return arrivals_.back().list;
  }

  void rule(policy::ConditionId when, policy::Effect effect, std::string says) {
    policy::Rule rule;
    rule.when = when;
    rule.effect = std::move(effect);
    rule.says = std::move(says);
    builder_.policy().lists[arrival_].rules.push_back(std::move(rule));
  }

  // What restrictions left behind for the message, then the routes.
  void write_arrival(const Arrival& arrival) {
    arrival_ = arrival.list;
    // The routes look for the mark.
    for (const auto& [mark, action] : shared_.delegations) {
      if (is_remote_filter(action)) filtered_mark(builder_);
    }
    route_ = lower_routes(builder_, shelf_, arrival.service);
    for (const auto& [mark, action] : shared_.delegations) stop(mark, action);
    for (const auto& [mark, action] : shared_.delegations) delegate(mark, action);
    policy::Transform completed;
    completed.rewritten = Template();
    completed.rewritten->pieces = {{"", Template::Hole{Template::Hole::Of::whole, 0}},
                                   {"@" + address_settings(config_).myorigin, std::nullopt}};
    const auto domain = PolicyBuilder::rewritten(policy::Field::recipient, policy::Part::domain);
    rule(builder_.negation(is_not_empty(builder_, domain)),
         policy::Rewrite{{builder_.transform(completed)}, route_}, "without a domain");
    rule(builder_.constant(true), policy::Run{route_}, "routes");
  }

  bool is_remote_filter(const AccessAction& action) const {
    return action.kind == AccessAction::Kind::filter && leads_away(config_, action.text);
  }

  void stop(std::uint32_t mark, const AccessAction& action) {
    if (action.kind != AccessAction::Kind::hold && action.kind != AccessAction::Kind::discard) {
      return;
    }
    rule(builder_.has_mark(mark), policy::End{policy::Fate::dropped}, to_string(action));
  }

  void delegate(std::uint32_t mark, const AccessAction& action) {
    const auto when = builder_.has_mark(mark);
    if (action.kind == AccessAction::Kind::redirect && !action.has_holes) send_to(when, action);
    if (action.kind == AccessAction::Kind::filter) filter(when, action);
    if (action.kind == AccessAction::Kind::redirect && action.has_holes) redirect(when, action);
  }

  // `REDIRECT user@example.com`: the owner wrote down who gets it.
  void send_to(policy::ConditionId when, const AccessAction& action) {
    policy::Transform target;
    target.rewritten = Template();
    target.rewritten->pieces = {{action.text, std::nullopt}};
    target.rewritten->completed_by = transform_name::complete;
    rule(when, policy::Rewrite{{builder_.transform(target)}, route_}, to_string(action));
  }

  // A filter that gives the mail back stands for the recipient's own host. Of several the last one
  // counts, which marks do not tell.
  void filter(policy::ConditionId when, const AccessAction& action) {
    if (!is_dropping(action.text)) {
      if (!is_remote_filter(action)) return;
      rule(when, policy::SetMark{filtered_mark(builder_)}, to_string(action));
      return;
    }
    const auto is_filter = [](const auto& one) {
      return one.second.kind == AccessAction::Kind::filter;
    };
    if (std::ranges::count_if(shared_.delegations, is_filter) > 1) {
      policy::Question question;
      question.name = to_string(action) + " is the last FILTER";
      question.says = "which of several FILTER actions comes last is not followed";
      when = builder_.all({when, builder_.unknown(builder_.question(std::move(question)), {})});
    }
    rule(when, policy::End{policy::Fate::dropped}, to_string(action));
  }

  // `REDIRECT $1@$2`: where the mail goes stands in what the client sent.
  void redirect(policy::ConditionId when, const AccessAction& action) {
    policy::Transform transform;
    transform.rewritten = Template();
    if (action.field == policy::Field::recipient && action.pattern) {
      transform.rewritten->pieces = pieces_of(action.text);
      transform.rewritten->pattern = action.pattern;
    } else {
      // It was captured from another text: anywhere, for all that is known here.
      policy::Question question;
      question.name = to_string(action) + " leads outside";
      question.says = "what its captures hold is not followed";
      when = builder_.all({when, builder_.unknown(builder_.question(std::move(question)), {})});
      const Template::Piece chosen{"", Template::Hole{Template::Hole::Of::local, 0}};
      transform.rewritten->pieces = {
          chosen, {"@", std::nullopt}, chosen, {".example", std::nullopt}};
    }
    rule(when, policy::Rewrite{{builder_.transform(transform)}, route_}, to_string(action));
  }

  // The text of a result, in which `$n` stands for a capture.
  static std::vector<Template::Piece> pieces_of(std::string_view text) {
    std::vector<Template::Piece> pieces;
    while (!text.empty()) {
      const auto dollar = std::min(text.find('$'), text.size());
      if (dollar > 0) pieces.push_back({std::string(text.substr(0, dollar)), std::nullopt});
      text.remove_prefix(dollar);
      if (text.empty()) break;
      const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
      const auto group = static_cast<std::size_t>(to_integer(text.substr(1, end - 1)).value_or(0));
      pieces.push_back({"", Template::Hole{Template::Hole::Of::capture, group}});
      text.remove_prefix(end);
    }
    return pieces;
  }

  const Config& config_;
  TableShelf& shelf_;
  Lowered lowered_;
  PolicyBuilder builder_;
  SharedLowering shared_;
  std::vector<Arrival> arrivals_;
  policy::ListId route_ = 0;    // of the arrival that is being written
  policy::ListId arrival_ = 0;  // the same
};

}  // namespace

Lowered lower(const Config& config, TableShelf& shelf) { return Lowering(config, shelf).run(); }

}  // namespace relayproof::postfix
