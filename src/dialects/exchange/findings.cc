#include "dialects/exchange/findings.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/exchange/domains.h"
#include "dialects/exchange/rights.h"
#include "dialects/exchange/selection.h"
#include "mail/domain.h"

namespace relayproof::exchange {
namespace {

constexpr std::uint64_t few_v4 = 65'536;
constexpr unsigned few_v6_bits = 128 - 48;

class Findings {
 public:
  explicit Findings(const Export& all) : all_(all) {}

  std::vector<Finding> run() {
    add_missing();
    for (const auto& connector : all_.connectors) {
      if (connector.enabled) add(connector);
    }
    for (const auto& taken : selection(all_)) add(taken);
    for (const auto& domain : all_.domains) add(domain);
    return std::move(found_);
  }

 private:
  void add(std::string code, Severity severity, const SourceRange& where, std::string says,
           std::string remedy) {
    found_.push_back({std::move(code), severity, where, std::move(says), std::move(remedy)});
  }

  void add_missing() {
    const auto unknown = std::find_if(
        all_.connectors.begin(), all_.connectors.end(),
        [&](const Connector& each) { return each.enabled && !AccessList(all_, each).is_known(); });
    if (unknown != all_.connectors.end()) {
      add("RP1700", Severity::low, unknown->place.where,
          "the permissions of " + unknown->title() +
              " are not in the export: whether strangers may relay there is not told",
          "run `Get-ReceiveConnector | Get-ADPermission`, as "
          "contrib/exchange/Export-RelayproofExchange.ps1 does");
    }
    if (all_.domains.empty() && !all_.connectors.empty()) {
      add("RP1700", Severity::low, all_.connectors.front().place.where,
          "the accepted domains are not in the export: one of them may be `*`",
          "run `Get-AcceptedDomain`, as contrib/exchange/Export-RelayproofExchange.ps1 does");
    }
  }

  void add(const Connector& connector) {
    if (connector.ranges_cut_off) {
      add("RP1701", Severity::low, connector.ranges_place.where,
          "the list of RemoteIPRanges ends in `...`: who else comes in here is not told",
          "set $FormatEnumerationLimit = -1, or export as JSON");
    }
    const bool wide = holds_strangers(connector.clients()) || connector.ranges_cut_off;
    const AccessList access(all_, connector);
    const bool secured = (connector.mechanisms & external_authoritative) != 0;
    if (wide && secured) {
      add_secured(connector, access);
    } else if (wide) {
      add_anonymous(connector, access);
    }
    add_passwords(connector);
  }

  void add_anonymous(const Connector& connector, const AccessList& access) {
    const auto submit = access.grant(Principal::anonymous, Right::submit);
    const auto relay = access.grant(Principal::anonymous, Right::any_recipient);
    if (submit.holds != Truth::yes || relay.holds != Truth::yes) return;
    add("RP1710", Severity::high, relay.by == nullptr ? connector.place.where : relay.by->where,
        "ANONYMOUS LOGON may relay through " + connector.title() + ", which takes strangers",
        "take the right away, and give it at a connector whose RemoteIPRanges are your own hosts");
  }

  void add_secured(const Connector& connector, const AccessList& access) {
    const auto relay = access.grant(Principal::externally_secured, Right::any_recipient);
    if (relay.holds != Truth::yes) return;
    add("RP1711", Severity::high, connector.mechanisms_place.where,
        connector.title() + " trusts whoever connects as if he had logged in, and takes strangers",
        "narrow its RemoteIPRanges to your own servers, or take ExternalAuthoritative out");
  }

  void add_passwords(const Connector& connector) {
    const auto mechanisms = connector.mechanisms;
    const bool clear = (mechanisms & basic_auth) != 0 &&
                       (mechanisms & basic_auth_require_tls) == 0 && !connector.requires_tls;
    if (!clear || equals_ignoring_case(connector.role, "HubTransport")) return;
    add("RP3003", Severity::medium, connector.mechanisms_place.where,
        connector.title() + " offers BasicAuth before TLS",
        "Set-ReceiveConnector -AuthMechanism with BasicAuthRequireTLS");
  }

  void add(const Taken& taken) {
    if (taken.by.size() < 2 || taken.by.front()->ranges_cut_off) return;
    const auto names = taken.by[0]->title() + " and " + taken.by[1]->title();
    if (!told_.insert(names).second) return;
    add("RP1702", Severity::medium, taken.by[1]->ranges_place.where,
        names + " claim the same clients: " + taken.doubt,
        "give each its own address, port or RemoteIPRanges, one range within the other");
  }

  void add(const AcceptedDomain& domain) {
    if (claims_others(domain)) {
      add("RP2016", Severity::high, domain.place.where,
          "mail to every domain " +
              (domain.name == "*" ? std::string("there is") : "below " + domain.name) +
              " is taken from everybody",
          "remove the accepted domain, and write out those that are yours");
    } else if (domain.type != AcceptedDomain::Type::authoritative) {
      add("RP2013", Severity::info, domain.place.where,
          "user%elsewhere@" + domain.name + " is handed on to the domain's host as it is",
          "make sure that the host behind it refuses such addresses");
    }
  }

  const Export& all_;
  std::set<std::string> told_;
  std::vector<Finding> found_;
};

}  // namespace

bool holds_strangers(const mail::IpSet& clients) {
  const auto strangers = clients & mail::globally_routable();
  return strangers.size_v4() > few_v4 || strangers.size_v6() > (mail::Uint128{1} << few_v6_bits);
}

std::vector<Finding> findings(const Export& all) { return Findings(all).run(); }

}  // namespace relayproof::exchange
