#include "net/connect.h"

#include <boost/asio/ip/tcp.hpp>
#include <utility>

#include "net/await.h"
#include "net/deadline.h"
#include "net/failure_of.h"
#include "net/tcp_stream.h"

namespace relayproof::net {
namespace {

using boost::asio::ip::tcp;

std::optional<IoFailure> open(tcp::socket& socket, const mail::IpAddress& to,
                              const std::optional<mail::IpAddress>& source) {
  boost::system::error_code error;
  socket.open(to.is_v6() ? tcp::v6() : tcp::v4(), error);
  if (error) return failure_of(error);
  if (!source) return {};
  const std::string cannot = "cannot use " + source->to_string() + " as the source address: ";
  if (source->family() != to.family()) {
    return IoFailure{Failure::local, cannot + to.to_string() + " is of the other family"};
  }
  socket.bind(asio_endpoint(*source, 0), error);
  if (error) return IoFailure{Failure::local, cannot + error.message()};
  return {};
}

}  // namespace

Task<IoResult<std::unique_ptr<Stream>>> connect_tcp(boost::asio::any_io_executor executor,
                                                    TlsContext tls, Endpoint to,
                                                    std::optional<mail::IpAddress> source,
                                                    TimePoint deadline) {
  tcp::socket socket(executor);
  std::optional<IoFailure> failed = open(socket, to.address, source);
  if (failed) co_return tl::unexpected<IoFailure>(std::move(*failed));
  if (is_past(deadline)) co_return tl::unexpected<IoFailure>(deadline_passed());
  const Deadline watch(executor, deadline, [&socket] {
    boost::system::error_code ignored;
    socket.cancel(ignored);
  });
  const tcp::endpoint endpoint = asio_endpoint(to.address, to.port);
  const auto [error] = co_await socket.async_connect(endpoint, as_value);
  if (error) {
    co_return tl::unexpected<IoFailure>(watch.passed() ? deadline_passed() : failure_of(error));
  }
  std::unique_ptr<Stream> stream =
      std::make_unique<TcpStream>(std::move(socket), Side::client, std::move(tls));
  co_return stream;
}

}  // namespace relayproof::net
