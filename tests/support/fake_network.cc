#include "support/fake_network.h"

namespace relayproof::testing_support {
namespace {

mail::IpAddress ip(const std::string& text) { return mail::IpAddress::parse(text).value(); }

std::vector<mail::IpAddress> ips(const std::vector<std::string>& texts) {
  std::vector<mail::IpAddress> addresses;
  addresses.reserve(texts.size());
  for (const auto& text : texts) addresses.push_back(ip(text));
  return addresses;
}

class FakeStream : public net::Stream {
 public:
  FakeStream(smtp::Policy policy, mail::IpAddress local, FakeClock& clock)
      : receiver_(std::move(policy)), local_(local), clock_(clock) {}

  net::Task<net::ReadResult> read(net::TimePoint deadline) override {
    std::string bytes = receiver_.take_output();
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): it sees the co_return twice
    if (!bytes.empty()) co_return net::ReadResult{std::move(bytes), std::nullopt};
    if (receiver_.closing())
      co_return net::ReadResult{{}, net::IoFailure{net::Failure::closed, ""}};
    clock_.advance_to(deadline);
    co_return net::ReadResult{{}, net::IoFailure{net::Failure::timed_out, ""}};
  }

  net::Task<std::optional<net::IoFailure>> write(std::string bytes, net::TimePoint) override {
    if (receiver_.closing()) co_return net::IoFailure{net::Failure::reset, ""};
    receiver_.receive(bytes);
    co_return std::nullopt;
  }

  net::Task<std::optional<net::IoFailure>> start_tls(net::Handshake how, net::TimePoint) override {
    asked_for_certificate_ = receiver_.asks_for_certificate();
    if (receiver_.wants_tls()) receiver_.tls_started(how.with_certificate);
    co_return std::nullopt;
  }
  bool asks_for_certificate() const override { return asked_for_certificate_; }

  std::vector<std::string> certificate_names() const override { return {}; }
  mail::IpAddress local_address() const override { return local_; }
  mail::IpAddress peer_address() const override { return {}; }
  void close() override {}

 private:
  smtp::Receiver receiver_;
  bool asked_for_certificate_ = false;
  mail::IpAddress local_;
  FakeClock& clock_;
};

using Unanswered = std::map<std::string, std::string>;

template <class T>
net::Lookup<T> answered(const std::vector<T>& found, const std::string& name,
                        const Unanswered& not_all) {
  const auto why = not_all.find(name);
  if (why == not_all.end()) return {found, false, ""};
  return {found, true, why->second};
}

template <class T, class Key>
net::Lookup<T> look_up(const std::map<Key, std::vector<T>>& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return {};
  return {found->second, false, ""};
}

}  // namespace

std::chrono::system_clock::time_point FakeClock::wall() const {
  return std::chrono::system_clock::time_point(std::chrono::hours(500000));
}

net::Task<void> FakeClock::sleep_until(net::TimePoint when) {
  advance_to(when);
  co_return;
}

net::Task<net::IoResult<std::unique_ptr<net::Stream>>> FakeNetwork::connect(
    net::Endpoint to, std::optional<mail::IpAddress> source, net::TimePoint deadline) {
  const std::pair key{to.address.to_string(), to.port};
  const auto server = servers.find(key);
  if (server == servers.end()) {
    if (without_server == net::Failure::timed_out) clock_.advance_to(deadline);
    co_return tl::unexpected(net::IoFailure{without_server, "as the test says"});
  }
  auto policy = server->second(++connections[key]);
  if (!policy) co_return tl::unexpected(policy.error());
  const auto local = source ? *source : *source_towards(to.address);
  co_return std::make_unique<FakeStream>(std::move(*policy), local, clock_);
}

net::Task<net::Lookup<mail::IpAddress>> FakeNetwork::addresses_of(std::string host,
                                                                  net::TimePoint) {
  std::vector<mail::IpAddress> list;
  if (const auto address = mail::IpAddress::parse(host)) {
    list = {*address};
  } else if (const auto found = hosts.find(host); found != hosts.end()) {
    list = ips(found->second);
  }
  co_return answered(list, host, unanswered);
}

net::Task<net::Lookup<net::MailExchanger>> FakeNetwork::exchangers_of(std::string domain,
                                                                      net::TimePoint) {
  const auto result = look_up(exchangers, domain);
  co_return answered(result.found, domain, unanswered);
}

net::Task<net::Lookup<std::string>> FakeNetwork::names_of(mail::IpAddress address, net::TimePoint) {
  co_return look_up(pointers, address.to_string());
}

net::IoResult<mail::IpAddress> FakeNetwork::source_towards(mail::IpAddress target) {
  const auto& source = target.is_v6() ? source_v6 : source_v4;
  if (source) return ip(*source);
  return tl::unexpected(net::IoFailure{net::Failure::unreachable, "no route"});
}

std::vector<mail::IpAddress> FakeNetwork::own_addresses() { return ips(own); }

}  // namespace relayproof::testing_support
