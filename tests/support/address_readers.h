// Servers that read addresses wrongly, each in one way that has a name. None of them knows a
// technique: they take apart whatever they get.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "smtp/receiver.h"

namespace relayproof::testing_support {

/// What a server's check and its delivery make of a recipient, brackets already taken off.
struct AddressReader {
  std::string_view defect;
  /// True if the check takes the address for one of the server's own.
  std::function<bool(const std::string& address)> is_ours;
  /// The address that is delivered to, once the check has let it pass.
  std::function<std::string(const std::string& address)> delivers;
};

/// Without a defect: the last @ outside of quotes separates, and what was checked is delivered.
AddressReader sound_reader();
/// One defect each.
std::span<const AddressReader> defective_readers();

/// A server at home at `example.com` and `mail.example.com` that knows postmaster and alice, and
/// sends on whatever its reader leads outside.
smtp::Policy policy_of(const AddressReader& reader);

}  // namespace relayproof::testing_support
