// Events as texts, for tests of the parsers.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "logs/event.h"
#include "logs/log_line.h"
#include "logs/syslog_parser.h"

namespace relayproof::logs {

inline std::string told(const Removed&) { return "removed"; }
inline std::string told(const Arrival& arrival) {
  return "arrival " + std::string(arrival.client_name) + " " + std::string(arrival.client) + " '" +
         std::string(arrival.account) + "' from " + std::string(arrival.origin_queue_id) + " " +
         std::string(arrival.origin_client) +
         (arrival.connection.empty() ? "" : " in " + std::string(arrival.connection)) +
         (arrival.logged_in ? " logged in" : "") +
         (arrival.sender.empty() ? "" : " by " + std::string(arrival.sender)) +
         (arrival.message_id.empty() ? "" : " id " + std::string(arrival.message_id));
}
inline std::string told(const Submission& submission) {
  return "user " + std::string(submission.user) + " from " +
         std::string(submission.origin_queue_id) +
         (submission.sender.empty() ? "" : " by " + std::string(submission.sender));
}
inline std::string told(const MessageId& id) { return "id " + std::string(id.text); }
inline std::string told(const Sender& sender) { return "sender " + std::string(sender.address); }
inline std::string told(const Delivery& delivery) {
  constexpr const char* agents[] = {"network", "mailbox", "program", "none"};
  constexpr const char* outcomes[] = {"sent", "deferred", "bounced", "other"};
  return std::string(agents[static_cast<std::size_t>(delivery.agent)]) + " to " +
         std::string(delivery.recipient) + " for " + std::string(delivery.asked_recipient) +
         " by " + std::string(delivery.relay_name) + " " + std::string(delivery.relay_address) +
         ":" + std::to_string(delivery.relay_port) + " " +
         outcomes[static_cast<std::size_t>(delivery.outcome)] +
         (delivery.doubted.empty() ? "" : " or to " + std::string(delivery.doubted));
}

inline std::string told(const Connection& connection) {
  return "connection " + std::string(connection.client_name) + " " + std::string(connection.client);
}
inline std::string told(const Login& login) {
  return "login " + std::string(login.account) +
         (login.client.empty() ? "" : " from " + std::string(login.client));
}

inline std::string told(const Event& event) {
  return std::string(event.queue_id) + (event.instance.empty() ? "" : "/") +
         std::string(event.instance) + " " +
         std::visit([](const auto& what) { return told(what); }, event.what);
}

struct LineCase {
  std::string line;
  std::string event;
};

using ReadLine = bool (*)(const LogLine& line, Event& out);

inline std::string told(ReadLine read, const std::string& text) {
  LogLine line;
  Event event;
  if (!read_syslog_line(text, line)) return "no line";
  return read(line, event) ? told(event) : "-";
}

/// Each line behind `before` tells its event; cut anywhere it is read without harm.
inline void expect_each(ReadLine read, const std::vector<LineCase>& cases,
                        const std::string& before) {
  for (const auto& one : cases) {
    EXPECT_EQ(told(read, before + one.line), one.event) << one.line;
    for (std::size_t size = 0; size < one.line.size(); ++size) {
      told(read, before + one.line.substr(0, size));
    }
  }
}

}  // namespace relayproof::logs
