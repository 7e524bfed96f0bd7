// Events as texts, for tests of the parsers.
#pragma once

#include <string>
#include <variant>

#include "logs/event.h"

namespace relayproof::logs {

inline std::string told(const Removed&) { return "removed"; }
inline std::string told(const Arrival& arrival) {
  return "arrival " + std::string(arrival.client_name) + " " + std::string(arrival.client) + " '" +
         std::string(arrival.account) + "' from " + std::string(arrival.origin_queue_id) + " " +
         std::string(arrival.origin_client) +
         (arrival.connection.empty() ? "" : " in " + std::string(arrival.connection)) +
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
inline std::string told(const Login& login) { return "login " + std::string(login.account); }

inline std::string told(const Event& event) {
  return std::string(event.queue_id) + (event.instance.empty() ? "" : "/") +
         std::string(event.instance) + " " +
         std::visit([](const auto& what) { return told(what); }, event.what);
}

}  // namespace relayproof::logs
