// Randomness and message authentication, by OpenSSL.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relayproof::net {

/// From the system's generator; throws std::runtime_error if it has none.
std::string random_bytes(std::size_t count);

/// HMAC-SHA-256 (RFC 2104): 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

/// Takes the same time wherever they differ.
bool same_secret(std::string_view one, std::string_view other);

}  // namespace relayproof::net
