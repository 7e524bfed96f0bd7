// What the fuzz targets of all dialects hold: whatever stands in a line, what is read views into
// it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "logs/dialect.h"
#include "logs/syslog_parser.h"

namespace relayproof::logs {

inline void hold(std::string_view line, std::initializer_list<std::string_view> parts) {
  for (const auto part : parts) {
    if (part.empty()) continue;
    const bool inside =
        part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size();
    if (!inside) std::abort();
  }
}

inline void hold(std::string_view line, const Event& event) {
  if (event.queue_id.empty()) std::abort();
  hold(line, {event.queue_id});
  if (const auto* arrival = std::get_if<Arrival>(&event.what)) {
    hold(line, {arrival->client, arrival->client_name, arrival->account, arrival->origin_client,
                arrival->connection, arrival->sender, arrival->message_id});
  }
  if (const auto* connection = std::get_if<Connection>(&event.what)) {
    hold(line, {connection->client, connection->client_name});
  }
  if (const auto* login = std::get_if<Login>(&event.what)) {
    hold(line, {login->account, login->client, login->client_name});
  }
  if (const auto* submission = std::get_if<Submission>(&event.what)) {
    hold(line, {submission->user, submission->origin_queue_id, submission->sender});
  }
  if (const auto* delivery = std::get_if<Delivery>(&event.what)) {
    hold(line, {delivery->recipient, delivery->asked_recipient, delivery->relay_address,
                delivery->doubted});
  }
}

inline int fuzz_dialect(const LogDialect& dialect, const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  LogLine line;
  if (!read_syslog_line(bytes, line)) return 0;
  Event event;
  if (dialect.read(line, event)) {
    hold(bytes, event);
    while (dialect.next != nullptr && dialect.next(event)) hold(bytes, event);
  }
  if (const auto refusal = dialect.read_refusal(line)) {
    hold(bytes, {refusal->client, refusal->connection, refusal->rest});
    if (refusal->client.find(']') != std::string_view::npos) std::abort();
  }
  return 0;
}

}  // namespace relayproof::logs
