#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "mail/domain.h"
#include "probe/delivery.h"
#include "probe/outside.h"
#include "probe/place.h"
#include "probe/run.h"

namespace relayproof::probe {
namespace {

using std::chrono::seconds;

// Six attempts, and the controls at one domain; or the controls at every candidate.
constexpr std::size_t baseline_refusals = 11;
constexpr std::size_t control_refusals = 11;
constexpr std::size_t parents_asked_for_mx = 3;

class Preparation {
 public:
  Preparation(net::Network& network, RunOptions options)
      : network_(network), until_(network.clock().now() + options.timeout) {
    plan_.options = std::move(options);
    if (plan_.options.canary) plan_.options.to = plan_.options.canary->address;
    plan_.started = network.clock().now();
  }

  net::Task<Result<Plan>> run() {
    const auto hosts = co_await find_hosts();
    if (!hosts) co_return tl::unexpected(hosts.error());
    std::optional<Error> unresolved;
    for (const auto& host : *hosts) {
      const auto added = co_await add_addresses(host);
      if (added) continue;
      unresolved = added.error();
      plan_.not_asked.push_back(host + " not asked: " + unresolved->message);
    }
    if (plan_.addresses.empty() && unresolved) co_return tl::unexpected(*unresolved);
    if (auto error = unusable_source()) co_return tl::unexpected(*error);
    if (auto error = co_await check_outside()) co_return tl::unexpected(*error);
    for (auto& address : plan_.addresses) co_await find_ourselves(address);
    choose_ports();
    choose_operator_address();
    if (plan_.options.canary) {
      if (auto error = co_await find_canary(network_, plan_)) co_return tl::unexpected(*error);
    }
    estimate_refusals();
    co_return std::move(plan_);
  }

 private:
  net::TimePoint soon() const { return std::min(until_, network_.clock().now() + seconds(10)); }

  const std::string& host() const { return plan_.options.target.host; }

  // The host itself; or, for a mail domain, its mail exchangers (RFC 5321 5.1).
  net::Task<Result<std::vector<std::string>>> find_hosts() {
    std::vector<std::string> self = {host()};
    if (mail::IpAddress::parse(host()) || !plan_.options.follow_mx) co_return self;
    const auto mx = co_await network_.exchangers_of(host(), soon());
    if (mx.found.empty()) {
      if (mx.failed) {
        plan_.not_asked.push_back("MX of " + host() + " not asked: no answer from DNS (" + mx.why +
                                  ")");
      }
      co_await find_mail_domain();
      co_return self;
    }
    plan_.mail_domain = host();
    std::vector<std::string> exchangers;
    for (const auto& exchanger : mx.found) {
      if (!exchanger.host.empty()) exchangers.push_back(exchanger.host);
    }
    if (exchangers.empty()) {
      co_return failure(host() +
                        " takes no mail (null MX); `relayproof probe` asks the host itself");
    }
    co_return exchangers;
  }

  // The domain that has this host as its MX: where its postmaster lives.
  net::Task<void> find_mail_domain() {
    auto names = mail::name_and_parents(host());
    if (names.size() > parents_asked_for_mx) names.resize(parents_asked_for_mx);
    for (const auto& name : names) {
      if (name == host()) continue;
      const auto mx = co_await network_.exchangers_of(name, soon());
      for (const auto& exchanger : mx.found) {
        if (exchanger.host != host()) continue;
        plan_.mail_domain = name;
        co_return;
      }
    }
  }

  net::Task<Result<bool>> add_addresses(std::string name) {
    const auto addresses = co_await network_.addresses_of(name, soon());
    if (addresses.found.empty()) {
      const std::string why = addresses.failed ? "no answer from DNS (" + addresses.why + ")"
                                               : std::string("no such host, or it has no address");
      co_return failure("cannot resolve " + escape_foreign(name, 253) + ": " + why);
    }
    std::size_t forbidden = 0;
    for (const auto& address : addresses.found) {
      if (plan_.options.may_ask && !plan_.options.may_ask(address)) {
        plan_.not_asked.push_back(address.to_string() + " not asked: outside of the scope");
        ++forbidden;
        continue;
      }
      const bool known =
          std::any_of(plan_.addresses.begin(), plan_.addresses.end(),
                      [&](const Address& other) { return other.address == address; });
      if (known) continue;
      plan_.addresses.emplace_back();
      plan_.addresses.back().host = name;
      plan_.addresses.back().address = address;
    }
    if (forbidden == addresses.found.size()) {
      co_return failure(escape_foreign(name, 253) + " is outside of the scope: not asked");
    }
    if (addresses.failed) {
      plan_.not_asked.push_back("some addresses of " + name + " not asked: no answer from DNS (" +
                                addresses.why + ")");
    }
    co_return true;
  }

  // A recipient that the server answers for would make it look open.
  net::Task<std::optional<Error>> check_outside() {
    const std::string domain = mail::normalised_domain(domain_of(plan_.options.to));
    if (domain.empty()) co_return std::nullopt;
    bool own = may_be_its_own(plan_, domain);
    if (!own) {
      const auto mx = co_await network_.exchangers_of(domain, soon());
      own = std::any_of(mx.found.begin(), mx.found.end(), [&](const auto& exchanger) {
        return !exchanger.host.empty() && is_asked(exchanger.host);
      });
    }
    if (!own) co_return std::nullopt;
    co_return Error{"--to: this server answers for " + domain + "; name a mailbox elsewhere", {}};
  }

