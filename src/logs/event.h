// What one line tells of one message, in words that no mail server owns.
#pragma once

#include <cstdint>
#include <string_view>

namespace relayproof::logs {

/// Views into the line.
struct Event {
  enum class Kind : std::uint8_t {
    arrival,     ///< a client handed it in: client_name, client, account, origin_*
    submission,  ///< a program on the server handed it in: user
    message_id,  ///< message_id
    sender,      ///< sender; the queue took it up
    delivery,    ///< one recipient: recipient, asked_recipient, agent, relay_*, outcome
    removed,     ///< the queue is done with it
  };
  enum class Outcome : std::uint8_t { sent, deferred, bounced, other };
  /// Who carries the message on; `network` is SMTP, to a host that DNS or the configuration names.
  enum class Agent : std::uint8_t { network, mailbox, program, none };

  Kind kind = Kind::removed;
  Outcome outcome = Outcome::other;
  Agent agent = Agent::none;
  std::uint16_t relay_port = 0;
  std::string_view queue_id;
  std::string_view instance;  ///< of several servers in one log; empty for the usual one
  std::string_view client_name;
  std::string_view client;           ///< address as written
  std::string_view account;          ///< of the credentials; empty: none were shown
  std::string_view origin_client;    ///< told by a filter that was given it (XFORWARD)
  std::string_view origin_queue_id;  ///< told by a filter
  std::string_view user;             ///< number of the local user
  std::string_view message_id;
  std::string_view sender;           ///< without brackets
  std::string_view recipient;        ///< where it goes
  std::string_view asked_recipient;  ///< what the client asked for, where that differs
  std::string_view relay_name;
  std::string_view relay_address;  ///< as written; empty: none
  /// The recipient's text reaches into what follows: outcome and relay may be of its making.
  bool doubtful = false;
};

}  // namespace relayproof::logs
