// SOCKS 5 (RFC 1928, RFC 1929), the client's side, without I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/network.h"

namespace relayproof::net {

struct SocksLogin {
  std::string user;  ///< empty: none; 255 bytes at most, as the password
  std::string password;
};

/// The methods that we know: none, and name and password where there are any.
std::string socks_greeting(const SocksLogin& login);
/// RFC 1929 2.
std::string socks_login(const SocksLogin& login);
/// CONNECT.
std::string socks_connect(const Endpoint& to);

/// What has come of an answer.
enum class SocksProgress { need_bytes, done, nonsense };

/// Two bytes: the version and a choice or a status. `value` is set when done.
SocksProgress read_socks_pair(std::string_view bytes, unsigned char version, unsigned char& value);

struct SocksReply {
  unsigned char status = 0;  ///< 0: connected
  std::size_t size = 0;      ///< in bytes: what stands behind came from the peer
};

/// RFC 1928 6.
SocksProgress read_socks_reply(std::string_view bytes, SocksReply& reply);

/// What a status other than 0 says of the connection that was asked for.
IoFailure failure_of_socks(unsigned char status);

}  // namespace relayproof::net
