// A connection. What the peer or the network does is a value, never an exception.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_address.h"
#include "net/clock.h"
#include "net/task.h"

namespace relayproof::net {

/// How an operation failed.
enum class Failure {
  refused,      ///< nobody listens there (RST)
  unreachable,  ///< no route, or a router said so
  timed_out,    ///< the deadline passed
  closed,       ///< the peer closed in order
  reset,        ///< the peer or the network cut the connection
  tls,          ///< the handshake failed
  local,        ///< our side: address not ours, no permission, out of descriptors
};

struct IoFailure {
  Failure kind = Failure::local;
  std::string detail;  ///< the system's or OpenSSL's words
};

std::string_view to_string(Failure failure);

/// Bytes, or why there are none.
struct ReadResult {
  std::string bytes;
  std::optional<IoFailure> failure;
};

/// How the client's side begins TLS.
struct Handshake {
  std::string server_name = {};   ///< sent as SNI if it is a domain name
  bool with_certificate = false;  ///< shows one that we sign ourselves, if it is asked for
};

/// Whether a server asks its clients for a certificate. It takes any, and none.
enum class ClientCertificates { not_asked_for, asked_for };

class Stream {
 public:
  virtual ~Stream() = default;

  /// At least one byte, or a failure; waits until the deadline.
  virtual Task<ReadResult> read(TimePoint deadline) = 0;
  /// All of it, or a failure.
  virtual Task<std::optional<IoFailure>> write(std::string bytes, TimePoint deadline) = 0;
  /// The client's side of a TLS handshake; the server's certificate is not verified, it is read:
  /// a prober talks to whatever answers. On a connection that a listener accepted: the server's
  /// side, with the listener's certificate.
  virtual Task<std::optional<IoFailure>> start_tls(Handshake how, TimePoint deadline) = 0;
  /// In its handshake the peer asked for a certificate of ours (RFC 8446 4.3.2).
  virtual bool asks_for_certificate() const = 0;
  /// The DNS names of the peer's certificate (subjectAltName, else CN); empty without TLS.
  virtual std::vector<std::string> certificate_names() const = 0;
  virtual mail::IpAddress local_address() const = 0;
  virtual mail::IpAddress peer_address() const = 0;
  /// At once, without a TLS farewell. Also done by the destructor.
  virtual void close() = 0;
};

}  // namespace relayproof::net
