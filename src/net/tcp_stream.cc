#include "net/tcp_stream.h"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <tuple>
#include <utility>

#include "mail/domain.h"
#include "net/await.h"
#include "net/deadline.h"
#include "net/failure_of.h"

namespace relayproof::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket&>;

// Replies are short, and every connection under way holds one of these.
constexpr std::size_t max_read = std::size_t{4} * 1024;

mail::IpAddress local_address_of(const tcp::socket& socket) {
  boost::system::error_code error;
  const tcp::endpoint endpoint = socket.local_endpoint(error);
  return error ? mail::IpAddress() : address_of(endpoint.address());
}

mail::IpAddress peer_address_of(const tcp::socket& socket) {
  boost::system::error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  return error ? mail::IpAddress() : address_of(endpoint.address());
}

}  // namespace

struct TcpStream::State {
  State(tcp::socket connected, Side our_side, TlsContext context)
      : socket(std::move(connected)),
        timer(socket.get_executor(), [this] { cancel(); }),
        side(our_side),
        tls_context(std::move(context)),
        local(local_address_of(socket)),
        peer(peer_address_of(socket)) {}

  void close() {
    boost::system::error_code ignored;
    socket.close(ignored);
    timer.stop();
  }
  void cancel() {
    boost::system::error_code ignored;
    socket.cancel(ignored);
  }

  /// What an operation tells: nothing, the deadline, or the error. The wait for it is over.
  std::optional<IoFailure> failure_after(const boost::system::error_code& error) {
    timer.rest();
    if (!error) return {};
    if (timer.passed()) return deadline_passed();
    // Only close() cancels otherwise.
    if (error == asio::error::operation_aborted) return IoFailure{Failure::closed, "closed by us"};
    return failure_of(error);
  }
  /// As much as the system takes without waiting.
  std::size_t write_at_once(const std::string& bytes) {
    boost::system::error_code ignored;  // what is left is written again, and tells
    if (tls || !socket.non_blocking()) return 0;
    return socket.write_some(asio::buffer(bytes), ignored);
  }

  tcp::socket socket;
  Alarm timer;
  Side side;
  TlsContext tls_context;
  std::optional<TlsStream> tls;
  mail::IpAddress local;
  mail::IpAddress peer;
  std::vector<std::string> names;
  bool asked_for_certificate = false;
  bool shows_certificate = false;

  static Task<ReadResult> read(std::shared_ptr<State> state, TimePoint deadline);
  static Task<std::optional<IoFailure>> write(std::shared_ptr<State> state, std::string bytes,
                                              TimePoint deadline);
  static Task<std::optional<IoFailure>> handshake(std::shared_ptr<State> state, Handshake how,
                                                  TimePoint deadline);
  /// OpenSSL's: the peer asks for a certificate.
  static int on_certificate_request(SSL* ssl, void* state);
};

int TcpStream::State::on_certificate_request(SSL* ssl, void* state) {
  auto* self = static_cast<State*>(state);
  self->asked_for_certificate = true;
  if (self->shows_certificate) show_own_certificate(ssl);
  return 1;  // none is an answer as well
}

namespace {

IoFailure not_open() { return {Failure::closed, "closed by us"}; }

}  // namespace

Task<ReadResult> TcpStream::State::read(std::shared_ptr<State> state, TimePoint deadline) {
  ReadResult result;
  if (!state->socket.is_open()) {
    result.failure = not_open();
    co_return result;
  }
  if (is_past(deadline)) {
    result.failure = deadline_passed();
    co_return result;
  }
  state->timer.set(deadline);
  result.bytes.resize(max_read);
  const asio::mutable_buffer buffer = asio::buffer(result.bytes);
  boost::system::error_code error;
  std::size_t size = 0;
  if (state->tls) {
    std::tie(error, size) = co_await state->tls->async_read_some(buffer, as_value);
  } else {
    std::tie(error, size) = co_await state->socket.async_read_some(buffer, as_value);
  }
  result.bytes.resize(size);
  const auto failure = state->failure_after(error);
  if (size == 0) result.failure = failure;
  co_return result;
}

