#include "dialects/postfix/lower_routes.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "dialects/postfix/address_classes.h"
#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/lower_transports.h"
#include "dialects/postfix/routes_headers.h"
#include "dialects/postfix/routes_local.h"
#include "dialects/postfix/routes_targets.h"

namespace relayproof::postfix {
namespace {

using policy::ConditionId;
using policy::Effect;
using policy::Fate;
using policy::ListId;

Fate fate_of(Delivery delivery) {
  switch (delivery) {
    case Delivery::refused:
    case Delivery::retried:
    case Delivery::discarded:
      return Fate::dropped;
    case Delivery::local:
    case Delivery::mailboxes:
    case Delivery::here:
      return Fate::local;
    case Delivery::handed_on:
      break;
  }
  return Fate::handed_on;
}

// The lists of one service's route. Each ends with the next one: a list that is run in a route is
// not come back from.
class RouteLowering {
 public:
  RouteLowering(PolicyBuilder& builder, TableShelf& shelf, const Service* service)
      : builder_(builder), shelf_(shelf), config_(shelf.config()), service_(service) {}

  ListId lower() {
    local_ = empty_list("local");
    mailboxes_ = empty_list("virtual");
    const auto queue = empty_list("queue");
    const auto mapping = empty_list("recipient_canonical_maps");
    lower_local(builder_, shelf_, local_, mapping);
    fill_mailboxes();
    const auto virtuals = mapping_list("virtual_alias_maps", queue);
    const auto canonical = mapping_list("canonical_maps", virtuals);
    fill_mapping(mapping, "recipient_canonical_maps", canonical);

    const auto route = empty_list("route");
    for (const std::string_view mark : {"discard", "hold"}) {
      const auto is_set = builder_.find_mark(mark);
      if (is_set) add(route, builder_.has_mark(*is_set), policy::End{Fate::dropped}, mark);
    }
    // A message that is sent elsewhere goes past the rewriting (qmgr_message_resolve).
    redirect(route, queue);
    auto checks = lower_header_checks(builder_, shelf_, queue);
    is_filtered_ = is_marked_as_filtered(builder_) ||
                   std::ranges::any_of(checks, [](const policy::Rule& rule) {
                     return std::holds_alternative<policy::SetMark>(rule.effect);
                   });
    fill_queue(queue);
    for (auto& rule : checks) {
      rules(route).push_back(std::move(rule));
    }
    run(route, maps_addresses() ? mapping : queue);
    return route;
  }

 private:
  ListId empty_list(std::string_view name) { return builder_.list({std::string(name), {}}); }
  std::vector<policy::Rule>& rules(ListId list) { return builder_.policy().lists[list].rules; }

  void add(ListId list, ConditionId when, Effect effect, std::string_view says,
           policy::OriginId origin = 0) {
    if (builder_.constant_value(when) == std::optional(false)) return;
    policy::Rule rule;
    rule.when = when;
    rule.effect = std::move(effect);
    rule.origin = origin;
    rule.says = says;
    rules(list).push_back(std::move(rule));
  }

  void run(ListId list, ListId next) {
    add(list, builder_.constant(true), policy::Run{next}, builder_.policy().lists[next].name);
  }

  policy::OriginId origin_of(std::string_view parameter) {
    return builder_.origin(config_.effective(parameter));
  }

  // no_address_mappings, unless the mail comes back from a filter: then it is rewritten there.
  bool maps_addresses() const {
    const auto value = [this](std::string_view parameter) {
      return service_ ? config_.effective(*service_, parameter).text
                      : config_.effective(parameter).text;
    };
    if (!value("content_filter").empty() || !value("smtpd_proxy_filter").empty()) return true;
    const auto options = value("receive_override_options");
    for (const auto& word : list_words(options, config_.version())) {
      if (equals_ignoring_case(word.text, "no_address_mappings")) return false;
    }
    return true;
  }

