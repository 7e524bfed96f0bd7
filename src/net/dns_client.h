// Asks the DNS through libunbound, in its own thread, without blocking the loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/network.h"

namespace relayproof::net {

enum class RecordType : int { a = 1, ptr = 12, mx = 15, aaaa = 28 };

struct DnsAnswer {
  std::vector<std::string> records;  ///< the data of each, without name compression
  bool failed = false;               ///< no answer; otherwise no records means "there are none"
  std::string why;                   ///< if failed: one clause
};

/// Names are absolute: no search list, no hosts file. CNAMEs are followed. Nothing is validated.
class DnsClient {
 public:
  /// Asks `resolver`, else the servers of /etc/resolv.conf. If that cannot be read, every question
  /// fails with that as the reason.
  static Result<std::shared_ptr<DnsClient>> make(const boost::asio::any_io_executor& executor,
                                                 const std::optional<Endpoint>& resolver);
  virtual ~DnsClient() = default;
  /// The client lives until its last question has ended.
  virtual Task<DnsAnswer> ask(std::string name, RecordType type, TimePoint deadline) = 0;
};

}  // namespace relayproof::net
