// One attempt as a policy decides it: what one client says in one session about one recipient.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mail/ip_address.h"

namespace relayproof::policy {

struct Attempt {
  mail::IpAddress client;
  std::optional<std::string> reverse_name;  ///< of its PTR record
  bool name_confirmed = true;               ///< that name leads back to the client
  std::optional<std::string> helo;          ///< nullopt: none was given
  bool tls = false;
  enum class Certificate : std::uint8_t {
    none,
    self_signed,
    trusted
  } certificate = Certificate::none;
  std::optional<std::string> user;  ///< it authenticated as
  std::uint16_t port = 25;
  std::optional<mail::IpAddress> server;
  std::string mail_from = "<>";    ///< as on the wire, behind `MAIL FROM:`
  std::string rcpt_to;             ///< as on the wire, behind `RCPT TO:`
  std::vector<std::string> after;  ///< recipients taken or refused before in the same message
  std::optional<mail::IpAddress> speaks_for;
  std::vector<std::string> headers;  ///< `Name: value`, one line each

  bool operator==(const Attempt&) const = default;
};

}  // namespace relayproof::policy