  void redirect(ListId route, ListId queue) {
    constexpr std::string_view word = "REDIRECT ";
    const auto& marks = builder_.policy().marks;
    for (std::uint32_t mark = 0; mark < marks.size(); ++mark) {
      const std::string_view name = marks[mark].name;
      if (!name.starts_with(word) || name.find('$') != std::string_view::npos) continue;
      const auto target = name.substr(word.size(), name.rfind(" #") - word.size());
      ResultTemplate text;
      text.parts.push_back({std::string(target), 0});
      policy::Rewrite rewrite{{}, queue};
      for (const auto& one : targets_of(text, std::nullopt)) {
        rewrite.transforms.push_back(builder_.transform(one));
      }
      add(route, builder_.has_mark(mark), rewrite, name);
      redirected_.push_back(builder_.has_mark(mark));
    }
  }

  ListId mapping_list(std::string_view parameter, ListId next) {
    const auto list = empty_list(parameter);
    fill_mapping(list, parameter, next);
    return list;
  }

  // Rows are followed until there is none any more.
  void fill_mapping(ListId list, std::string_view parameter, ListId next) {
    const auto names = table_names(config_.effective(parameter).text, config_.version());
    if (!names.empty() && applies_to_recipients(parameter)) {
      const auto address = PolicyBuilder::rewritten(policy::Field::recipient);
      const bool extends = propagates_extensions(
          config_, parameter == "virtual_alias_maps" ? "virtual" : "canonical");
      const auto search = lower_search(builder_, shelf_, names, Search::address, address,
                                       rewriting_to(builder_, list, extends), Literals::alike);
      const auto origin = origin_of(parameter);
      add(list, search.fails, policy::End{Fate::dropped}, parameter, origin);
      add_ways(list, search, parameter, origin);
      add_hidden(list, search, parameter, origin, address);
    }
    run(list, next);
  }

  bool applies_to_recipients(std::string_view parameter) const {
    if (parameter == "virtual_alias_maps") return true;
    const auto classes =
        parameter == "canonical_maps" ? "canonical_classes" : "recipient_canonical_classes";
    const auto value = config_.effective(classes);
    for (const auto& word : list_words(value.text, config_.version())) {
      if (equals_ignoring_case(word.text, "envelope_recipient")) return true;
    }
    return false;
  }

  void add_ways(ListId list, const LoweredSearch& search, std::string_view says,
                policy::OriginId origin) {
    if (search.lookup.tables.empty()) return;
    for (const auto& way : search.ways) {
      policy::Rule rule;
      rule.when = way.when;
      rule.by_row = policy::Rule::ByRow{way.lookup, way.subject};
      rule.origin = origin;
      rule.says = says;
      rules(list).push_back(std::move(rule));
    }
  }

  // Where rows lead that we cannot see was written down by the owner.
  void add_hidden(ListId list, const LoweredSearch& search, std::string_view parameter,
                  policy::OriginId origin, const policy::Subject& address) {
    for (const auto& hidden : search.hidden) {
      policy::Question question;
      question.name = std::string(parameter) + " " + hidden.table;
      question.origin = origin;
      question.power = policy::Question::Power::premise;
      question.says = "where it forwards mail is not in the files";
      question.test =
          "postmap -q " + shell_quote("user@example.com") + " " + shell_quote(hidden.table);
      const auto found = builder_.unknown(builder_.question(std::move(question)), {address});
      add(list, found, policy::End{Fate::local}, parameter, origin);
    }
  }

  // virtual(8) bounces what virtual_mailbox_maps does not have.
  void fill_mailboxes() {
    const auto names =
        table_names(config_.effective("virtual_mailbox_maps").text, config_.version());
    const auto search = lower_search(
        builder_, shelf_, names, Search::address,
        PolicyBuilder::rewritten(policy::Field::recipient),
        [this](const RowValue&) { return builder_.result(policy::Nothing{}); }, Literals::alike);
    const auto lacks =
        search.hidden.empty() ? builder_.negation(search.finds) : builder_.constant(false);
    add(mailboxes_, lacks, policy::End{Fate::dropped}, "virtual_mailbox_maps",
        origin_of("virtual_mailbox_maps"));
    if (builder_.constant_value(lacks) == std::optional(true)) return;
    add(mailboxes_, builder_.constant(true), policy::End{Fate::local}, "virtual");
  }

