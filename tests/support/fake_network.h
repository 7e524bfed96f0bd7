// A network in memory: names, routes and mail servers that answer at once, and a clock that only
// moves when somebody waits. What a test says about the world is all there is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/network.h"
#include "smtp/receiver.h"

namespace relayproof::testing_support {

class FakeClock : public net::Clock {
 public:
  net::TimePoint now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override;
  net::Task<void> sleep_until(net::TimePoint when) override;
  void advance_to(net::TimePoint when) { now_ = std::max(now_, when); }

 private:
  net::TimePoint now_{std::chrono::hours(1)};
};

/// A mail server: the policy for its n-th connection (from 1), or why there is none.
using FakeServer = std::function<net::IoResult<smtp::Policy>(std::size_t connection)>;

class FakeNetwork : public net::Network {
 public:
  // What a test sets up.
  std::map<std::string, std::vector<std::string>> hosts;              ///< name -> addresses
  std::map<std::string, std::vector<net::MailExchanger>> exchangers;  ///< domain -> MX
  std::map<std::string, std::vector<std::string>> pointers;           ///< address -> names
  std::map<std::string, std::string> unanswered;  ///< name -> why DNS gave no (whole) answer for it
  std::map<std::pair<std::string, std::uint16_t>, FakeServer> servers;  ///< (address, port)
  std::optional<std::string> source_v4 = "203.0.113.9";
  std::optional<std::string> source_v6 = "2001:db8:9::9";
  std::vector<std::string> own;  ///< own addresses
  net::Failure without_server = net::Failure::refused;
  // What a test looks at.
  std::map<std::pair<std::string, std::uint16_t>, std::size_t> connections;

  net::Clock& clock() override { return clock_; }
  net::Task<net::IoResult<std::unique_ptr<net::Stream>>> connect(
      net::Endpoint to, std::optional<mail::IpAddress> source, net::TimePoint deadline) override;
  net::Task<net::Lookup<mail::IpAddress>> addresses_of(std::string host,
                                                       net::TimePoint deadline) override;
  net::Task<net::Lookup<net::MailExchanger>> exchangers_of(std::string domain,
                                                           net::TimePoint deadline) override;
  net::Task<net::Lookup<std::string>> names_of(mail::IpAddress address,
                                               net::TimePoint deadline) override;
  net::IoResult<mail::IpAddress> source_towards(mail::IpAddress target) override;
  std::vector<mail::IpAddress> own_addresses() override;

 private:
  FakeClock clock_;
};

}  // namespace relayproof::testing_support
