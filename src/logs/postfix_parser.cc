#include "logs/postfix_parser.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "logs/postfix_fields.h"

namespace relayproof::logs {
namespace {

// Up to `, ` or the end; the separator is removed, too.
std::string_view take_value(std::string_view& text) {
  const auto end = text.find(", ");
  const auto value = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return value;
}

// smtpd.c, mail_open_stream(): `client=name[addr], sasl_method=, sasl_username=, sasl_sender=,
// orig_queue_id=, orig_client=`, each but the first only if there is one. sasl_sender is the
// client's own word, so nothing behind it counts.
bool read_arrival(std::string_view text, Event& out) {
  NameAndAddress client;
  if (!take(text, "client=") || !take_name_and_address(text, client)) return false;
  if (!text.empty() && !take(text, ", ")) return false;
  auto& arrival = out.what.emplace<Arrival>();
  arrival.client_name = client.name;
  arrival.client = client.address;
  const auto method = take(text, "sasl_method=") ? take_value(text) : std::string_view{};
  if (take(text, "sasl_username=")) arrival.account = take_value(text);
  if (method == "ANONYMOUS") arrival.account = {};  // RFC 4505: anybody can
  if (take(text, "orig_queue_id=")) arrival.origin_queue_id = take_value(text);
  if (take(text, "orig_client=") && take_name_and_address(text, client)) {
    arrival.origin_client = client.address;
  }
  return true;
}

bool read_message_id(std::string_view text, Event& out) {
  if (!take(text, "message-id=")) return false;
  out.what = MessageId{text};
  return true;
}

bool read_submission(std::string_view text, Event& out) {
  if (!take(text, "uid=")) return false;
  const auto end = text.find(" from=<");
  if (end == std::string_view::npos) return false;
  Submission submission;
  submission.user = text.substr(0, end);
  text.remove_prefix(end + 7);
  LoggedAddress sender;
  if (take_address(text, sender) && !sender.odd && take(text, " orig_id=")) {
    submission.origin_queue_id = text;  // postsuper -r
  }
  out.what = submission;
  return true;
}

struct Status {
  std::string_view word;
  Outcome outcome;
};
constexpr std::array<Status, 3> statuses{
    {{"sent", Outcome::sent}, {"deferred", Outcome::deferred}, {"bounced", Outcome::bounced}}};

// `conn_use=2, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (reply)`: what the next host wrote
// stands behind all of it.
bool read_outcome(std::string_view& text, Delivery& out) {
  constexpr std::array<std::string_view, 4> before = {"conn_use=", "delay=", "delays=", "dsn="};
  for (const auto key : before) {
    if (take(text, key)) take_value(text);
  }
  if (!take(text, "status=")) return false;
  for (const auto& status : statuses) {
    if (take(text, status.word)) {
      out.outcome = status.outcome;
      break;
    }
  }
  return true;
}

// Before 3.5 a recipient was logged without its quotes, and may hold a whole false outcome; then a
// second one follows. The next host may write one, too. Neither can be told from the other.
bool has_second_outcome(std::string_view text) {
  constexpr std::string_view mark = ">, relay=";
  while (true) {
    const auto at = text.find('>');
    if (at == std::string_view::npos) return false;
    if (text.substr(at).starts_with(mark)) return true;
    text.remove_prefix(at + 1);
  }
}

// log_adhoc(3): `to=<addr>, orig_to=<addr>, relay=name[addr]:port, …`.
bool read_relay(std::string_view& text, Delivery& out) {
  LoggedAddress address;
  if (!take_address(text, address)) return false;
  out.recipient = address.text;
  if (take(text, ", orig_to=<")) {
    if (!take_address(text, address)) return false;
    out.asked_recipient = address.text;
  }
  if (!take(text, ", relay=")) return false;
  NameAndAddress relay;
  auto ahead = text;
  if (take_name_and_address(ahead, relay) && take(ahead, ", ")) {
    out.relay_name = relay.name;
    out.relay_address = relay.address;
    out.relay_port = relay.port;
    text = ahead;
  } else {
    out.relay_name = take_value(text);
  }
  return read_outcome(text, out);
}

template <Agent agent>
bool read_delivery(std::string_view text, Event& out) {
  if (!take(text, "to=<")) return false;
  const auto whole = text;
  auto& delivery = out.what.emplace<Delivery>();
  delivery.agent = agent;
  const bool reads = read_relay(text, delivery);
  if (reads && !has_second_outcome(text)) return true;
  delivery.doubted = whole.substr(0, whole.rfind(">, relay="));
  if (!reads) delivery.recipient = delivery.doubted;
  return true;
}

bool read_queue(std::string_view text, Event& out) {
  if (text == "removed") {
    out.what = Removed{};
    return true;
  }
  if (!take(text, "from=<")) return read_delivery<Agent::none>(text, out);
  LoggedAddress sender;
  if (!take_address(text, sender)) return false;
  out.what = Sender{sender.text};
  return true;
}

// cleanup(8) also bounces recipients by itself.
bool read_cleanup(std::string_view text, Event& out) {
  return read_message_id(text, out) || read_delivery<Agent::none>(text, out);
}

struct Daemon {
  std::string_view name;
  bool (*read)(std::string_view text, Event& out);
};
// master(5): the name in the log is that of the program, not of the service. Frequent ones first.
constexpr std::array<Daemon, 15> daemons{{{"smtpd", read_arrival},
                                          {"qmgr", read_queue},
                                          {"cleanup", read_cleanup},
                                          {"smtp", read_delivery<Agent::network>},
                                          {"lmtp", read_delivery<Agent::mailbox>},
                                          {"local", read_delivery<Agent::mailbox>},
                                          {"virtual", read_delivery<Agent::mailbox>},
                                          {"pipe", read_delivery<Agent::program>},
                                          {"pickup", read_submission},
                                          {"error", read_delivery<Agent::none>},
                                          {"bounce", read_delivery<Agent::none>},
                                          {"discard", read_delivery<Agent::none>},
                                          {"oqmgr", read_queue},
                                          {"nqmgr", read_queue},
                                          {"qmqpd", read_arrival}}};

struct Program {
  std::string_view instance;  // empty for the usual one
  std::string_view daemon;
};

// `postfix/submission/smtpd`. An instance of its own is called postfix-something by default
// (postconf(5), multi_instance_name); other names are of services, which share the queue.
bool read_program_name(std::string_view program, Program& out) {
  const auto slash = program.rfind('/');
  if (slash == std::string_view::npos) return false;
  out.daemon = program.substr(slash + 1);
  const auto name = program.substr(0, program.find('/'));
  out.instance = name.size() > 8 && name.starts_with("postfix-") ? name : std::string_view{};
  return true;
}

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > 40) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && c != '-' && c != '_') return false;
  }
  return true;
}

