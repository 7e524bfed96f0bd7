// A whole run against one host: whom to ask, as whom, at which doors; then the asking.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "canary/token.h"
#include "net/network.h"
#include "probe/observation.h"
#include "probe/target.h"
#include "techniques/technique.h"

namespace relayproof::probe {

/// Where messages that prove relaying are sent, and where it is asked whether they came.
struct CanaryOptions {
  canary::Key key;
  std::string address;  ///< a mailbox of the canary's: its domain is what recipients are asked at
  std::optional<TargetSpec> at;  ///< whom to ask; nullopt: the mail exchangers of that domain
  net::Duration wait = std::chrono::seconds(60);  ///< for messages that were taken
};

struct RunOptions {
  TargetSpec target;
  bool follow_mx = false;            ///< a mail domain stands for its MX hosts
  std::vector<std::uint16_t> ports;  ///< empty: 25, 465, 587, or the target's own
  std::vector<std::string> domains;  ///< it answers for them
  std::string user;                  ///< a mailbox that exists there
  std::string from;                  ///< the operator's address; empty: postmaster at our name
  std::string to;                    ///< the operator's mailbox outside; empty: example.net
  std::vector<mail::IpAddress> sources;
  std::function<bool(const mail::IpAddress&)> may_ask;  ///< absent: anybody
  bool as_stranger = false;
  bool data_phase = false;
  std::optional<CanaryOptions> canary;  ///< goes beyond the data phase: messages are delivered
  std::vector<const techniques::Technique*> techniques;
  net::Duration timeout = std::chrono::seconds(120);  ///< of the whole run
  std::size_t repeat = 1;    ///< how often a door is asked: a balancer may lead to another server
  std::size_t per_host = 4;  ///< sessions at a time
  std::string egress;        ///< a host outside whose port 25 answers
  bool transcripts = true;   ///< the dialogues are kept, which takes a third of the memory
  std::function<std::string()> token;         ///< a new random word on each call
  std::function<void(std::size_t)> progress;  ///< attempts answered since; may be empty
};

/// One address of the server, and what we are there.
struct Address {
  std::string host;  ///< the name it has, or itself
  mail::IpAddress address;
  std::optional<mail::IpAddress> source;  ///< nullopt: no route of this family from here
  std::string helo;                       ///< our confirmed name, else our literal
  bool trusted_place = false;
  std::vector<std::string> pointers;  ///< its PTR names
};

/// Everything that is known before the first connection.
struct Plan {
  RunOptions options;
  std::string mail_domain;
  std::string our_name;  ///< of the first usable source
  std::string operator_address;
  std::vector<Address> addresses;
  std::vector<std::uint16_t> ports;
  std::vector<net::Endpoint> canaries;  ///< where the canary answers
  std::size_t most_refusals = 0;        ///< how many refused recipients its log may show
  net::TimePoint started;
  std::vector<std::string> not_asked;  ///< what DNS did not tell, clauses
};

/// Resolves names and chooses sources. A failure is a name that does not resolve, a domain that
/// takes no mail, or a source address that is not ours.
net::Task<Result<Plan>> prepare(net::Network& network, RunOptions options);

/// Asks every door of the plan. The run is judged.
net::Task<Run> execute(net::Network& network, Plan plan);

/// The techniques of a set that are asked by default, in order.
std::vector<const techniques::Technique*> standard_techniques();

}  // namespace relayproof::probe
