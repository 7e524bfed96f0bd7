// Mail servers as policies: what each kind of server says to recipients.
#pragma once

#include <functional>
#include <string>

#include "smtp/receiver.h"

namespace relayproof::testing_support {

/// How a server reads a recipient, and what it does with what it read.
struct MailServer {
  std::string domain = "example.com";  ///< at home here, and at `host`
  std::string host = "mail.example.com";
  bool relays = false;          ///< for everybody
  bool percent_router = false;  ///< `a%b@home` is sent on to `a@b`
  bool knows_its_users = true;  ///< postmaster and alice; else it takes any name
  mail::Reply no_relay = {554, {"5.7.1 Relay access denied"}};
  mail::Reply no_user = {550, {"5.1.1 Recipient address rejected: User unknown"}};
  std::vector<std::string> refused_senders = {};  ///< arguments of MAIL, such as `<>`
};

/// The policy; extensions PIPELINING and ENHANCEDSTATUSCODES, greeting `host ESMTP`.
smtp::Policy policy_of(const MailServer& server);

}  // namespace relayproof::testing_support
