// A TCP connection, with TLS on top once it is asked for.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/stream.h"
#include "net/tls.h"

namespace relayproof::net {

/// Which side of a handshake is ours.
enum class Side { client, server };

/// One operation at a time, as SMTP has it: a deadline that passes cancels whatever is under way.
class TcpStream final : public Stream {
 public:
  /// Takes a connected socket. `tls` may be null: start_tls() then fails.
  TcpStream(boost::asio::ip::tcp::socket socket, Side side, TlsContext tls);
  ~TcpStream() override;
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  Task<ReadResult> read(TimePoint deadline) override;
  Task<std::optional<IoFailure>> write(std::string bytes, TimePoint deadline) override;
  Task<std::optional<IoFailure>> start_tls(Handshake how, TimePoint deadline) override;
  bool asks_for_certificate() const override;
  std::vector<std::string> certificate_names() const override;
  mail::IpAddress local_address() const override;
  mail::IpAddress peer_address() const override;
  void close() override;

 private:
  struct State;
  /// Shared with the operations under way, so that a stream may go while one of them ends.
  std::shared_ptr<State> state_;
};

/// Asio's address as ours.
mail::IpAddress address_of(const boost::asio::ip::address& address);
/// Our address and a port as Asio's.
boost::asio::ip::tcp::endpoint asio_endpoint(const mail::IpAddress& address, std::uint16_t port);

}  // namespace relayproof::net