Task<std::optional<IoFailure>> TcpStream::State::write(std::shared_ptr<State> state,
                                                       std::string bytes, TimePoint deadline) {
  if (!state->socket.is_open()) co_return not_open();
  if (is_past(deadline)) co_return deadline_passed();
  const std::size_t written = state->write_at_once(bytes);
  if (written == bytes.size()) co_return std::nullopt;
  state->timer.set(deadline);
  const asio::const_buffer buffer = asio::buffer(bytes) + written;
  boost::system::error_code error;
  std::size_t size = 0;
  if (state->tls) {
    std::tie(error, size) = co_await asio::async_write(*state->tls, buffer, as_value);
  } else {
    std::tie(error, size) = co_await asio::async_write(state->socket, buffer, as_value);
  }
  co_return state->failure_after(error);
}

Task<std::optional<IoFailure>> TcpStream::State::handshake(std::shared_ptr<State> state,
                                                           Handshake how, TimePoint deadline) {
  if (!state->socket.is_open()) co_return not_open();
  if (!state->tls_context) co_return IoFailure{Failure::tls, "we have no certificate"};
  if (state->tls) co_return IoFailure{Failure::tls, "TLS is on already"};
  if (is_past(deadline)) co_return deadline_passed();
  state->tls.emplace(state->socket, *state->tls_context);
  SSL* ssl = state->tls->native_handle();
  // RFC 6066 section 3: names only, no address literals.
  if (mail::is_domain_name(how.server_name)) {
    SSL_set_tlsext_host_name(ssl, how.server_name.c_str());
  }
  state->shows_certificate = how.with_certificate;
  if (state->side == Side::client) SSL_set_cert_cb(ssl, on_certificate_request, state.get());
  state->timer.set(deadline);
  const auto side =
      state->side == Side::client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
  const auto [error] = co_await state->tls->async_handshake(side, as_value);
  std::optional<IoFailure> failed = state->failure_after(error);
  if (!failed) {
    state->names = names_of_certificate(SSL_get0_peer_certificate(ssl));
  } else if (failed->kind == Failure::closed || failed->kind == Failure::reset) {
    failed = IoFailure{Failure::tls, "cut off during the handshake: " + failed->detail};
  }
  co_return failed;
}

TcpStream::TcpStream(tcp::socket socket, Side side, TlsContext tls)
    : state_(std::make_shared<State>(std::move(socket), side, std::move(tls))) {
  // Commands go out as they are: the answer to each is waited for, and Nagle would hold them back.
  boost::system::error_code ignored;
  state_->socket.set_option(tcp::no_delay(true), ignored);
  state_->socket.non_blocking(true, ignored);
}

TcpStream::~TcpStream() { state_->close(); }

Task<ReadResult> TcpStream::read(TimePoint deadline) { return State::read(state_, deadline); }

Task<std::optional<IoFailure>> TcpStream::write(std::string bytes, TimePoint deadline) {
  return State::write(state_, std::move(bytes), deadline);
}

Task<std::optional<IoFailure>> TcpStream::start_tls(Handshake how, TimePoint deadline) {
  return State::handshake(state_, std::move(how), deadline);
}

bool TcpStream::asks_for_certificate() const { return state_->asked_for_certificate; }

std::vector<std::string> TcpStream::certificate_names() const { return state_->names; }

mail::IpAddress TcpStream::local_address() const { return state_->local; }

mail::IpAddress TcpStream::peer_address() const { return state_->peer; }

void TcpStream::close() { state_->close(); }

mail::IpAddress address_of(const asio::ip::address& address) {
  if (address.is_v4()) return mail::IpAddress::v4(address.to_v4().to_bytes());
  return mail::IpAddress::v6(address.to_v6().to_bytes());
}

tcp::endpoint asio_endpoint(const mail::IpAddress& address, std::uint16_t port) {
  if (address.is_v6()) return {asio::ip::address_v6(address.bytes()), port};
  const auto& bytes = address.bytes();
  return {asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}), port};
}

}  // namespace relayproof::net
