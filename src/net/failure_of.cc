#include "net/failure_of.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>

namespace relayproof::net {
namespace {

Failure kind_of_errno(int number) {
  switch (number) {
    case ECONNREFUSED:
      return Failure::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case EAFNOSUPPORT:  // a kernel without IPv6 has no route of that family either
      return Failure::unreachable;
    case ETIMEDOUT:
      return Failure::timed_out;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return Failure::reset;
    case ENOTCONN:
      return Failure::closed;
    default:
      return Failure::local;
  }
}

Failure kind_of(const boost::system::error_code& error) {
  // A peer that hangs up without a TLS farewell has closed all the same.
  if (error == boost::asio::error::eof || error == boost::asio::ssl::error::stream_truncated) {
    return Failure::closed;
  }
  if (error.category() == boost::asio::error::get_ssl_category() ||
      error.category() == boost::asio::ssl::error::get_stream_category()) {
    return Failure::tls;
  }
  if (error.category() == boost::system::system_category()) return kind_of_errno(error.value());
  return Failure::local;
}

}  // namespace

IoFailure failure_of(const boost::system::error_code& error) {
  return {kind_of(error), error.message()};
}

IoFailure failure_of_errno(int number) {
  return failure_of(boost::system::error_code(number, boost::system::system_category()));
}

IoFailure deadline_passed() { return {Failure::timed_out, "no answer in time"}; }

}  // namespace relayproof::net
