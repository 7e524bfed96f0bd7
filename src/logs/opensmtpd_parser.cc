#include "logs/opensmtpd_parser.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "logs/postfix_fields.h"

namespace relayproof::logs {
namespace {

constexpr std::size_t session_size = 16;  // hexadecimal digits
constexpr std::size_t message_size = 8;

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// `name=value ` or `name="value" `; empty if another name stands there.
std::string_view take_field(std::string_view& text, std::string_view name) {
  auto rest = text;
  if (!take(rest, name) || !take(rest, "=")) return {};
  const bool quoted = take(rest, "\"");
  const auto end = rest.find(quoted ? '"' : ' ');
  const auto value = rest.substr(0, end);
  rest.remove_prefix(std::min(value.size() + (quoted ? 2U : 1U), rest.size()));
  if (quoted && rest.starts_with(' ')) rest.remove_prefix(1);
  text = rest;
  return value;
}

// `name=<value> `: an address, in which there is no `>` and no blank.
std::string_view take_address(std::string_view& text, std::string_view name) {
  auto value = take_field(text, name);
  if (value.size() < 2 || value.front() != '<' || value.back() != '>') return {};
  return value.substr(1, value.size() - 2);
}

// An IPv6 address is in brackets.
std::string_view bare(std::string_view address) {
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

bool read_connection(std::string_view text, Event& out) {
  const auto address = take_field(text, "address");
  if (address.empty()) return false;
  Connection connection;
  if (address != "local") connection.client = bare(address);
  connection.client_name = take_field(text, "host");
  out.what = connection;
  return true;
}

// The user's name is the client's word; what came of it stands at the end.
bool read_login(std::string_view text, Event& out) {
  if (!text.ends_with(" result=ok")) return false;
  const auto user = take_field(text, "user");
  if (user.empty()) return false;
  out.what = Login{user};
  return true;
}

bool read_message(std::string_view text, Event& out) {
  Arrival arrival;
  arrival.connection = out.queue_id;
  // Before 6.5 the client is told again.
  take_field(text, "address");
  take_field(text, "host");
  const auto message = take_field(text, "msgid");
  if (message.size() != message_size || !is_hexadecimal(message)) return false;
  arrival.sender = take_address(text, "from");
  out.queue_id = message;
  out.ends_unsaid = true;
  out.what = arrival;
  return true;
}

// The first half of an envelope's ID is that of its message.
bool take_envelope(std::string_view& text, Event& out) {
  const auto envelope = take_field(text, "evpid");
  if (envelope.size() != session_size || !is_hexadecimal(envelope)) return false;
  out.queue_id = envelope.substr(0, message_size);
  out.ends_unsaid = true;
  return true;
}

bool read_envelope(std::string_view text, Event& out) {
  if (!take_envelope(text, out)) return false;
  out.what = Sender{take_address(text, "from")};
  return true;
}

struct Result {
  std::string_view word;
  Outcome outcome;
};
constexpr std::array<Result, 3> results{
    {{"Ok", Outcome::sent}, {"TempFail", Outcome::deferred}, {"PermFail", Outcome::bounced}}};

Outcome outcome_of(std::string_view word) {
  for (const auto& result : results) {
    if (result.word == word) return result.outcome;
  }
  return Outcome::other;
}

bool read_delivery(std::string_view text, Event& out, Agent agent) {
  if (!take_envelope(text, out)) return false;
  Delivery delivery;
  delivery.agent = agent;
  take_address(text, "from");
  delivery.recipient = take_address(text, "to");
  const auto asked = take_address(text, "rcpt");
  if (asked != "-" && asked != delivery.recipient) delivery.asked_recipient = asked;
  take_field(text, "source");
  auto relay = take_field(text, "relay");  // `[2001:db8::1] (mx.example.net)`
  delivery.relay_address = bare(relay.substr(0, relay.find(' ')));
  const auto name = relay.find(" (");
  if (name != std::string_view::npos && relay.ends_with(')')) {
    delivery.relay_name = relay.substr(name + 2, relay.size() - name - 3);
  }
  for (const auto* field : {"user", "method", "delay"}) take_field(text, field);
  delivery.outcome = outcome_of(take_field(text, "result"));
  out.what = delivery;
  return true;
}

bool read_mta_delivery(std::string_view text, Event& out) {
  return read_delivery(text, out, Agent::network);
}

bool read_mda_delivery(std::string_view text, Event& out) {
  return read_delivery(text, out, Agent::mailbox);
}

bool read_end(std::string_view, Event& out) {
  out.what = Removed{};
  return true;
}

struct Kind {
  std::string_view begin;
  bool (*read)(std::string_view text, Event& out);
};
constexpr std::array<Kind, 8> kinds{{{"smtp connected ", read_connection},
                                     {"smtp message ", read_message},
                                     {"smtp envelope ", read_envelope},
                                     {"smtp authentication ", read_login},
                                     {"smtp disconnected", read_end},
                                     {"smtp closed", read_end},
                                     {"mta delivery ", read_mta_delivery},
                                     {"mda delivery ", read_mda_delivery}}};

// The ID of the session, and what stands behind it.
bool take_session(const LogLine& line, std::string_view& text, std::string_view& id) {
  if (line.program != "smtpd" || line.text.size() < session_size + 2) return false;
  id = line.text.substr(0, session_size);
  text = line.text.substr(session_size);
  return is_hexadecimal(id) && take(text, " ");
}

// `smtp event=message …` is told as `smtp message …` is.
bool begins(std::string_view& text, std::string_view kind) {
  auto rest = text;
  const auto space = kind.find(' ') + 1;
  if (!take(rest, kind.substr(0, space))) return false;
  take(rest, "event=");
  if (!take(rest, kind.substr(space))) return false;
  text = rest;
  return true;
}

}  // namespace

bool read_opensmtpd_line(const LogLine& line, Event& out) {
  std::string_view text;
  if (!take_session(line, text, out.queue_id)) return false;
  out.instance = {};
  for (const auto& kind : kinds) {
    if (begins(text, kind.begin)) return kind.read(text, out);
  }
  return false;
}

std::optional<Refusal> read_opensmtpd_refusal(const LogLine& line) {
  std::string_view text;
  Refusal refusal;
  if (!take_session(line, text, refusal.connection)) return std::nullopt;
  if (!begins(text, "smtp failed-command ") || !take(text, "command=\"")) return std::nullopt;
  refusal.action = "reject";
  refusal.rest = text;
  refusal.where = text.substr(0, std::min(text.find(' '), std::size_t{8}));
  // What the client said may hold quotes: the server's reply is the last.
  const auto result = text.rfind("\" result=\"");
  if (result == std::string_view::npos) return std::nullopt;
  auto reply = text.substr(result + 10);
  refusal.code = take_number(reply);
  return refusal;
}

}  // namespace relayproof::logs
