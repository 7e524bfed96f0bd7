// Restrictions that let clients pass for what anybody can claim.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/postfix/findings_context.h"

namespace relayproof::postfix {

/// A permit that strangers can meet if no gate stands in front of it.
struct Permit {
  std::string_view code;
  Severity severity = Severity::high;
  SourceRange where;
  std::string says;
  std::string remedy;
};

/// Nullopt if the restriction permits nobody, or only those who proved who they are. Tables that
/// cannot be read permit nobody here: the answer itself is undecided then.
std::optional<Permit> careless_permit(FindingContext& context, const Smtpd& smtpd,
                                      const MetRestriction& met);

}  // namespace relayproof::postfix
