#include "support/mail_servers.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::testing_support {
namespace {

struct Mailbox {
  std::string local_part, domain;
};

Mailbox mailbox(const MailServer& server, std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {std::string(address), server.domain};
  return {std::string(address.substr(0, at)), to_lower(address.substr(at + 1))};
}

bool at_home(const MailServer& server, const Mailbox& box) {
  return box.domain == server.domain || box.domain == server.host;
}

mail::Reply receive(const MailServer& server, Mailbox box) {
  if (server.percent_router && at_home(server, box)) {
    const std::size_t percent = box.local_part.rfind('%');
    if (percent != std::string::npos) {
      const Mailbox further{box.local_part.substr(0, percent), box.local_part.substr(percent + 1)};
      // The defect: the check was made on the address as it came.
      if (!at_home(server, further)) return {250, {"2.1.5 Ok"}};
      box = further;
    }
  }
  if (!at_home(server, box))
    return server.relays ? mail::Reply{250, {"2.1.5 Ok"}} : server.no_relay;
  const bool known =
      equals_ignoring_case(box.local_part, "postmaster") || box.local_part == "alice";
  if (known || !server.knows_its_users) return {250, {"2.1.5 Ok"}};
  return server.no_user;
}

}  // namespace

smtp::Policy policy_of(const MailServer& server) {
  smtp::Policy policy;
  policy.hostname = server.host;
  policy.extensions = {"PIPELINING", "ENHANCEDSTATUSCODES"};
  policy.max_errors = 1000;
  policy.on_mail = [server](const smtp::Transaction&, const smtp::Path& sender) -> mail::Reply {
    const auto& refused = server.refused_senders;
    if (std::find(refused.begin(), refused.end(), sender.argument) == refused.end()) {
      return {250, {"2.1.0 Ok"}};
    }
    return {553, {"5.1.8 Sender address rejected: Domain not found"}};
  };
  policy.on_rcpt = [server](const smtp::Transaction&, const smtp::Path& recipient) {
    return receive(server, mailbox(server, recipient.address.value_or("")));
  };
  return policy;
}

}  // namespace relayproof::testing_support