  void fill_queue(ListId queue) {
    const auto resolved = empty_list("resolved");
    const auto route = builder_.named_transform(transform_name::route);
    add(queue, builder_.constant(true), policy::Rewrite{{route}, resolved}, "resolve");
    run(queue, resolved);

    const auto classes = lower_address_classes(builder_, shelf_, policy::Field::recipient);
    builder_.policy().is_routed = classes.is_routed;
    const auto transports = lower_transports(builder_, shelf_, classes.address);
    if (is_filtered_) {
      // REDIRECT overrides it (access(5)).
      const auto redirected = builder_.any(redirected_);
      add(resolved,
          builder_.all({builder_.has_mark(filtered_mark(builder_)), builder_.negation(redirected)}),
          policy::End{Fate::handed_on}, "FILTER");
    }
    add(resolved, classes.fails, policy::End{Fate::dropped}, "Temporary lookup failure");
    add(resolved, starts_with_hyphen(), policy::End{Fate::dropped}, "allow_min_user");
    add(resolved, transports.moved, policy::End{Fate::dropped}, "relocated_maps",
        origin_of("relocated_maps"));
    add(resolved, classes.is_virtual_alias, policy::End{Fate::dropped}, "virtual_alias_domains",
        origin_of("virtual_alias_domains"));
    add_transport_rows(resolved, transports);
    add_class(resolved, classes.is_local, "local_transport");
    add_class(resolved, classes.is_virtual_mailbox, "virtual_transport");
    add_class(resolved, classes.is_relay, "relay_transport");
    add(resolved, default_class_ends(builder_, shelf_), policy::End{default_fate()},
        "default_transport", origin_of("default_transport"));
    add(resolved, builder_.constant(true), policy::End{Fate::handed_on}, "default_transport",
        origin_of("default_transport"));
  }

  Fate default_fate() const {
    const auto transport = config_.effective("default_transport").text;
    const auto fate = fate_of(delivery_of(config_, transport));
    return fate == Fate::handed_on ? Fate::dropped : fate;
  }

  void add_transport_rows(ListId list, const Transports& transports) {
    const auto origin = origin_of("transport_maps");
    for (const auto ends : {transports.refused, transports.retried, transports.discarded}) {
      add(list, ends, policy::End{Fate::dropped}, "transport_maps", origin);
    }
    add(list, transports.local, policy::Run{local_}, "transport_maps", origin);
    add(list, transports.mailboxes, policy::Run{mailboxes_}, "transport_maps", origin);
    add(list, transports.here, policy::End{Fate::local}, "transport_maps", origin);
    add(list, transports.handed_on, policy::End{Fate::handed_on}, "transport_maps", origin);
  }

  void add_class(ListId list, ConditionId is, std::string_view parameter) {
    const auto delivery = delivery_of(config_, config_.effective(parameter).text);
    Effect effect = policy::End{fate_of(delivery)};
    if (delivery == Delivery::local) effect = policy::Run{local_};
    if (delivery == Delivery::mailboxes) effect = policy::Run{mailboxes_};
    add(list, is, std::move(effect), parameter, origin_of(parameter));
  }

  // A local part that begins with `-` bounces; what a client sends so is refused when it is read.
  ConditionId starts_with_hyphen() {
    if (to_bool(config_.effective("allow_min_user").text).value_or(false)) {
      return builder_.constant(false);
    }
    return builder_.matches("option-like local parts", "^-",
                            PolicyBuilder::rewritten(policy::Field::recipient));
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  const Config& config_;
  const Service* service_;
  bool is_filtered_ = false;
  std::vector<ConditionId> redirected_;  // a table said REDIRECT
  ListId local_ = 0;                     // what local(8) does
  ListId mailboxes_ = 0;                 // what virtual(8) does
};

}  // namespace

policy::ListId lower_routes(PolicyBuilder& builder, TableShelf& shelf, const Service* service) {
  return RouteLowering(builder, shelf, service).lower();
}

}  // namespace relayproof::postfix
