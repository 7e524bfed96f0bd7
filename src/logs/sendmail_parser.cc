#include "logs/sendmail_parser.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "logs/sendmail_delivery.h"
#include "logs/sendmail_fields.h"

namespace relayproof::logs {
namespace {

constexpr auto nowhere = std::string_view::npos;
constexpr std::size_t longest_sender = 200;  // envelope.c, logsender(): longer ones are cut
constexpr std::string_view no_queue = "NOQUEUE";

// syslog's tags: sendmail, and those of Debian and FreeBSD (-L).
bool is_sendmail(std::string_view program) {
  return program == "sendmail" || program.starts_with("sm-") || program.starts_with("sendmail-");
}

// The message-id may hold what looks like the fields behind it: the last ones are the server's.
std::string_view message_id_in(std::string_view text) {
  constexpr std::string_view mark = ", msgid=";
  const auto at = text.find(mark);
  if (at == nowhere) return {};
  auto id = text.substr(at + mark.size());
  id = id.substr(0, id.rfind(", proto="));
  return id.substr(0, id.rfind(", bodytype="));
}

// RFC 3848: ESMTPA, ESMTPSA, LMTPA, LMTPSA.
bool tells_login(std::string_view text) {
  constexpr std::string_view mark = ", proto=";
  const auto at = text.rfind(mark);
  if (at == nowhere) return false;
  const auto protocol = text.substr(at + mark.size());
  return protocol.substr(0, protocol.find(',')).ends_with('A');
}

// The sender, and the size behind it.
bool take_sender(std::string_view& text, std::string_view& sender) {
  constexpr std::string_view mark = ", size=";
  auto end = find_outside_of_addresses(text, mark);
  if (end == nowhere && text.substr(std::min(longest_sender, text.size())).starts_with(mark)) {
    end = longest_sender;
  }
  if (end == nowhere) return false;
  auto list = text.substr(0, end);
  sender = take_listed_address(list);
  text.remove_prefix(end + mark.size());
  return true;
}

// A connection is told by the number of its process; where the log has none, by its client.
std::string_view connection_of(std::string_view process, std::string_view client) {
  return process.empty() ? client : process;
}

void take_client(const LogLine& line, std::string_view text, const NameAndAddress& peer,
                 Arrival& arrival) {
  arrival.client_name = peer.name;
  arrival.client = peer.address;
  arrival.logged_in = tells_login(text);
  if (arrival.logged_in) arrival.connection = connection_of(line.process, peer.address);
}

// `from=<a@b>, size=1, class=0, nrcpts=1, msgid=<x@y>, bodytype=, proto=ESMTP, daemon=MTA,
// relay=name [192.0.2.1]`: the name has no blanks, so the last relay is the server's word.
bool read_arrival(const LogLine& line, std::string_view text, Event& out) {
  constexpr std::string_view relay = ", relay=";
  std::string_view sender;
  if (!take_sender(text, sender)) return false;
  const auto at = text.rfind(relay);
  auto counts = text.substr(std::min(text.find("nrcpts="), text.size()));
  if (at == nowhere || !take(counts, "nrcpts=")) return false;
  const auto peer = peer_of(text.substr(at + relay.size()));
  const auto words = text.substr(0, at);
  if (take_number(counts) == 0) {  // it came to nothing
    out.what = Connection{peer.name, peer.address};
    return true;
  }
  const auto id = message_id_in(words);
  if (peer.address == "RESPONSE") {
    out.what = MessageId{id};
  } else if (peer.address.empty()) {
    out.what = Submission{peer.name.substr(0, peer.name.find('@')), {}, sender, id};
  } else {
    auto& arrival = out.what.emplace<Arrival>();
    arrival.sender = sender;
    arrival.message_id = id;
    take_client(line, words, peer, arrival);
  }
  return true;
}

// A message that the server made of this one. `other: clone: owner=x`, `other: DSN: why`.
bool read_child(std::string_view id, std::string_view text, Event& out) {
  const auto child = take_queue_id(text);
  if (child.empty() || child == no_queue) return false;
  out.queue_id = child;
  if (take(text, "clone: owner=")) {
    out.what = Submission{{}, id, text, {}};
  } else {
    out.what = MessageId{};
  }
  return true;
}

// queue.c: `split: count=2, ids=A, B`, where recipients go in several envelopes.
bool read_split(std::string_view id, std::string_view text, Event& out) {
  const auto begin = text.find(", id");
  if (begin == nowhere) return false;
  text.remove_prefix(begin + 4);
  take(text, "s");
  if (!take(text, "=")) return false;
  out.what = Submission{{}, id, {}, {}};
  out.rest = text;
  return next_sendmail_event(out);
}

// `AUTH=server, relay=name [192.0.2.1], authid=alice, mech=PLAIN, bits=0`.
bool read_login(const LogLine& line, std::string_view text, Event& out) {
  const auto peer = peer_of(take_comma_field(text, "relay"));
  if (peer.address.empty() || !take(text, "authid=")) return false;
  const auto mechanism = text.rfind(", mech=");
  if (mechanism == nowhere) return false;
  Login login{text.substr(0, mechanism), peer.name, peer.address};
  if (text.substr(mechanism).starts_with(", mech=ANONYMOUS")) login.account = {};  // RFC 4505
  out.queue_id = connection_of(line.process, peer.address);
  out.what = login;
  return true;
}

struct Ruleset {
  std::string_view name;
  std::string_view where;
};
constexpr std::array<Ruleset, 7> rulesets{{{"check_rcpt", "RCPT"},
                                           {"check_compat", "RCPT"},
                                           {"check_mail", "MAIL"},
                                           {"check_relay", "CONNECT"},
                                           {"check_data", "DATA"},
                                           {"check_eoh", "END-OF-MESSAGE"},
                                           {"check_eom", "END-OF-MESSAGE"}}};

// The client stands behind what it said: where that could be read in two ways, nothing is told.
std::optional<Refusal> read_ruleset(std::string_view text) {
  constexpr std::string_view relay = ", relay=";
  Refusal refusal;
  refusal.where = text.substr(0, text.find(", "));
  for (const auto& each : rulesets) {
    if (each.name == refusal.where) refusal.where = each.where;
  }
  const auto at = text.find(relay);
  const auto rejects = text.find(", reject=", at == nowhere ? 0 : at);
  if (at == nowhere || rejects == nowhere || text.rfind(relay) != at) return std::nullopt;
  const auto peer = peer_of(text.substr(at + relay.size(), rejects - at - relay.size()));
  refusal.client_name = peer.name;
  refusal.client = peer.address;
  refusal.rest = text.substr(rejects + 9);
  auto digits = refusal.rest;
  refusal.code = take_number(digits);
  return refusal;
}

}  // namespace

bool read_sendmail_line(const LogLine& line, Event& out) {
  if (!is_sendmail(line.program)) return false;
  auto text = line.text;
  const auto id = take_queue_id(text);
  out.queue_id = id;
  out.instance = {};
  out.rest = {};
  out.ends_unsaid = true;
  if (take(text, "AUTH=server, ")) return read_login(line, text, out);
  if (id.empty() || id == no_queue) return false;
  if (take(text, "to=")) return read_sendmail_delivery(text, out);
  if (take(text, "from=")) return read_arrival(line, text, out);
  if (text.starts_with("done; ")) {
    out.what = Removed{};
    return true;
  }
  if (take(text, "split: ")) return read_split(id, text, out);
  return read_child(id, text, out);
}

bool next_sendmail_event(Event& event) {
  if (event.rest.empty()) return false;
  if (auto* delivery = std::get_if<Delivery>(&event.what)) {
    return take_sendmail_recipient(event.rest, *delivery);
  }
  const auto end = std::min(event.rest.find(", "), event.rest.size());
  event.queue_id = event.rest.substr(0, end);
  event.rest.remove_prefix(std::min(end + 2, event.rest.size()));
  return !event.queue_id.empty();
}

std::optional<Refusal> read_sendmail_refusal(const LogLine& line) {
  if (!is_sendmail(line.program)) return std::nullopt;
  auto text = line.text;
  const auto id = take_queue_id(text);
  if (id.empty()) return std::nullopt;
  std::optional<Refusal> refusal;
  if (take(text, "ruleset=")) {
    refusal = read_ruleset(text);
  } else if (text.starts_with("<") && text.find(">... ") != nowhere) {
    refusal.emplace().rest = text;
    refusal->where = "RCPT";
    refusal->code = 550;
  } else if (take(text, "Milter: to=")) {
    refusal.emplace().rest = text;
    refusal->where = "RCPT";
    auto reply = text.substr(std::min(text.rfind(", reject="), text.size()));
    if (!take(reply, ", reject=")) return std::nullopt;
    refusal->code = take_number(reply);
  }
  if (!refusal) return std::nullopt;
  refusal->action = "reject";
  if (refusal->client.empty()) refusal->connection = id;
  return refusal;
}

}  // namespace relayproof::logs
