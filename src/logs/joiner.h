// Events in their order become messages, and messages are counted for whoever handed them in: also
// where a content filter took a message out of the queue and put it back as its own.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "logs/block_reader.h"
#include "logs/message_table.h"
#include "logs/ownership.h"
#include "logs/recent_map.h"
#include "logs/summary.h"
#include "logs/tally_book.h"
#include "logs/unsaid_ends.h"
#include "mail/ip_set.h"

namespace relayproof::logs {

struct JoinOptions {
  std::vector<std::string> own_domains;     ///< see Ownership
  mail::IpSet trusted;                      ///< clients that may relay by right
  std::optional<mail::IpSet> only_clients;  ///< count no others
  Time since = no_time;                     ///< deliveries before are not counted
  Time until = std::numeric_limits<Time>::max();
  /// Called for each message that is counted, at its first delivery.
  std::function<void(const Source&, const Relayed&)> on_relay;
  std::size_t most_messages = std::size_t{1} << 20U;  ///< under way at one moment
  std::size_t most_sources = 200'000;
};

class Joiner {
 public:
  explicit Joiner(JoinOptions options);

  void add(const Batch& batch);
  /// Deliveries may wait for a word of a filter, which follows in the same minute or not at all:
  /// counts those of before `when` for whoever handed them in last.
  void settle_before(Time when);
  /// What was counted. `queue`: queue IDs that the server's queue holds now; without it a message
  /// counts as queued that the log does not call removed. Nothing can be added afterwards.
  Summary finish(const std::optional<std::set<std::string, std::less<>>>& queue);

 private:
  // A message that a filter holds, by message-id and recipient: who handed it in.
  struct Handed {
    std::uint32_t tally = no_tally;
    bool forward = false;
    bool wanted = true;
    std::uint64_t client = 0;
    std::uint64_t network = 0;
    FixedText<46> client_text;
  };
  // A delivery whose message may have come from a filter that has not been heard of yet.
  struct Waiting {
    std::uint64_t key = 0;  // of the message
    std::uint32_t tally = no_tally;
    bool wanted = true;
    Relayed relayed;  // its texts are below
    FixedText<24> queue_id;
    FixedText<46> client;
    FixedText<63> sender;
    FixedText<120> recipient;
  };

  void add(const Record& record);
  void on(const Record& record, const Arrival& arrival);
  void on(const Record& record, const Submission& submission);
  void on(const Record& record, const MessageId& id);
  void on(const Record& record, const Sender& sender);
  void on(const Record& record, const Delivery& delivery);
  void on(const Record& record, const Removed& removed);
  void on(const Record& record, const Connection& connection);
  void on(const Record& record, const Login& login);

  Message& insert(const Record& record);
  Message& known_or_new(const Record& record, Message::Head head);
  std::uint32_t account_of(const Record& record, const Arrival& arrival);
  void take_client(const Record& record, std::string_view connection, Message& message);
  static void describe(std::string_view sender, std::string_view message_id, Message& message);
  bool inherit(const Record& record, std::string_view queue_id, Message& message);
  std::uint32_t tally_of(Message& message);
  bool may_be_given_back(std::uint32_t tally) const;
  bool is_wanted(std::string_view client) const;

  void hand_to_filter(Message& message, const Delivery& delivery);
  void relay(const Record& record, Message& message, const Delivery& delivery);
  const Handed* handed_by(const Message& message, const Delivery& delivery);
  void wait(const Message& message, const Delivery& delivery, Relayed relayed);
  void settle(Waiting& waiting, const Handed* by);
  void count(std::uint32_t tally, bool wanted, const Relayed& relayed);

  JoinOptions options_;
  Ownership ownership_;
  MessageTable messages_;
  TallyBook tallies_;
  RecentMap<Handed> handed_{65536};
  RecentMap<Waiting> waiting_{16384};
  UnsaidEnds ends_;
  Summary summary_;
};

}  // namespace relayproof::logs
