#include "net/proxy.h"

#include <algorithm>
#include <utility>

namespace relayproof::net {
namespace {

using Connected = IoResult<std::unique_ptr<Stream>>;

constexpr unsigned char socks_version = 5;
constexpr unsigned char login_version = 1;
constexpr unsigned char no_method = 0xff;
constexpr unsigned char by_login = 2;

// A connection that a proxy made. What it sent behind its own answer came from the peer.
class ProxiedStream final : public Stream {
 public:
  ProxiedStream(std::unique_ptr<Stream> inner, std::string came, mail::IpAddress source,
                mail::IpAddress peer)
      : inner_(std::move(inner)), came_(std::move(came)), source_(source), peer_(peer) {}

  Task<ReadResult> read(TimePoint deadline) override {
    if (came_.empty()) return inner_->read(deadline);
    return given(std::exchange(came_, {}));
  }
  Task<std::optional<IoFailure>> write(std::string bytes, TimePoint deadline) override {
    return inner_->write(std::move(bytes), deadline);
  }
  Task<std::optional<IoFailure>> start_tls(Handshake how, TimePoint deadline) override {
    return inner_->start_tls(std::move(how), deadline);
  }
  bool asks_for_certificate() const override { return inner_->asks_for_certificate(); }
  std::vector<std::string> certificate_names() const override {
    return inner_->certificate_names();
  }
  mail::IpAddress local_address() const override { return source_; }
  mail::IpAddress peer_address() const override { return peer_; }
  void close() override { inner_->close(); }

 private:
  static Task<ReadResult> given(std::string bytes) {
    ReadResult result;
    result.bytes = std::move(bytes);
    co_return result;
  }

  std::unique_ptr<Stream> inner_;
  std::string came_;
  mail::IpAddress source_;
  mail::IpAddress peer_;
};

IoFailure of_proxy(const IoFailure& failure) {
  // Whatever befell the proxy says nothing about the server behind it.
  const Failure kind =
      failure.kind == Failure::timed_out ? Failure::timed_out : Failure::unreachable;
  return {kind, "the proxy: " + failure.detail};
}

// The talk with the proxy, until the peer's bytes begin.
class Talk {
 public:
  Talk(Stream& stream, TimePoint deadline) : stream_(stream), deadline_(deadline) {}

  Task<std::optional<IoFailure>> ask(const SocksLogin& login, Endpoint to) {
    std::string hello = socks_greeting(login);
    auto failed = co_await say(std::move(hello));
    if (failed) co_return failed;
    unsigned char method = no_method;
    failed = co_await hear_pair(socks_version, method);
    if (failed) co_return failed;
    if (method == by_login && !login.user.empty()) {
      failed = co_await log_in(login);
      if (failed) co_return failed;
    } else if (method != 0) {
      co_return IoFailure{Failure::unreachable, login.user.empty()
                                                    ? "the proxy wants a name and a password"
                                                    : "the proxy takes no name and password"};
    }
    std::string command = socks_connect(to);
    failed = co_await say(std::move(command));
    if (failed) co_return failed;
    failed = co_await hear_reply();
    co_return failed;
  }

  std::string rest() { return std::move(came_); }

 private:
  Task<std::optional<IoFailure>> say(std::string bytes) {
    const auto failed = co_await stream_.write(std::move(bytes), deadline_);
    if (failed) co_return of_proxy(*failed);
    co_return std::nullopt;
  }

  Task<std::optional<IoFailure>> log_in(const SocksLogin& login) {
    std::string words = socks_login(login);
    auto failed = co_await say(std::move(words));
    if (failed) co_return failed;
    unsigned char status = no_method;
    failed = co_await hear_pair(login_version, status);
    if (failed) co_return failed;
    if (status == 0) co_return std::nullopt;
    co_return IoFailure{Failure::unreachable, "the proxy refuses this name and password"};
  }

  Task<std::optional<IoFailure>> hear_pair(unsigned char version, unsigned char& value) {
    while (true) {
      const auto progress = read_socks_pair(came_, version, value);
      if (progress == SocksProgress::done) break;
      auto failed = co_await more(progress);
      if (failed) co_return failed;
    }
    came_.erase(0, 2);
    co_return std::nullopt;
  }

  Task<std::optional<IoFailure>> hear_reply() {
    SocksReply reply;
    while (true) {
      const auto progress = read_socks_reply(came_, reply);
      if (progress == SocksProgress::done) break;
      auto failed = co_await more(progress);
      if (failed) co_return failed;
    }
    if (reply.status != 0) co_return failure_of_socks(reply.status);
    came_.erase(0, reply.size);
    co_return std::nullopt;
  }

  // Answers are at most 262 bytes, so that what is unfinished is bounded.
  Task<std::optional<IoFailure>> more(SocksProgress progress) {
    if (progress == SocksProgress::nonsense) {
      co_return IoFailure{Failure::unreachable, "the proxy does not speak SOCKS 5"};
    }
    const ReadResult got = co_await stream_.read(deadline_);
    if (got.failure) co_return of_proxy(*got.failure);
    came_ += got.bytes;
    co_return std::nullopt;
  }

  Stream& stream_;
  TimePoint deadline_;
  std::string came_;
};

class ProxiedNetwork final : public Network {
 public:
  ProxiedNetwork(Network& inner, Proxy proxy) : inner_(inner), proxy_(std::move(proxy)) {}

  Clock& clock() override { return inner_.clock(); }

  Task<Connected> connect(Endpoint to, std::optional<mail::IpAddress>,
                          TimePoint deadline) override {
    Connected stream = tl::unexpected(IoFailure{Failure::local, "no proxy"});
    for (const auto& at : proxy_.at) {
      stream = co_await inner_.connect(at, std::nullopt, deadline);
      if (stream) break;
    }
    if (!stream) co_return tl::unexpected(of_proxy(stream.error()));
    Talk talk(**stream, deadline);
    auto failed = co_await talk.ask(proxy_.login, to);
    if (failed) co_return tl::unexpected(std::move(*failed));
    std::unique_ptr<Stream> proxied = std::make_unique<ProxiedStream>(
        std::move(*stream), talk.rest(), source_for(to.address), to.address);
    co_return proxied;
  }

  Task<Lookup<mail::IpAddress>> addresses_of(std::string host, TimePoint deadline) override {
    return inner_.addresses_of(std::move(host), deadline);
  }
  Task<Lookup<MailExchanger>> exchangers_of(std::string domain, TimePoint deadline) override {
    return inner_.exchangers_of(std::move(domain), deadline);
  }
  Task<Lookup<std::string>> names_of(mail::IpAddress address, TimePoint deadline) override {
    return inner_.names_of(address, deadline);
  }
  IoResult<mail::IpAddress> source_towards(mail::IpAddress target) override {
    return source_for(target);
  }
  std::vector<mail::IpAddress> own_addresses() override { return {}; }

 private:
  // Its address of the target's family, else any: nobody here knows by which one it goes on.
  mail::IpAddress source_for(const mail::IpAddress& target) const {
    const auto same = std::find_if(proxy_.at.begin(), proxy_.at.end(), [&](const Endpoint& at) {
      return at.address.family() == target.family();
    });
    return same == proxy_.at.end() ? proxy_.at.front().address : same->address;
  }

  Network& inner_;
  Proxy proxy_;
};

}  // namespace

std::unique_ptr<Network> through_proxy(Network& inner, Proxy proxy) {
  return std::make_unique<ProxiedNetwork>(inner, std::move(proxy));
}

}  // namespace relayproof::net
