// How much a peer may make us keep.
#pragma once

#include <cstddef>

namespace relayproof::smtp {

/// What a reply may cost us in memory. What goes beyond ends the session as too_much.
struct Limits {
  std::size_t line_bytes =
      4096;  ///< with its end; RFC 5321 4.5.3.1.5 allows 512, servers exceed it
  std::size_t reply_lines = 128;                        ///< of one reply
  std::size_t session_bytes = std::size_t{512} * 1024;  ///< received in all
};

}  // namespace relayproof::smtp
