// The question of an audit: by this configuration, who may relay without credentials, because of
// which lines, and how sure is that?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dialect.h"
#include "policy/reach.h"
#include "policy/solutions.h"

namespace relayproof::questions {

/// From best to worst, as the worst of several is taken.
enum class Verdict : std::uint8_t {
  closed,     ///< proved: nobody untrusted
  scoped,     ///< a few addresses, which their address alone admits: the owner's, most likely
  undecided,  ///< hangs on what the configuration does not tell
  open,       ///< proved, with a witness
};
std::string_view to_string(Verdict verdict);

struct AuditOptions {
  /// Who may relay by right: loopback, the host's own addresses, and those that were named.
  mail::IpSet trusted = mail::loopback();
  bool strict = false;  ///< a premise is an open question
};

/// A line that lets somebody relay.
struct Cause {
  SourceRange where;
  std::string text;
  std::string setting;
  std::string says;
};

struct AuditedExposure {
  policy::Exposure exposure;
  std::vector<std::string> needs;  ///< `any HELO`, `sender <>`
  std::vector<Cause> because;  ///< without these lines it would be closed; then the rules they feed
};

/// One door and what stands behind it.
struct AuditedDoor {
  std::string name;
  std::vector<std::string> addresses;
  std::uint16_t port = 0;
  bool runs = true;
  std::string why_not;
  bool loopback_only = false;
  Verdict verdict = Verdict::undecided;
  std::string reason;     ///< one sentence
  mail::IpSet relays;     ///< surely, without the trusted
  mail::IpSet may_relay;  ///< possibly, without the trusted
  std::vector<AuditedExposure> exposures;
  std::vector<std::string> premises;
  std::vector<dialects::Assumption> assumptions;
};

struct Audit {
  Verdict verdict = Verdict::undecided;
  bool runs = true;
  std::string why_not;
  std::vector<AuditedDoor> doors;
  std::vector<Finding> findings;  ///< the dialect's and those that follow from the answer
};

Audit audit(const dialects::Loaded& loaded, const AuditOptions& options);

/// The lines without which these clients could not relay at this door: none of them can be left
/// out. Empty if no line alone or together would do.
std::vector<policy::OriginId> blame(const policy::Policy& policy, const policy::Door& door,
                                    const policy::Exposure& exposure, policy::Solutions& solutions);

}  // namespace relayproof::questions
