// Names of runs: sortable by time, unique without a registry (the ULID specification).
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace relayproof::probe {

/// 26 characters: 48 bits of time in milliseconds, then random ones from `random_word`, each
/// character of which stands for 5 bits.
std::string ulid(std::chrono::system_clock::time_point when,
                 const std::function<std::string()>& random_word);

/// A word of `length` characters of lower-case Crockford base 32, from the system's randomness.
std::string random_word(std::size_t length);

}  // namespace relayproof::probe
