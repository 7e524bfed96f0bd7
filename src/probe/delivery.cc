#include "probe/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "canary/answer.h"
#include "canary/letter.h"
#include "probe/converse.h"
#include "probe/judge.h"
#include "probe/outside.h"
#include "probe/seen_as.h"
#include "smtp/session.h"

namespace relayproof::probe {
namespace {

using std::chrono::seconds;

constexpr auto answer_limit = seconds(20);
constexpr auto longest_pause = seconds(15);
// So many answers stay well below smtp::Limits::session_bytes.
constexpr std::size_t tokens_per_session = 20;

Waits waits_until(net::TimePoint until) {
  return {.connect = answer_limit, .greeting = answer_limit, .reply = answer_limit, .until = until};
}

// The answers to VRFY with each of these tokens; fewer if the canary went away.
net::Task<std::vector<mail::Reply>> ask_canary(net::Network& network, net::Endpoint at,
                                               std::string our_name,
                                               std::vector<std::string> tokens,
                                               net::TimePoint until) {
  auto stream = co_await network.connect(at, std::nullopt,
                                         std::min(until, network.clock().now() + answer_limit));
  if (!stream) co_return std::vector<mail::Reply>{};
  smtp::SessionOptions options;
  options.helo = std::move(our_name);
  options.prelude.must_be_taken = false;
  for (const auto& token : tokens) options.prelude.commands.push_back("VRFY " + token);
  smtp::Session session(std::move(options));
  const Waits waits = waits_until(until);
  const net::Handshake no_tls;
  co_await converse(**stream, session, no_tls, waits, network.clock());
  if (session.idle()) {
    session.quit();
    co_await converse(**stream, session, no_tls, waits, network.clock());
  }
  co_return session.record().prelude;
}

// Of one run: what is still awaited, and for whom.
class Waiting {
 public:
  Waiting(net::Network& network, const Plan& plan, std::vector<DoorResult>& doors)
      : network_(network), plan_(plan), doors_(doors) {
    for (auto& door : doors_) {
      for (auto& outcome : door.outcomes) {
        if (outcome.kind != OutcomeKind::accepted) continue;  // refused behind the dot
        for (const auto& token : outcome.tokens) {
          awaited_.emplace(token, Sent{&door, &outcome, nullptr});
        }
      }
      for (auto& control : door.controls) {
        if (!control.token.empty()) awaited_.emplace(control.token, Sent{&door, nullptr, &control});
      }
    }
  }

  net::Task<void> run() {
    if (awaited_.empty()) co_return;
    const net::TimePoint start = network_.clock().now();
    const net::TimePoint end = start + plan_.options.canary->wait;
    net::Duration pause = std::chrono::milliseconds(250);
    while (true) {
      co_await ask_about_all(end);
      if (awaited_.empty() || network_.clock().now() >= end) break;
      co_await network_.clock().sleep_until(std::min(end, network_.clock().now() + pause));
      pause = std::min<net::Duration>(pause * 2, longest_pause);
    }
    const double waited = std::chrono::duration<double>(network_.clock().now() - start).count();
    for (auto& door : doors_) {
      door.waited = waited;
      judge(door);
    }
  }

 private:
  struct Sent {
    DoorResult* door;
    Outcome* outcome;
    Control* control;  // instead: a bounce is awaited
  };

  net::Task<void> ask_about_all(net::TimePoint end) {
    std::vector<std::string> tokens;
    for (const auto& [token, sent] : awaited_) tokens.push_back(token);
    // The last look may take its time: what has come is there.
    const net::TimePoint until = end + answer_limit;
    for (std::size_t i = 0; i < tokens.size(); i += tokens_per_session) {
      const std::vector<std::string> some(
          tokens.begin() + static_cast<std::ptrdiff_t>(i),
          tokens.begin() +
              static_cast<std::ptrdiff_t>(std::min(i + tokens_per_session, tokens.size())));
      co_await ask_about(some, until);
    }
  }

  // Each exchanger may have taken some: all of them are asked.
  net::Task<void> ask_about(std::vector<std::string> tokens, net::TimePoint until) {
    for (const auto& canary : plan_.canaries) {
      const auto replies = co_await ask_canary(network_, canary, plan_.our_name, tokens, until);
      for (std::size_t i = 0; i < std::min(replies.size(), tokens.size()); ++i) {
        auto arrival = canary::read_answer(replies[i]);
        if (arrival) take(tokens[i], std::move(*arrival));
      }
    }
  }

