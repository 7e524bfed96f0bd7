// The scope file: whose networks may be asked, who asks, and when. Outside of it nothing is asked.
//
//   who = "Example University, mail team"
//   contact = "mail-team@example.edu"
//   networks = ["192.0.2.0/24", "2001:db8::/32"]
//   from = 2026-11-22T08:00:00Z      # both optional
//   until = 2026-11-30T18:00:00Z
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/ip_set.h"

namespace relayproof::cli {

struct Scope {
  std::string who;
  std::string contact;  ///< an address: the sender where none is given, and in every message
  mail::IpSet networks;
  std::optional<std::chrono::system_clock::time_point> from;
  std::optional<std::chrono::system_clock::time_point> until;
};

/// `file` names it in errors. Unknown keys are errors.
Result<Scope> parse_scope(std::string_view text, const std::string& file);
Result<Scope> load_scope(const std::string& file);

/// Who is never asked: networks, addresses, and names with all that is below them.
struct DoNotProbe {
  mail::IpSet networks;
  std::vector<std::string> names;  ///< normalised

  bool holds(std::string_view host) const;
};

/// One a line; blank lines and what follows `#` do not count.
Result<DoNotProbe> parse_do_not_probe(std::string_view text, const std::string& file);
Result<DoNotProbe> load_do_not_probe(const std::string& file);

}  // namespace relayproof::cli
