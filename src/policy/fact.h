// What rules may ask of an attempt, and what a stranger can choose of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::policy {

/// The texts of an attempt. A text may be absent: no HELO was given, the client has no name.
enum class Field : std::uint8_t {
  client_name,   ///< confirmed: its address record leads back to the client
  reverse_name,  ///< what the client's PTR record says, confirmed or not
  helo,
  sender,     ///< reverse-path; present and empty for `<>`
  recipient,  ///< forward-path
  user,       ///< the name it authenticated with
  header,     ///< any one line of the message's header, `Name: value`
};

/// What part of a text is looked at.
enum class Part : std::uint8_t {
  whole,
  local,   ///< of an address: before the last `@`; all of it if there is none
  domain,  ///< of an address: behind the last `@`; empty if there is none
};

/// Facts with two answers.
enum class Flag : std::uint8_t {
  tls,                  ///< the session is encrypted
  authenticated,        ///< credentials were given and taken
  certificate,          ///< a client certificate was shown, of whomever
  certificate_trusted,  ///< one that chains to an authority which the server trusts
  certificate_listed,   ///< one whose fingerprint the configuration lists
  several_recipients,   ///< this message has had another recipient already
  speaks_for_others,    ///< the client named another client address (XCLIENT, PROXY)
  /// It went over the wire without a full domain, and the server completed it (`user`, `a!b`,
  /// `user@host`). For refusals only: reach() takes it that strangers spell domains in full.
  sender_unqualified,
  recipient_unqualified,
};
inline constexpr std::size_t flag_count = 9;

std::string_view to_string(Field field);
std::string_view to_string(Part part);
std::string_view to_string(Flag flag);

/// A text as a rule sees it: a field, after rewriting, or a part of that.
struct Subject {
  Field field = Field::recipient;
  Part part = Part::whole;
  /// Rewritings since the client sent it, first to last: indices into Policy::transforms.
  std::vector<std::uint32_t> via;
  bool operator==(const Subject&) const = default;
  auto operator<=>(const Subject&) const = default;
};

}  // namespace relayproof::policy
