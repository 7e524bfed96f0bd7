// A block of whole lines becomes events: the part of the work that needs no order, so that blocks
// can be read side by side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "logs/event.h"
#include "logs/stamp.h"

namespace relayproof::logs {

/// An event with its time, and what tells its message from those of other servers in the log.
struct Record {
  Event event;
  Time when = no_time;
  std::uint64_t host = 0;  ///< hash of the host's name
  std::uint64_t key = 0;   ///< queue_key() of the event
};

/// What a block held; the events view into the block, or into `made`.
struct Batch {
  std::vector<Record> records;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::string made;  ///< lines made of a journal's entries

  void clear();
};

/// Never 0.
std::uint64_t queue_key(std::string_view queue_id, std::string_view instance, std::uint64_t host);

/// Puts the block's events in the place of what `out` held. A last line without a line feed counts.
void read_block(std::string_view block, StampReader& stamps, Batch& out);

/// The stamp of the first line that has one; empty if none has.
std::string first_stamp(std::string_view block);

}  // namespace relayproof::logs