// A word, and the separator behind it.
bool take_word(std::string_view& text, std::string_view separator, std::string_view& out) {
  const auto end = text.substr(0, 64).find(separator);
  if (end == std::string_view::npos || !is_word(text.substr(0, end))) return false;
  out = text.substr(0, end);
  text.remove_prefix(end + separator.size());
  return true;
}

}  // namespace

bool read_postfix_line(const LogLine& line, Event& out) {
  Program program;
  if (!read_program_name(line.program, program)) return false;
  auto text = line.text;
  for (const auto& daemon : daemons) {
    if (daemon.name != program.daemon) continue;
    const auto id = take_queue_id(text);
    if (id.empty() || id == "NOQUEUE") return false;
    out.queue_id = id;
    out.instance = program.instance;
    return daemon.read(text, out);
  }
  return false;
}

// smtpd_check.c, log_whatsup(): `QUEUEID: action: STATE from name[addr]: code …`.
std::optional<Refusal> read_postfix_refusal(const LogLine& line) {
  Program program;
  if (!read_program_name(line.program, program)) return std::nullopt;
  const bool writes =
      program.daemon == "smtpd" || program.daemon == "postscreen" || program.daemon == "cleanup";
  auto text = line.text;
  Refusal refusal;
  if (!writes || take_queue_id(text).empty() || !take_word(text, ": ", refusal.action) ||
      !take_word(text, " from ", refusal.where)) {
    return std::nullopt;
  }
  NameAndAddress client;
  if (!take_name_and_address(text, client) || !take(text, ": ")) return std::nullopt;
  refusal.client_name = client.name;
  refusal.client = client.address;
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  if (digits.size() == 3) refusal.code = take_number(text);
  refusal.rest = text;
  return refusal;
}

}  // namespace relayproof::logs
