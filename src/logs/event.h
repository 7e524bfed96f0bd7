// What one line tells of one message, in words that no mail server owns. Everything views into
// the line.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace relayproof::logs {

/// A client handed a message in.
struct Arrival {
  std::string_view client_name;
  std::string_view client;           ///< address as written
  std::string_view account;          ///< of the credentials; empty: none were shown
  std::string_view origin_client;    ///< told by a filter that was given it (XFORWARD)
  std::string_view origin_queue_id;  ///< told by a filter
  /// Where other lines tell of the connection: whose client it is, if none is named here, and
  /// whose credentials it showed.
  std::string_view connection;
  bool logged_in = false;       ///< it showed credentials; the connection tells whose
  std::string_view sender;      ///< without brackets; empty: another line tells it, or nobody
  std::string_view message_id;  ///< the same
};

/// A client connected, whose messages name the connection: Event::queue_id is its ID.
struct Connection {
  std::string_view client_name;
  std::string_view client;  ///< address as written; empty: a program on the server
};

/// The client of the connection showed credentials.
struct Login {
  std::string_view account;  ///< empty: such as anybody can show
  /// Of the connection, where no Connection tells them.
  std::string_view client_name = {};
  std::string_view client = {};
};

/// A program on the server handed it in.
struct Submission {
  std::string_view user;             ///< number or name of the local user
  std::string_view origin_queue_id;  ///< what it was before it was put back into the queue
  std::string_view sender;           ///< as of Arrival
  std::string_view message_id;
};

struct MessageId {
  std::string_view text;  ///< as the message has it, with its brackets
};

/// The queue took it up, for the first time or again.
struct Sender {
  std::string_view address;  ///< without brackets
};

enum class Outcome : std::uint8_t { sent, deferred, bounced, other };

/// Who carries a message on; `network` is SMTP, to a host that DNS or the configuration names.
enum class Agent : std::uint8_t { network, mailbox, program, none };

/// What became of one recipient.
struct Delivery {
  std::string_view recipient;        ///< where it goes
  std::string_view asked_recipient;  ///< what the client asked for, where that differs
  std::string_view relay_name;
  std::string_view relay_address;  ///< as written; empty: none
  std::uint16_t relay_port = 0;
  Agent agent = Agent::none;
  Outcome outcome = Outcome::other;
  /// Empty, or the recipient in another reading of the line: it may be so long that relay and
  /// outcome are its own making, or the next host may have said what looks like them.
  std::string_view doubted;
};

/// The queue is done with it, or the connection has ended.
struct Removed {};

struct Event {
  std::string_view queue_id;
  std::string_view instance;  ///< of several servers in one log; empty for the usual one
  std::string_view rest;      ///< what the line tells besides, for LogDialect::next
  bool ends_unsaid = false;   ///< no line has to tell when the queue is done with the message
  std::variant<Removed, Arrival, Submission, MessageId, Sender, Delivery, Connection, Login> what;
};

}  // namespace relayproof::logs
