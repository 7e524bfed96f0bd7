// The facts about a machine that Postfix asks the machine for and no configuration file holds: its
// name, its addresses, its version of Postfix. What is missing and matters becomes an assumption
// that has a name, never a silent guess.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_address.h"

namespace relayproof::postfix {

/// What a caller knows about the machine whose configuration is read; all of it may be missing.
struct Host {
  std::optional<std::string> hostname;               ///< what gethostname(3) gives there
  std::vector<mail::Network> interfaces;             ///< address/prefix; host bits are kept
  std::optional<std::string> mta_version;            ///< `3.7.11`, `3.7`
  std::map<std::string, std::string> environment{};  ///< of the process that starts Postfix
};

/// Something that was taken for granted because nobody said it.
struct Assumption {
  std::string name;  ///< `--hostname`, `--interface`, `--mta-version`, `master.cf`
  std::string says;  ///< one sentence, without a full stop
};

/// A version of Postfix as far as its behaviour follows from it.
struct Version {
  int major = 3;
  int minor = 9;

  /// From `3.7.11`, `2.10-RC1`, `20240101` and the like: nullopt if no two numbers lead it.
  static std::optional<Version> parse(std::string_view text);
  auto operator<=>(const Version&) const = default;
};

/// The newest version whose behaviour is written down here, and the oldest.
inline constexpr Version newest_version{3, 9};
inline constexpr Version oldest_version{2, 10};

}  // namespace relayproof::postfix
