#include "probe/own_domain.h"

namespace relayproof::probe {
namespace {

bool taken(const Control& control) { return control.kind == OutcomeKind::accepted; }

// A refusal for good, of the recipient: not of us, not for now.
bool refused(const Control& control) {
  if (control.kind != OutcomeKind::refused && control.kind != OutcomeKind::deferred) return false;
  switch (control.refused_as.value_or(RefusedAs::temporary)) {
    case RefusedAs::relay:
    case RefusedAs::recipient:
    case RefusedAs::policy:
      return true;
    default:
      return false;
  }
}

// A server must take the bare <postmaster> (RFC 5321 4.1.1.3), and Postfix takes it whatever it
// refuses otherwise; a bare unknown one may be refused for its lack of a domain. So the pair tells
// something only if the mailbox is what was refused.
bool says_nothing(const AtDomain& at) {
  return at.domain.empty() &&
         !(taken(at.postmaster) && at.unknown.refused_as == RefusedAs::recipient);
}

int weight(const AtDomain& at) {
  if (!taken(at.postmaster) || says_nothing(at)) return 0;
  if (!refused(at.unknown)) return 1;
  return at.unknown.refused_as == RefusedAs::relay ? 2 : 3;
}

}  // namespace

OwnDomain find_own_domain(const std::vector<AtDomain>& asked) {
  OwnDomain own;
  int best = 0;
  for (const auto& at : asked) {
    own.refuses_something = own.refuses_something || (!says_nothing(at) && refused(at.unknown));
    if (weight(at) <= best) continue;
    best = weight(at);
    own.domain = at.domain;
    own.postmaster_taken = true;
    own.unknown_refused = refused(at.unknown);
  }
  return own;
}

}  // namespace relayproof::probe
