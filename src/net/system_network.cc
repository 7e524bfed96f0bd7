#include "net/system_network.h"

#include <algorithm>
#include <utility>

#include "mail/domain.h"
#include "net/connect.h"
#include "net/dns_client.h"
#include "net/dns_rdata.h"
#include "net/routes.h"
#include "net/system_clock.h"
#include "net/system_lookup.h"

namespace relayproof::net {
namespace {

using DnsClientPtr = std::shared_ptr<DnsClient>;

/// The records that `parse` takes; those of a foreign zone that it does not take are left out.
template <class T>
Lookup<T> lookup_of(const DnsAnswer& answer, std::optional<T> (*parse)(std::string_view)) {
  Lookup<T> lookup{.found = {}, .failed = answer.failed, .why = answer.why};
  for (const std::string& record : answer.records) {
    if (auto parsed = parse(record)) lookup.found.push_back(std::move(*parsed));
  }
  return lookup;
}

Task<void> ask_into(DnsClientPtr dns, std::string name, RecordType type, TimePoint deadline,
                    DnsAnswer* answer) {
  *answer = co_await dns->ask(std::move(name), type, deadline);
}

Task<Lookup<mail::IpAddress>> dns_addresses_of(DnsClientPtr dns, std::string host,
                                               TimePoint deadline) {
  DnsAnswer v4;
  DnsAnswer v6;
  std::vector<Task<void>> questions;
  questions.push_back(ask_into(dns, host, RecordType::a, deadline, &v4));
  questions.push_back(ask_into(dns, host, RecordType::aaaa, deadline, &v6));
  co_await all(std::move(questions), 2);
  Lookup<mail::IpAddress> lookup = lookup_of(v4, parse_address);
  Lookup<mail::IpAddress> second = lookup_of(v6, parse_address);
  lookup.found.insert(lookup.found.end(), second.found.begin(), second.found.end());
  lookup.found = in_order_of_use(lookup.found);
  if (!lookup.failed) lookup.why = std::move(second.why);
  lookup.failed = lookup.failed || second.failed;
  co_return lookup;
}

Task<Lookup<std::string>> dns_names_of(DnsClientPtr dns, mail::IpAddress address,
                                       TimePoint deadline) {
  const DnsAnswer answer = co_await dns->ask(address.reverse_name(), RecordType::ptr, deadline);
  co_return lookup_of(answer, parse_pointer);
}

Task<Lookup<MailExchanger>> dns_exchangers_of(DnsClientPtr dns, std::string domain,
                                              TimePoint deadline) {
  const DnsAnswer answer = co_await dns->ask(std::move(domain), RecordType::mx, deadline);
  Lookup<MailExchanger> lookup = lookup_of(answer, parse_exchanger);
  if (!answer.records.empty() && lookup.found.empty()) {
    // Not the same as a domain without MX, whose mail goes to its own address (RFC 5321 5.1).
    lookup.failed = true;
    lookup.why = "its MX records name no valid host";
  }
  std::stable_sort(
      lookup.found.begin(), lookup.found.end(),
      [](const MailExchanger& a, const MailExchanger& b) { return a.preference < b.preference; });
  co_return lookup;
}

template <class T>
Task<Lookup<T>> known(std::vector<T> found) {
  Lookup<T> lookup;
  lookup.found = std::move(found);
  co_return lookup;
}

class SystemNetwork final : public Network {
 public:
  SystemNetwork(Loop& loop, bool own_resolver, TlsContext tls, DnsClientPtr dns)
      : loop_(loop),
        clock_(loop),
        own_resolver_(own_resolver),
        tls_(std::move(tls)),
        dns_(std::move(dns)) {}

  Clock& clock() override { return clock_; }

  Task<IoResult<std::unique_ptr<Stream>>> connect(Endpoint to,
                                                  std::optional<mail::IpAddress> source,
                                                  TimePoint deadline) override {
    return connect_tcp(loop_.context().get_executor(), tls_, to, source, deadline);
  }

  Task<Lookup<mail::IpAddress>> addresses_of(std::string host, TimePoint deadline) override {
    if (const auto literal = mail::IpAddress::parse(host)) {
      return known(std::vector<mail::IpAddress>{*literal});
    }
    const std::string name = mail::normalised_domain(host);
    if (!mail::is_domain_name(name)) return known(std::vector<mail::IpAddress>{});
    if (own_resolver_) return dns_addresses_of(dns_, name, deadline);
    // The root dot, if given, says that the search list is not meant.
    return system_addresses_of(loop_.context().get_executor(), std::move(host), deadline);
  }

  Task<Lookup<MailExchanger>> exchangers_of(std::string domain, TimePoint deadline) override {
    std::string name = mail::normalised_domain(domain);
    if (!mail::is_domain_name(name)) return known(std::vector<MailExchanger>{});
    return dns_exchangers_of(dns_, std::move(name), deadline);
  }

  Task<Lookup<std::string>> names_of(mail::IpAddress address, TimePoint deadline) override {
    if (own_resolver_) return dns_names_of(dns_, address, deadline);
    return system_names_of(loop_.context().get_executor(), address, deadline);
  }

  IoResult<mail::IpAddress> source_towards(mail::IpAddress target) override {
    return route_source(target);
  }

  std::vector<mail::IpAddress> own_addresses() override { return interface_addresses(); }

 private:
  Loop& loop_;
  SystemClock clock_;
  bool own_resolver_;
  TlsContext tls_;
  DnsClientPtr dns_;
};

}  // namespace

Result<std::unique_ptr<Network>> system_network(Loop& loop, NetworkOptions options) {
  Result<TlsContext> tls = tls_client();
  if (!tls) return tl::unexpected<Error>(tls.error());
  Result<DnsClientPtr> dns = DnsClient::make(loop.context().get_executor(), options.resolver);
  if (!dns) return tl::unexpected<Error>(dns.error());
  return std::make_unique<SystemNetwork>(loop, options.resolver.has_value(), std::move(*tls),
                                         std::move(*dns));
}

}  // namespace relayproof::net
