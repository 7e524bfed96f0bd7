#include "logs/seen.h"

#include <optional>

#include "logs/dialect.h"
#include "logs/journal_parser.h"
#include "logs/syslog_parser.h"

namespace relayproof::logs {
namespace {

std::string_view line_around(std::string_view log, std::size_t at) {
  const auto before = log.rfind('\n', at);
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  return log.substr(begin, log.find('\n', at) - begin);
}

// The line in a form that read_syslog_line() takes; `buffer` holds what had to be made for it.
std::string_view as_syslog(std::string_view line, std::string& buffer) {
  buffer.clear();
  if (!is_journal_line(line) || !append_journal_line(line, buffer)) return line;
  return std::string_view(buffer).substr(0, buffer.size() - 1);
}

std::optional<Seen> make_seen(const LogLine& line, std::string_view client, std::string_view name,
                              std::string_view whole) {
  const auto address = mail::IpAddress::parse(client);
  if (!address) return std::nullopt;
  return Seen{address->unmapped(), std::string(name), std::string(line.stamp), 0,
              std::string(whole.substr(0, seen_line_bytes))};
}

// Whose client is looked for, and for which line.
struct Wanted {
  std::string_view id;  // of the message or the connection
  std::string_view instance;
  const LogDialect& dialect;
  std::string_view whole;
};

std::optional<Seen> find_client(std::string_view log, const Wanted& wanted);

// Who handed in the message or opened the connection, if the line at `at` tells that; the one found
// may have no address.
std::optional<std::optional<Seen>> client_at(std::string_view log, std::size_t at,
                                             const Wanted& wanted) {
  std::string buffer;
  LogLine line;
  Event event;
  if (!read_syslog_line(as_syslog(line_around(log, at), buffer), line) ||
      !wanted.dialect.read(line, event) || event.queue_id != wanted.id ||
      event.instance != wanted.instance) {
    return std::nullopt;
  }
  if (const auto* arrival = std::get_if<Arrival>(&event.what)) {
    if (arrival->client.empty() && !arrival->connection.empty()) {
      return find_client(log.substr(0, at),
                         {arrival->connection, wanted.instance, wanted.dialect, wanted.whole});
    }
    const bool told = !arrival->origin_client.empty();
    return make_seen(line, told ? arrival->origin_client : arrival->client,
                     told ? std::string_view{} : arrival->client_name, wanted.whole);
  }
  const auto* opened = std::get_if<Connection>(&event.what);
  if (opened == nullptr) return std::nullopt;
  return make_seen(line, opened->client, opened->client_name, wanted.whole);
}

// By the part of the log before the line; the latest one.
std::optional<Seen> find_client(std::string_view log, const Wanted& wanted) {
  for (auto at = log.rfind(wanted.id); at != std::string_view::npos;
       at = log.rfind(wanted.id, at - 1)) {
    if (auto seen = client_at(log, at, wanted)) return *seen;
    if (at == 0) break;
  }
  return std::nullopt;
}

// Sendmail tells the client behind what it refused, when the message ends.
std::optional<Seen> find_client_around(std::string_view log, std::size_t line,
                                       const Wanted& wanted) {
  if (auto seen = find_client(log.substr(0, line), wanted)) return seen;
  constexpr std::size_t most_behind = std::size_t{1} << 20U;
  const auto behind = log.substr(line, most_behind);
  for (auto at = behind.find(wanted.id); at != std::string_view::npos;
       at = behind.find(wanted.id, at + 1)) {
    if (auto seen = client_at(behind, at, wanted)) return *seen;
  }
  return std::nullopt;
}

bool names(Event& event, const LogDialect& dialect, std::string_view token) {
  do {
    const auto* delivery = std::get_if<Delivery>(&event.what);
    if (delivery == nullptr || !delivery->doubted.empty()) return false;
    if (delivery->recipient.find(token) != std::string_view::npos ||
        delivery->asked_recipient.find(token) != std::string_view::npos) {
      return true;
    }
  } while (dialect.next != nullptr && dialect.next(event));
  return false;
}

std::optional<Seen> seen_in(std::string_view log, std::size_t at, std::string_view token) {
  std::string buffer;
  LogLine line;
  const auto whole = as_syslog(line_around(log, at), buffer);
  if (!read_syslog_line(whole, line)) return std::nullopt;
  for (const auto* dialect : log_dialects()) {
    if (const auto refusal = dialect->read_refusal(line)) {
      if (refusal->rest.find(token) == std::string_view::npos) continue;
      auto seen = refusal->connection.empty()
                      ? make_seen(line, refusal->client, refusal->client_name, whole)
                      : find_client_around(log, at, {refusal->connection, {}, *dialect, whole});
      if (seen) seen->code = refusal->code;
      return seen;
    }
    Event event;
    if (!dialect->read(line, event)) continue;
    if (names(event, *dialect, token)) {
      return find_client(log.substr(0, at), {event.queue_id, event.instance, *dialect, whole});
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Seen> find_seen(std::string_view log, std::string_view token, std::size_t limit) {
  std::vector<Seen> found;
  if (token.empty()) return found;
  std::size_t next = 0;
  while (found.size() < limit) {
    const auto at = log.find(token, next);
    if (at == std::string_view::npos) break;
    if (auto seen = seen_in(log, at, token)) found.push_back(std::move(*seen));
    const auto end = log.find('\n', at);  // a line counts once
    if (end == std::string_view::npos) break;
    next = end + 1;
  }
  return found;
}

}  // namespace relayproof::logs
