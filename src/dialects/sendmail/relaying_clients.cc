#include "dialects/sendmail/relaying_clients.h"

#include <string>
#include <utility>

#include "dialects/sendmail/relay_lookups.h"
#include "mail/ip_set.h"

namespace relayproof::sendmail {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

// Networks that are told one by one.
constexpr std::size_t most_told = 200;

class RelayingClients {
 public:
  RelayingClients(Scope& scope, policy::ListId list)
      : scope_(scope), builder_(scope.builder), ask_(scope), list_(list) {}

  void run() {
    client_addresses();
    senders();
    client_names();
  }

 private:
  void permit(ConditionId when, policy::OriginId origin, std::string says) {
    builder_.rule(list_, when, policy::Permit{}, origin, std::move(says));
  }

  // Relay_ok, by address: `R127.0.0.1`, class R, the access map, the host's own in class w.
  void client_addresses() {
    for (const auto& each : own_literals(scope_.config)) {
      if (each.where.line == 0) continue;
      permit(builder_.client_in(mail::IpSet::of(each.address)),
             builder_.origin(Place{each.where, each.member}, "w"), each.member + " in class w");
    }
    permit(builder_.client_in(own_clients(scope_)), 0, "originated locally");
    for (const auto& network : networks_of(scope_.config.class_of("R"))) {
      const Place place{network.where, network.member};
      permit(builder_.client_in(network.addresses), builder_.origin(place, "R"),
             network.member + " in class R");
    }
    if (scope_.access.standing == Access::Standing::hidden) {
      return permit(scope_.hidden_access("the client", {}), scope_.origin(Feature::access_db),
                    "Connect: its address");
    }
    std::size_t told = 0;
    mail::IpSet rest;
    for (const auto& network : scope_.tables.networks("Connect")) {
      if (network.row->result != AccessResult::relay) continue;
      if (++told > most_told) {
        rest = rest | network.addresses;
        continue;
      }
      permit(builder_.client_in(network.addresses), scope_.origin(*network.row),
             std::string(network.row->key) + " may relay");
    }
    permit(builder_.client_in(rest), scope_.origin(Feature::access_db), "networks that may relay");
  }

  // Whatever anybody writes behind MAIL FROM.
  void senders() {
    if (scope_.has(Feature::relay_local_from)) {
      permit(ask_.in_class("w", subject_of(Field::sender, Part::domain), Below::none),
             scope_.origin(Feature::relay_local_from), "the sender is local");
    }
    if (!scope_.has(Feature::relay_db_from)) return;
    const auto origin = scope_.origin(Feature::relay_db_from);
    const auto qualified = builder_.matches(".", subject_of(Field::sender, Part::domain));
    permit(builder_.all({qualified, ask_.access_mailboxes("From", subject_of(Field::sender),
                                                          AccessTables::Untagged::ignored)}),
           origin, "From: this sender");
    if (scope_.has(Feature::relay_db_from_domain)) {
      permit(ask_.access_names("From", subject_of(Field::sender, Part::domain),
                               AccessTables::Untagged::ignored),
             origin, "From: the sender's domain");
    }
  }

  // Relay_ok, by name: one that leads back to the client.
  void client_names() {
    const auto name = subject_of(Field::client_name);
    const auto named = builder_.present(Field::client_name);
    const auto permit_named = [&](ConditionId when, policy::OriginId origin, std::string says) {
      permit(builder_.all({named, when}), origin, std::move(says));
    };
    if (scope_.has(Feature::relay_entire_domain)) {
      permit_named(ask_.in_class("m", name, Below::counts),
                   scope_.origin(Feature::relay_entire_domain), "a host of this domain");
    }
    permit_named(ask_.in_class("w", name, Below::none), ask_.origin_of("w"), "a name of this host");
    permit_named(ask_.in_class("R", name, ask_.below()), ask_.origin_of("R"),
                 "its name is in class R");
    permit_named(ask_.access_names("Connect", name), scope_.origin(Feature::access_db),
                 "Connect: its name");
  }

  Scope& scope_;
  PolicyBuilder& builder_;
  RelayLookups ask_;
  policy::ListId list_;
};

}  // namespace

void lower_relaying_clients(Scope& scope, policy::ListId list) {
  RelayingClients(scope, list).run();
}

}  // namespace relayproof::sendmail
