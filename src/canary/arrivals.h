// What came back to the canary, each token once.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "canary/letter.h"
#include "canary/token.h"
#include "mail/ip_address.h"

namespace relayproof::canary {

enum class Kind {
  proof,     ///< a token of ours, for the first time: this server delivered it
  again,     ///< the same token once more: it proves nothing new
  bounce,    ///< the server returned what it had taken
  expired,   ///< older than a token lives
  forged,    ///< not signed with our key for what it says it is for
  stranger,  ///< no token
};

/// One recipient of one message, and how it came. Texts are foreign bytes, bounded.
struct Arrival {
  Kind kind = Kind::stranger;
  std::string token;
  Errand errand;
  Time when;
  mail::IpAddress from;  ///< who handed it over: where mail of that server leaves
  std::string helo;
  bool tls = false;
  std::string mail_from;
  std::string rcpt_to;
  std::vector<std::string> received;  ///< newest first
};

/// Remembers so many tokens; the oldest are forgotten first, and would count again.
inline constexpr std::size_t most_tokens = 100000;

class Arrivals {
 public:
  explicit Arrivals(Key key, std::size_t limit = most_tokens)
      : key_(std::move(key)), limit_(limit) {}

  /// Sets kind, token, errand and received of the arrival from its message, and remembers it.
  Arrival take(Arrival arrival, std::string_view message);
  /// One that was taken before this program was started.
  void restore(Arrival arrival);
  bool is_genuine(std::string_view token, const Errand& errand, Time now) const;
  /// The proof of this token, else its bounce; nullptr if neither came.
  const Arrival* find(std::string_view token) const;

 private:
  void remember(const Arrival& arrival);

  Key key_;
  std::size_t limit_;
  std::map<std::string, Arrival, std::less<>> known_;
  std::deque<std::string> order_;
};

std::string_view to_string(Kind kind);

}  // namespace relayproof::canary
