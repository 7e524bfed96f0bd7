#include "canary/sink.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "canary/answer.h"
#include "mail/domain.h"

namespace relayproof::canary {
namespace {

constexpr std::size_t longest_text = 400;
constexpr std::size_t most_recipients = 20;
constexpr std::size_t largest_message = std::size_t{256} * 1024;

std::string bounded(std::string_view text) { return std::string(text.substr(0, longest_text)); }

// Counts a connection for as long as it stands.
class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

bool Sink::is_ours(const smtp::Path& recipient) const {
  const std::string_view address = recipient.address ? *recipient.address : std::string_view();
  const std::size_t at = address.rfind('@');
  // RFC 5321 4.1.1.3: postmaster needs no domain.
  if (at == std::string_view::npos) return equals_ignoring_case(address, "postmaster");
  const std::string domain = mail::normalised_domain(std::string(address.substr(at + 1)));
  return std::find(options_.domains.begin(), options_.domains.end(), domain) !=
         options_.domains.end();
}

smtp::Policy Sink::policy_for(mail::IpAddress client) {
  smtp::Policy policy;
  policy.hostname = options_.hostname;
  policy.extensions = {"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"};
  policy.starttls = options_.starttls;
  policy.max_recipients = most_recipients;
  policy.max_message_bytes = largest_message;
  policy.on_rcpt = [this](const smtp::Transaction&, const smtp::Path& recipient) {
    return is_ours(recipient) ? mail::Reply{250, {"2.1.5 Ok"}}
                              : mail::Reply{550, {"5.7.1 This server sends nothing on"}};
  };
  policy.on_message = [this, client](const smtp::Transaction& said, std::string_view message) {
    return take(said, message, client);
  };
  policy.on_vrfy = [this](const smtp::Transaction&, std::string_view argument) {
    return answer_to(argument);
  };
  return policy;
}

// Who knows a token may hear of it.
mail::Reply Sink::answer_to(std::string_view token) const {
  if (!is_token(token)) return {252, {"2.1.5 Send some mail, then see"}};
  const Arrival* arrival = arrivals_.find(token);
  const bool greets =
      arrival == nullptr && arrivals_.is_genuine(token, greeting_errand(), clock_.wall());
  return greets ? answer_to_greeting() : answer_about(arrival);
}

mail::Reply Sink::take(const smtp::Transaction& said, std::string_view message,
                       const mail::IpAddress& client) {
  for (const auto& recipient : said.recipients) {
    Arrival arrival;
    arrival.when = clock_.wall();
    arrival.from = client.unmapped();
    arrival.helo = bounded(said.helo);
    arrival.tls = said.tls;
    arrival.mail_from = bounded(said.sender ? said.sender->argument : "");
    arrival.rcpt_to = bounded(recipient.argument);
    tell_(arrivals_.take(std::move(arrival), message));
  }
  return {250, {"2.0.0 Taken, and written down"}};
}

net::Task<void> Sink::serve(std::unique_ptr<net::Stream> stream) {
  const Counted counted(connections_);
  if (connections_ > options_.most_connections) {
    const auto deadline = clock_.now() + options_.idle_limit;
    co_await stream->write("421 4.3.2 " + options_.hostname + " is busy\r\n", deadline);
    co_return;
  }
  co_await converse(*stream);
}

net::Task<void> Sink::converse(net::Stream& stream) {
  smtp::Receiver receiver(policy_for(stream.peer_address()));
  const net::TimePoint end = clock_.now() + options_.session_limit;
  while (true) {
    const net::TimePoint deadline = std::min(end, clock_.now() + options_.idle_limit);
    std::string output = receiver.take_output();
    if (!output.empty()) {
      const auto failure = co_await stream.write(std::move(output), deadline);
      if (failure) co_return;
    }
    if (receiver.closing()) co_return;
    if (receiver.wants_tls()) {
      net::Handshake how;
      const auto failure = co_await stream.start_tls(how, deadline);
      if (failure) co_return;
      receiver.tls_started();
    }
    const net::ReadResult got = co_await stream.read(deadline);
    if (got.failure) co_return;
    receiver.receive(got.bytes);
  }
}

}  // namespace relayproof::canary
