// One concrete attempt, as conditions see it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/attempt.h"
#include "policy/policy.h"

namespace relayproof::policy {

/// The texts and flags of an attempt, its addresses read as the server reads them.
struct Facts {
  mail::IpAddress client;  ///< as the server sees it
  bool claimed = false;    ///< the client named this address itself
  std::optional<std::string> client_name;
  std::optional<std::string> reverse_name;
  std::optional<std::string> helo;
  std::optional<std::string> sender;     ///< nullopt: the server does not take the spelling
  std::optional<std::string> recipient;  ///< the same
  bool sender_unqualified = false;
  bool recipient_unqualified = false;
  std::optional<std::string> user;
  std::vector<std::string> headers;
  bool tls = false;
  Attempt::Certificate certificate = Attempt::Certificate::none;
  bool several_recipients = false;
};

/// Whether the attempt comes in by this door: its port, its clients, its listener's addresses.
bool serves(const Policy& policy, const Door& door, const Attempt& attempt);

/// What the server reads in the argument of MAIL FROM (`sender`) or RCPT TO (`recipient`), as it
/// went over the wire, past what it makes of that first; nullopt: it does not take the spelling.
std::optional<std::string> read_address(const Addresses& addresses, Field of,
                                        std::string_view wire);

/// `listener`: whose doors tell how the server sees this client: the one that the attempt comes in
/// by, else the first.
Facts facts_of(const Policy& policy, std::size_t listener, const Attempt& attempt);

/// Puts this recipient, as spelt, in the place of the attempt's.
void set_recipient(Facts& facts, const Policy& policy, std::string_view wire);

/// The texts of a field: at most one, but for headers. Empty: absent.
std::vector<std::string> texts_of(const Facts& facts, Field field);

bool is_set(const Facts& facts, Flag flag);

/// The text as rewritten by these transforms (indices into Policy::transforms), in order.
std::string rewritten(const Policy& policy, std::string text,
                      const std::vector<std::uint32_t>& transforms);

/// What one transform makes of an address.
std::string transformed(const Policy& policy, const Transform& transform, std::string_view address);

}  // namespace relayproof::policy
