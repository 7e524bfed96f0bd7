// When a queue is done with messages of whose end no line tells: once no recipient waits for
// another attempt, and so many others came since that no more will be heard of it.
#pragma once

#include <cstdint>

#include "logs/event.h"
#include "logs/fixed_text.h"
#include "logs/message_table.h"
#include "logs/recent_map.h"

namespace relayproof::logs {

class UnsaidEnds {
 public:
  /// A message or a connection is in the table. Takes out what is done with, never this one: a
  /// pointer to another message is good no longer.
  void begin(const Message& message, MessageTable& messages);
  /// The same for what became of a recipient.
  void attempt(const Delivery& delivery, Message& message, MessageTable& messages);

 private:
  struct Begun {
    std::uint64_t key = 0;
    FixedText<24> queue_id;
  };
  RecentMap<Begun> begun_{65536};         // by the message's key
  RecentMap<std::uint8_t> waits_{65536};  // recipients to be tried again, by message and address
};

/// As far as the log tells: true if nothing told of its end.
bool is_queued(const Message& message);

}  // namespace relayproof::logs
