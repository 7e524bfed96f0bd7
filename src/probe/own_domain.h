// Where the server is at home: the domain at which its postmaster is taken and a mailbox that
// cannot exist is refused. What it says there gives its other answers their meaning.
#pragma once

#include <string>
#include <vector>

#include "probe/observation.h"

namespace relayproof::probe {

inline constexpr std::string_view postmaster_control = "postmaster";
inline constexpr std::string_view unknown_control = "unknown-local-recipient";
inline constexpr std::string_view impossible_control = "impossible-domain";
/// A message to such a mailbox, in the phase that delivers.
inline constexpr std::string_view backscatter_control = "message-to-unknown-recipient";
inline constexpr std::string_view again_control = "again:";  ///< and the technique's name

/// A technique that was taken, asked once more in the same connection.
inline bool is_again(const Control& control) { return control.name.starts_with(again_control); }

/// The controls asked at one domain.
struct AtDomain {
  std::string domain;  ///< "" for the bare forms `<Postmaster>`, `<relayproof-…>`
  Control postmaster;
  Control unknown;
};

struct OwnDomain {
  std::string domain;  ///< empty if none was found, or if only the bare forms told
  bool postmaster_taken = false;
  bool unknown_refused = false;
  /// Some unknown mailbox was refused somewhere: the server does not take everything.
  bool refuses_something = false;

  bool settled() const { return postmaster_taken && unknown_refused; }
};

/// The domain whose answers tell the most; the first among equals.
OwnDomain find_own_domain(const std::vector<AtDomain>& asked);

}  // namespace relayproof::probe
