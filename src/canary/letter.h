// The message that a prober sends, and what is left of it when it arrives.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "canary/token.h"

namespace relayproof::canary {

/// A message that says who sends it and why, and carries a token.
struct Letter {
  Errand errand;
  std::string token;
  std::string from;      ///< the operator's address; may be empty
  std::string to;        ///< the canary's
  std::string our_name;  ///< what we call ourselves in HELO
  Time when;
};

/// With CR LF, without the dots of transparency and without the one that ends it.
std::string write_letter(const Letter& letter);

/// Of a message that came in.
struct ReadLetter {
  std::string token;  ///< of its header; empty if there is none of that form
  Errand errand;
  /// The token stands behind the header only: a bounce quotes what it could not deliver.
  bool quoted = false;
  std::vector<std::string> received;  ///< the Received fields, unfolded, newest first
};

/// At most so many fields, of at most so many bytes each; foreign bytes.
inline constexpr std::size_t most_hops = 30;
inline constexpr std::size_t longest_hop = 600;

ReadLetter read_letter(std::string_view message);

}  // namespace relayproof::canary
