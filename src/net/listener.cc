#include "net/listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "net/await.h"
#include "net/tcp_stream.h"

namespace relayproof::net {
namespace {

using boost::asio::ip::tcp;

constexpr std::chrono::milliseconds pause_after_failure{100};

/// Outlives the listener for as long as a connection is served.
struct Door {
  Door(boost::asio::io_context& context, Listener::Serve how)
      : acceptor(context), pause(context), serve(std::move(how)) {}

  tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  Listener::Serve serve;
  TlsContext tls;
};

void report(const char* what) {
  const std::string line = "connection dropped: " + escape_foreign(what) + "\n";
  std::fputs(line.c_str(), stderr);
}

Task<void> serve_one(std::shared_ptr<Door> door, std::unique_ptr<Stream> stream) {
  // Nobody waits for this task: what it throws would be lost, or end the loop.
  try {
    Task<void> serving = door->serve(std::move(stream));
    co_await std::move(serving);
  } catch (const std::exception& error) {
    report(error.what());
  } catch (...) {
    report("unknown exception");
  }
}

Task<void> accept_all(std::shared_ptr<Door> door) {
  const auto executor = door->acceptor.get_executor();
  while (door->acceptor.is_open()) {
    tcp::socket socket(executor);
    const auto [error] = co_await door->acceptor.async_accept(socket, as_value);
    if (!door->acceptor.is_open()) break;
    if (error) {
      // Out of descriptors, most likely: the connection stays in the queue and the next try would
      // fail at once.
      door->pause.expires_after(pause_after_failure);
      co_await door->pause.async_wait(as_value);
      continue;
    }
    auto stream = std::make_unique<TcpStream>(std::move(socket), Side::server, door->tls);
    boost::asio::co_spawn(executor, serve_one(door, std::move(stream)), boost::asio::detached);
  }
}

class TcpListener final : public Listener {
 public:
  TcpListener(std::shared_ptr<Door> door, std::uint16_t port)
      : door_(std::move(door)), port_(port) {}
  ~TcpListener() override {
    boost::system::error_code ignored;
    door_->acceptor.close(ignored);
    door_->pause.cancel();
  }
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  std::uint16_t port() const override { return port_; }

 private:
  std::shared_ptr<Door> door_;
  std::uint16_t port_;
};

boost::system::error_code open(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  // Else `::` takes the port for IPv4, too, on most systems and not on all.
  if (!error && endpoint.address().is_v6()) {
    acceptor.set_option(boost::asio::ip::v6_only(true), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  return error;
}

}  // namespace

Result<std::unique_ptr<Listener>> listen(Loop& loop, mail::IpAddress address, std::uint16_t port,
                                         Listener::Serve serve,
                                         const std::vector<std::string>& certificate_names,
                                         ClientCertificates clients) {
  const auto door = std::make_shared<Door>(loop.context(), std::move(serve));
  if (!certificate_names.empty()) {
    Result<TlsContext> tls = tls_server(certificate_names, clients);
    if (!tls) return tl::unexpected<Error>(tls.error());
    door->tls = std::move(*tls);
  }
  const boost::system::error_code error = open(door->acceptor, asio_endpoint(address, port));
  if (error) {
    return failure("cannot listen on " + address.to_string() + " port " + std::to_string(port) +
                   ": " + error.message());
  }
  const std::uint16_t taken = door->acceptor.local_endpoint().port();
  boost::asio::co_spawn(loop.context(), accept_all(door), boost::asio::detached);
  return std::make_unique<TcpListener>(door, taken);
}

}  // namespace relayproof::net
