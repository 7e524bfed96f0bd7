// The names that are the owner's own: those that a configuration takes mail for, and those that it
// mentions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"

namespace relayproof::dialects {

/// Collects Policy::answers_for and owned_names. A million names cost about a second.
class OwnNames {
 public:
  /// The server takes mail for this domain as its own. That counts only where no stranger can have
  /// a name below it (mail::is_registrable_or_below), and then it is mentioned, too.
  void claim(std::string_view name);
  /// What no stranger can have in any case: `localhost`, literals of the host's addresses.
  void claim_as_it_stands(std::string name) { claimed_.push_back(std::move(name)); }
  /// A name stands somewhere in the configuration: its registrable part, or a name that was
  /// mentioned and is above it, is somebody's whom the owner knows. Dots in front of it do not
  /// count; what is no name is nothing.
  void mention(std::string_view name);
  /// Whatever looks like a name with a dot in it.
  void mention_all_in(std::string_view text);

  /// Replaces what the policy had.
  void write(policy::Policy& policy) &&;

 private:
  std::vector<std::string> claimed_;
  std::vector<std::string> mentioned_;
};

}  // namespace relayproof::dialects