  bool is_asked(const std::string& name) const {
    return name == host() || std::any_of(plan_.addresses.begin(), plan_.addresses.end(),
                                         [&](const auto& one) { return one.host == name; });
  }

  net::Task<void> find_ourselves(Address& address) {
    const auto source = source_for(address.address);
    if (!source) co_return;
    address.source = *source;
    address.trusted_place =
        !plan_.options.as_stranger &&
        place_of(*source, address.address, network_.own_addresses()) != Place::stranger;
    address.helo = co_await our_helo(*source);
    const auto pointers = co_await network_.names_of(address.address, soon());
    for (const auto& name : pointers.found) {
      if (mail::is_domain_name(name) && name.find('.') != std::string::npos) {
        address.pointers.push_back(name);
      }
    }
    if (plan_.our_name.empty()) plan_.our_name = address.helo;
  }

  // Sources that were asked for: each must be ours, and one at least fit the target.
  std::optional<Error> unusable_source() {
    const auto& sources = plan_.options.sources;
    const auto own = network_.own_addresses();
    for (const auto& source : sources) {
      const bool ours = std::find(own.begin(), own.end(), source) != own.end();
      if (ours || source.is_loopback()) continue;
      return Error{"--source: " + source.to_string() + " is no address of this machine", {}};
    }
    const bool fits =
        std::any_of(plan_.addresses.begin(), plan_.addresses.end(), [&](const Address& address) {
          return std::any_of(sources.begin(), sources.end(), [&](const mail::IpAddress& source) {
            return source.family() == address.address.family();
          });
        });
    if (sources.empty() || plan_.addresses.empty() || fits) return {};
    return Error{"--source: " + sources.front().to_string() + " is of another family than " +
                     plan_.addresses.front().address.to_string(),
                 {}};
  }

  std::optional<mail::IpAddress> source_for(const mail::IpAddress& target) {
    for (const auto& source : plan_.options.sources) {
      if (source.family() == target.family()) return source;
    }
    const auto source = network_.source_towards(target);
    if (!source) return std::nullopt;
    return *source;
  }

  // Our forward-confirmed name, else our address literal: never an invented name.
  net::Task<std::string> our_helo(mail::IpAddress source) {
    const auto known = helos_.find(source);
    if (known != helos_.end()) co_return known->second;
    std::string helo = source.literal();
    const auto names = co_await network_.names_of(source, soon());
    for (const auto& name : names.found) {
      if (!mail::is_registrable_or_below(name)) continue;
      const auto addresses = co_await network_.addresses_of(name, soon());
      const auto& found = addresses.found;
      if (std::find(found.begin(), found.end(), source) != found.end()) {
        helo = name;
        break;
      }
    }
    helos_.emplace(source, helo);
    co_return helo;
  }

  void choose_ports() {
    plan_.ports = plan_.options.ports;
    if (plan_.options.target.port) {
      plan_.ports.insert(plan_.ports.begin(), *plan_.options.target.port);
    }
    if (plan_.ports.empty()) plan_.ports = {25, 465, 587};
    // The first is asked in full.
    std::stable_partition(plan_.ports.begin(), plan_.ports.end(),
                          [](std::uint16_t port) { return port == 25; });
  }

  void choose_operator_address() {
    plan_.operator_address = plan_.options.from;
    if (!plan_.operator_address.empty()) return;
    for (const auto& address : plan_.addresses) {
      if (address.helo.empty() || address.helo.front() == '[') continue;
      plan_.operator_address = "postmaster@" + address.helo;
      return;
    }
  }

  void estimate_refusals() {
    std::size_t doors = 0;  // of an address: every port, and once more behind STARTTLS
    for (const std::uint16_t port : plan_.ports) {
      doors += mail::mode_of_port(port) == mail::TlsMode::implicit ? 1 : 2;
    }
    std::set<mail::Family> families;
    for (const auto& address : plan_.addresses) {
      if (!address.source) continue;
      plan_.most_refusals += doors * baseline_refusals;
      const bool first = families.insert(address.address.family()).second;
      if (!first) continue;
      const std::size_t full = plan_.options.techniques.size() + control_refusals;
      plan_.most_refusals += full - std::min(full, baseline_refusals);
    }
  }

  net::Network& network_;
  net::TimePoint until_;
  Plan plan_;
  std::map<mail::IpAddress, std::string> helos_;
};

}  // namespace

net::Task<Result<Plan>> prepare(net::Network& network, RunOptions options) {
  Preparation preparation(network, std::move(options));
  Result<Plan> plan = co_await preparation.run();
  co_return plan;
}

std::vector<const techniques::Technique*> standard_techniques() {
  std::vector<const techniques::Technique*> rows;
  for (const auto& technique : techniques::catalogue()) {
    if (technique.set == techniques::Set::standard) rows.push_back(&technique);
  }
  return rows;
}

}  // namespace relayproof::probe