  void take(const std::string& token, canary::Arrival arrival) {
    const auto found = awaited_.find(token);
    if (found == awaited_.end()) return;
    const auto [door, outcome, control] = found->second;
    const auto awaited = control != nullptr ? canary::Kind::bounce : canary::Kind::proof;
    if (arrival.kind != awaited) return;
    awaited_.erase(found);
    arrival.token = token;
    if (control != nullptr) {
      control->bounce = std::move(arrival);
      return;
    }
    outcome->kind = OutcomeKind::delivered;
    outcome->phase = "delivered";
    // The oldest hop is the server's own: it says from whom it took the message.
    if (!door->seen_as && !arrival.received.empty()) {
      const auto seen = seen_in_received(arrival.received.back());
      if (seen) door->seen_as = seen->to_string();
    }
    if (!outcome->arrival) outcome->arrival = std::move(arrival);
  }

  net::Network& network_;
  const Plan& plan_;
  std::vector<DoorResult>& doors_;
  std::map<std::string, Sent> awaited_;
};

net::Task<std::vector<net::Endpoint>> endpoints_of(net::Network& network,
                                                   const CanaryOptions& canary) {
  const auto soon = network.clock().now() + answer_limit;
  std::vector<std::string> hosts;
  std::uint16_t port = 25;
  if (canary.at) {
    hosts = {canary.at->host};
    port = canary.at->port.value_or(port);
  } else {
    const std::string domain = domain_of(canary.address);
    const auto exchangers = co_await network.exchangers_of(domain, soon);
    for (const auto& exchanger : exchangers.found) hosts.push_back(exchanger.host);
    if (hosts.empty()) hosts.push_back(domain);
  }
  std::vector<net::Endpoint> endpoints;
  for (const auto& host : hosts) {
    const auto addresses = co_await network.addresses_of(host, soon);
    for (const auto& address : addresses.found) endpoints.push_back({address, port});
  }
  co_return endpoints;
}

std::string name_of(const Target& target) {
  const std::string address =
      target.address.is_v6() ? "[" + target.address.to_string() + "]" : target.address.to_string();
  return fmt::format("{}:{}", address, target.port);
}

}  // namespace

net::Task<std::optional<Error>> find_canary(net::Network& network, Plan& plan) {
  const CanaryOptions& canary = *plan.options.canary;
  const auto endpoints = co_await endpoints_of(network, canary);
  if (endpoints.empty()) {
    co_return Error{"--canary: " + canary.address + " has no address that could be asked", {}};
  }
  bool other_key = false;
  for (const auto& endpoint : endpoints) {
    const std::vector<std::string> token{
        canary::make_token(canary.key, canary::greeting_errand(), network.clock().wall())};
    const auto replies = co_await ask_canary(network, endpoint, plan.our_name, token,
                                             network.clock().now() + answer_limit);
    if (replies.empty()) continue;
    const auto standing = canary::read_greeting(replies.front());
    other_key = other_key || standing == canary::Standing::other_key;
    if (standing == canary::Standing::ready) plan.canaries.push_back(endpoint);
  }
  if (!plan.canaries.empty()) co_return std::nullopt;
  co_return Error{other_key ? "--canary: the canary there has another key"
                            : "--canary: no `relayproof canary` answers for " + canary.address +
                                  "; nothing was sent",
                  {}};
}

Delivery delivery_for(const Plan& plan, const Target& target, const std::string& our_helo,
                      const net::Clock& clock) {
  const CanaryOptions& canary = *plan.options.canary;
  Delivery delivery;
  delivery.return_path = "<" + canary.address + ">";
  delivery.token = [&canary, name = name_of(target), &clock](const std::string& technique) {
    return canary::make_token(canary.key, {name, technique}, clock.wall());
  };
  delivery.letter = [&canary, &clock, name = name_of(target), our_helo,
                     from = plan.operator_address](const std::string& technique,
                                                   const std::string& token) {
    return canary::write_letter({.errand = {name, technique},
                                 .token = token,
                                 .from = from,
                                 .to = canary.address,
                                 .our_name = our_helo,
                                 .when = clock.wall()});
  };
  return delivery;
}

net::Task<void> wait_for_arrivals(net::Network& network, const Plan& plan,
                                  std::vector<DoorResult>& doors) {
  Waiting waiting(network, plan, doors);
  co_await waiting.run();
}

}  // namespace relayproof::probe
