// The command line of the canary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mail/ip_address.h"

namespace CLI {
class App;
}

namespace relayproof::cli {

struct CanaryArguments {
  std::vector<std::string> domains;        ///< normalised
  std::vector<mail::IpAddress> addresses;  ///< to listen on
  std::uint16_t port = 25;
  std::string hostname;  ///< empty: the first domain
  std::string key_file;
  std::string new_key_file;  ///< make a key there, and end
  std::string record;        ///< appended to; read at the start; empty: none
};

/// Words of the command line before they are checked.
struct CanaryRaw {
  std::vector<std::string> addresses;
};

void add_canary_options(CLI::App& app, CanaryArguments& to, CanaryRaw& raw);

/// Checks the words; a usage error otherwise.
std::optional<Error> finish_canary(const CanaryRaw& raw, CanaryArguments& to);

}  // namespace relayproof::cli
