// The messages that are under way at one moment of a log, by their queue IDs.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "logs/fixed_text.h"

namespace relayproof::logs {

constexpr std::uint32_t no_tally = UINT32_MAX;

struct Message {
  /// What its beginning was.
  enum class Head : std::uint8_t {
    unknown,   ///< it stands in no log that was read
    client,    ///< `client` and `client_name`
    told,      ///< a filter named `client`; whether it had credentials is not known
    user,      ///< `client` is the number of a local user
    internal,  ///< the server made it: a bounce, or a copy for another address
  };
  std::uint64_t key = 0;  ///< 0: no message
  std::uint64_t message_id = 0;
  std::uint64_t sender_domain = 0;
  std::uint32_t account = no_tally;      ///< the tally of its account
  std::uint32_t own_tally = no_tally;    ///< of its source, once that was looked up
  std::uint32_t counted_for = no_tally;  ///< where it counts as a message
  std::uint32_t deferred = 0;            ///< recipients that are to be tried again
  Head head = Head::unknown;
  bool given_back = false;   ///< a filter or postsuper(1) put it back into the queue
  bool ends_unsaid = false;  ///< no line tells when the queue is done with it
  bool tried = false;        ///< a delivery was told of
  FixedText<24> queue_id;
  FixedText<46> client;
  FixedText<63> client_name;
  FixedText<63> sender;
};

/// Bounded: beyond its capacity an old message gives way.
class MessageTable {
 public:
  explicit MessageTable(std::size_t capacity) : capacity_(capacity) {}

  /// nullptr if there is none. A pointer is good until the next insert().
  Message* find(std::uint64_t key, std::string_view queue_id);
  /// A new message, in the place of what was there under this key.
  Message& insert(std::uint64_t key, std::string_view queue_id);
  void erase(std::uint64_t key, std::string_view queue_id);

  std::uint64_t forgotten() const { return forgotten_; }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& message : messages_) {
      if (message.key != 0) visit(message);
    }
  }

 private:
  std::size_t place_of(std::uint64_t key, std::string_view queue_id) const;
  void unlink(std::size_t place);
  std::uint32_t free_slot();
  void grow();

  std::size_t capacity_;
  std::size_t used_ = 0;
  std::size_t oldest_ = 0;
  std::uint64_t forgotten_ = 0;
  std::vector<Message> messages_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> index_;  // number of the slot and 1; 0: free
};

}  // namespace relayproof::logs
