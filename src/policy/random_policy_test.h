// Random small policies over a small world, and the attempts that tell everything about them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "policy/small_policy_test.h"

namespace relayproof::policy {

/// A number below `n`, by chance.
using Pick = std::function<std::size_t(std::size_t n)>;

/// The clients that policies tell apart: four networks, and everybody else.
struct ClientClass {
  mail::IpSet clients;
  mail::IpAddress example;
};
std::vector<ClientClass> client_classes();

/// What rules may ask of, so that the attempts to be tried stay few.
enum class Feature : std::uint8_t {
  tls,
  authenticated,
  sender,
  helo,
  names,
  local_parts,
  earlier,    ///< several recipients, marks that outlive one
  questions,  ///< about the client and the sender
  recipient_questions,
  rewriting,
};
inline constexpr std::size_t feature_count = 10;

struct RandomPolicy {
  SmallPolicy small;
  std::set<Feature> features;

  bool has(Feature feature) const { return features.contains(feature); }
};
/// Texts that are rewritten can take seconds to look for.
RandomPolicy random_policy(const Pick& pick, bool with_rewriting = true);
/// Another one that differs a little from the first.
RandomPolicy changed(const RandomPolicy& policy, const Pick& pick);

/// Every attempt of a client that rules can tell from another.
std::vector<Attempt> attempts(const RandomPolicy& policy, const mail::IpAddress& client);

/// True if nobody but somebody else can have this confirmed name.
bool needs_foreign_name(const RandomPolicy& policy, const Attempt& attempt);

/// In words, for a failure's message.
std::string to_string(const RandomPolicy& policy);
std::string to_string(const Attempt& attempt);

}  // namespace relayproof::policy
