// The canary as a mail server: takes mail for its own domains and sends none on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "canary/arrivals.h"
#include "net/stream.h"
#include "smtp/receiver.h"

namespace relayproof::canary {

struct SinkOptions {
  std::string hostname;
  std::vector<std::string> domains;  ///< normalised; mail for anything else is refused
  bool starttls = true;
  net::Duration idle_limit = std::chrono::seconds(60);
  net::Duration session_limit = std::chrono::minutes(10);
  std::size_t most_connections = 200;  ///< at a time; more are turned away with 421
};

class Sink {
 public:
  /// Called for each recipient of each message taken.
  using Tell = std::function<void(const Arrival&)>;

  Sink(SinkOptions options, Arrivals arrivals, net::Clock& clock, Tell tell)
      : options_(std::move(options)),
        arrivals_(std::move(arrivals)),
        clock_(clock),
        tell_(std::move(tell)) {}

  /// One connection, to its end.
  net::Task<void> serve(std::unique_ptr<net::Stream> stream);

  /// What it says to a client of this address.
  smtp::Policy policy_for(mail::IpAddress client);

 private:
  net::Task<void> converse(net::Stream& stream);
  bool is_ours(const smtp::Path& recipient) const;
  mail::Reply answer_to(std::string_view token) const;
  mail::Reply take(const smtp::Transaction& said, std::string_view message,
                   const mail::IpAddress& client);

  SinkOptions options_;
  Arrivals arrivals_;
  net::Clock& clock_;
  Tell tell_;
  std::size_t connections_ = 0;
};

}  // namespace relayproof::canary
