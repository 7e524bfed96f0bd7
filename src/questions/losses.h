// Who loses what when one configuration takes the place of another: strangers, and those who should
// lose nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dialects/dialect.h"
#include "policy/attempt.h"
#include "questions/audit.h"

namespace relayproof::questions {

/// Something that worked before and does not afterwards.
struct Loss {
  enum class Kind : std::uint8_t {
    relaying,     ///< without credentials
    credentials,  ///< relaying with a password or a certificate that is listed
    delivery,     ///< mail to the server's own domains
    door,         ///< the door itself is gone
  } kind = Kind::relaying;
  std::string door;
  std::uint16_t port = 0;
  mail::IpSet clients;
  policy::Attempt witness;     ///< of what is lost; nothing for a door
  bool legitimate = false;     ///< its owner has a right to it
  std::string refused_with{};  ///< `554 5.7.1`: what the witness is told then; empty: not known
};
std::string_view to_string(Loss::Kind kind);  ///< `relaying`, `credentials`, `delivery`, `door`

struct Losses {
  std::vector<Loss> found;
  std::vector<std::string> limits;  ///< what could not be compared, and why
  bool any_legitimate() const;
  /// Strangers and others without a right who relay no longer, at any door.
  mail::IpSet no_longer() const;
};

struct LossOptions {
  AuditOptions audit;
  /// Who may relay by right. Others that the audit trusts (the host's own addresses) are told of
  /// only.
  mail::IpSet promised = mail::loopback();
};

/// With credentials everybody is compared where a rule asks for any. Doors that did not
/// run before have nothing to lose.
Losses losses(const dialects::Loaded& before, const dialects::Loaded& after,
              const LossOptions& options);

}  // namespace relayproof::questions
