// What makes Postfix refuse to run: all of it, or one service.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/source_range.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/restriction_scope.h"

namespace relayproof::postfix {

/// Why something does not run, in Postfix's own words.
struct Refusal {
  SourceRange where;
  std::string says;
};

/// What stops every program of Postfix (or its master); nullopt: it starts.
std::optional<Refusal> what_stops_postfix(const Config& config);

/// What stops this service's program as soon as a client connects; nullopt: it serves. For smtpd:
/// values that it refuses, a class without a definition, and, when neither the relay nor the
/// recipient restrictions have a working gate, its refusal to be an open relay.
std::optional<Refusal> what_stops_service(const Config& config, const Service& service);
std::optional<Refusal> what_stops_smtpd(const ServiceLowering& service);

/// True of the refusal for want of a working gate.
bool is_for_want_of_a_gate(std::string_view why_not);

}  // namespace relayproof::postfix
