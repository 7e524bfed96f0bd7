// A token proves that the message it came in is one of ours: made for this target, this technique
// and this time, by somebody who has the key, and good for one arrival.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace relayproof::canary {

using Time = std::chrono::system_clock::time_point;

/// What prober and canary share: 32 bytes.
struct Key {
  std::string bytes;
};

/// 64 hexadecimal digits; blanks and line ends around them do not count.
Result<Key> parse_key(std::string_view text);
/// A new one, as its text.
std::string new_key();

/// What a token is for.
struct Errand {
  std::string target;     ///< the door that is asked: `192.0.2.25:25`
  std::string technique;  ///< its name

  bool operator==(const Errand&) const = default;
};

/// Time, a random number and their signature: `6740a1c8-0f3a…-9c…`, 58 characters.
std::string make_token(const Key& key, const Errand& errand, Time now);

enum class Authenticity {
  genuine,
  expired,    ///< signed by us, and older than a token lives; or from the future
  forged,     ///< not signed with this key for this errand
  malformed,  ///< no token at all
};

/// How long a message may be on its way: RFC 5321 4.5.4.1 gives up after 4 to 5 days.
inline constexpr std::chrono::hours token_life{24 * 7};

Authenticity check_token(const Key& key, std::string_view token, const Errand& errand, Time now);

/// It has the form of a token, whoever made it.
bool is_token(std::string_view text);

std::string_view to_string(Authenticity authenticity);

}  // namespace relayproof::canary
