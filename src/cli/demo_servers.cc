#include "cli/demo_servers.h"

#include <utility>

#include "base/text.h"

namespace relayproof::cli {
namespace {

using std::chrono::seconds;

constexpr auto idle_limit = seconds(60);
constexpr const char* demo_host = "mail.demo.example";

struct Mailbox {
  std::string_view local_part, domain;
};

Mailbox mailbox_of(const smtp::Path& recipient) {
  const std::string_view address = recipient.address ? *recipient.address : std::string_view();
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {address, demo_domain};
  return {address.substr(0, at), address.substr(at + 1)};
}

bool is_at_home(const smtp::Path& recipient) {
  const std::string_view domain = mailbox_of(recipient).domain;
  return equals_ignoring_case(domain, demo_domain) || equals_ignoring_case(domain, demo_host);
}

bool is_mailbox(const smtp::Path& recipient) {
  const std::string_view name = mailbox_of(recipient).local_part;
  return equals_ignoring_case(name, "postmaster") || equals_ignoring_case(name, "alice");
}

mail::Reply taken() { return {250, {"2.1.5 Ok"}}; }

mail::Reply home_mail(const smtp::Path& recipient) {
  if (is_mailbox(recipient)) return taken();
  return {550, {"5.1.1 Recipient address rejected: User unknown"}};
}

mail::Reply closed_rcpt(const smtp::Transaction&, const smtp::Path& recipient) {
  if (is_at_home(recipient)) return home_mail(recipient);
  return {554, {"5.7.1 Relay access denied"}};
}

mail::Reply open_rcpt(const smtp::Transaction&, const smtp::Path& recipient) {
  return is_at_home(recipient) ? home_mail(recipient) : taken();
}

mail::Reply any_rcpt(const smtp::Transaction&, const smtp::Path&) { return taken(); }

smtp::Policy named(decltype(smtp::Policy::on_rcpt) on_rcpt) {
  smtp::Policy policy;
  policy.hostname = demo_host;
  policy.extensions = {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME"};
  policy.on_rcpt = std::move(on_rcpt);
  // A demo has nowhere to deliver to.
  policy.on_message = [](const smtp::Transaction&, std::string_view) {
    return mail::Reply{250, {"2.0.0 Ok: thrown away"}};
  };
  return policy;
}

net::Task<void> converse(std::unique_ptr<net::Stream> stream, net::Clock& clock,
                         smtp::Policy policy) {
  smtp::Receiver receiver(std::move(policy));
  while (true) {
    std::string output = receiver.take_output();
    if (!output.empty()) {
      const auto failure = co_await stream->write(std::move(output), clock.now() + idle_limit);
      if (failure) co_return;
    }
    if (receiver.closing()) co_return;
    const net::ReadResult got = co_await stream->read(clock.now() + idle_limit);
    if (got.failure) co_return;
    receiver.receive(got.bytes);
  }
}

}  // namespace

std::vector<DemoServer> demo_servers() {
  return {{"1  An open relay: it takes mail from strangers to strangers.", named(open_rcpt)},
          {"2  A closed server: it takes mail for its own mailboxes only.", named(closed_rcpt)},
          {"3  A deceptive one: it takes everything, and delivers nothing.", named(any_rcpt)}};
}

Result<std::unique_ptr<net::Listener>> serve(net::Loop& loop, net::Clock& clock,
                                             const smtp::Policy& policy) {
  const auto loopback = mail::IpAddress::v4({127, 0, 0, 1});
  return net::listen(loop, loopback, 0, [&clock, policy](std::unique_ptr<net::Stream> stream) {
    return converse(std::move(stream), clock, policy);
  });
}

}  // namespace relayproof::cli
