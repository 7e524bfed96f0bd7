#include "logs/exim_parser.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "logs/postfix_fields.h"

namespace relayproof::logs {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Up to the next space or the end; the space is removed, too.
std::string_view take_word(std::string_view& text) {
  const auto end = text.find(' ');
  const auto word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

bool is_dashed(std::string_view word, std::array<std::size_t, 3> sizes) {
  if (word.size() != sizes[0] + sizes[1] + sizes[2] + 2) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool dash = i == sizes[0] || i == sizes[0] + sizes[1] + 1;
    if (dash ? word[i] != '-' : !is_alphanumeric(word[i])) return false;
  }
  return true;
}

// `1xV7oW-00000R-17`; since 4.97 `1tAbCd-00000001aBc-1X2y`.
std::string_view take_message(std::string_view& text) {
  auto rest = text;
  const auto word = take_word(rest);
  if (!is_dashed(word, {6, 6, 2}) && !is_dashed(word, {6, 11, 4})) return {};
  text = rest;
  return word;
}

// syslog_timestamp and syslog_pid, log_selector = +pid: `2026-11-22 13:41:04 [123] `.
void skip_own_frame(std::string_view& text) {
  if (text.size() > 20 && text[4] == '-' && text[10] == ' ' && text[13] == ':') {
    text.remove_prefix(std::min(text.find(' ', 11) + 1, text.size()));
    const bool has_zone = text.size() > 6 && (text[0] == '+' || text[0] == '-') && text[5] == ' ';
    if (has_zone) text.remove_prefix(6);
  }
  if (!text.starts_with('[')) return;
  const auto end = text.find("] ");
  if (end != std::string_view::npos && end < 12) text.remove_prefix(end + 2);
}

// The end of a quoted local part, or 0.
std::size_t quoted_end(std::string_view text) {
  if (!text.starts_with('"')) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

// The sender: to the first space that is in no quotes.
std::string_view take_sender(std::string_view& text) {
  const auto quoted = quoted_end(text);
  const auto end = text.find(' ', quoted);
  const auto address = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return address == "<>" ? std::string_view{} : address;
}

// host_build_sender_fullhost(): `name [addr]`, `name (helo) [addr]`, `(helo) [addr]`, `[addr]`,
// each with `:port` behind it. A HELO in which such a thing stands (helo_accept_junk_hosts) leaves
// open which of them is the server's word: then there is no address.
bool take_host(std::string_view& text, NameAndAddress& out) {
  out = {};
  if (!text.starts_with('(') && !text.starts_with('[')) out.name = take_word(text);
  if (text.starts_with('(')) {
    const auto end = text.find(") [");
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 2);
    if (text.find(") [") != std::string_view::npos) return false;
  }
  const auto end = text.find(']');
  if (!text.starts_with('[') || end == std::string_view::npos) return false;
  out.address = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  if (take(text, ":")) out.port = take_number(text);
  return text.empty() || take(text, " ") || text.starts_with(':');
}

// The value of a field, in quotes or not, with the space behind it.
std::string_view take_value(std::string_view& text) {
  if (const auto quoted = quoted_end(text); quoted > 0) {
    const auto value = text.substr(0, quoted);
    text.remove_prefix(std::min(quoted + 1, text.size()));
    return value;
  }
  return take_word(text);
}

struct Fields {
  std::string_view protocol, user, account, message_id, bounce_of;
};

// What stands behind the host, in the order of receive.c; the certificate's name (DN) and the
// subject (T) are the client's own words, so that nothing is believed behind them but the ID.
Fields take_fields(std::string_view text) {
  Fields fields;
  bool foreign = false;
  while (!text.empty()) {
    const auto equals = text.find('=');
    const auto space = text.find(' ');
    if (equals == std::string_view::npos || space < equals) {
      take_word(text);
      continue;
    }
    const auto name = text.substr(0, equals);
    text.remove_prefix(equals + 1);
    const auto value = take_value(text);
    if (name == "id") {
      fields.message_id = value;
      break;  // the last that is not the client's
    }
    foreign = foreign || name == "DN" || name == "T" || name == "SNI";
    if (foreign) continue;
    if (name == "P") fields.protocol = value;
    if (name == "U") fields.user = value;
    if (name == "R") fields.bounce_of = value;
    if (name == "A") fields.account = value;
  }
  return fields;
}

// `plain:alice@example.com`: the authenticator, and what it calls him.
std::string_view account_of(std::string_view login) {
  const auto colon = login.find(':');
  return colon == std::string_view::npos || colon + 1 == login.size() ? login
                                                                      : login.substr(colon + 1);
}

bool read_arrival(std::string_view text, Event& out) {
  const auto sender = take_sender(text);
  NameAndAddress host;
  const bool remote = take(text, "H=");
  const bool told = remote && take_host(text, host);
  const auto fields = take_fields(remote && !told ? std::string_view{} : text);
  if (remote) {
    Arrival arrival;
    arrival.client_name = host.name;
    arrival.client = told ? host.address : std::string_view{};
    if (!fields.account.empty()) arrival.account = account_of(fields.account);
    arrival.sender = sender;
    arrival.message_id = fields.message_id;
    out.what = arrival;
  } else if (!fields.bounce_of.empty()) {
    out.what = MessageId{fields.message_id};
  } else {
    Submission submission;
    submission.user = fields.user;
    submission.sender = sender;
    submission.message_id = fields.message_id;
    out.what = submission;
  }
  return true;
}

// Where the fields of a delivery begin; npos if they are not there.
std::size_t fields_at(std::string_view text, std::size_t from) {
  constexpr std::array<std::string_view, 3> first = {" F=<", " P=<", " R="};
  auto found = std::string_view::npos;
  for (const auto mark : first) found = std::min(found, text.find(mark, from));
  return found;
}

// Where ` <"a b"@example.net>` stands: whom the client asked for, with its quotes.
std::size_t quoted_original(std::string_view text) { return text.find(" <\""); }

// Behind what is in quotes, of the address or of whom the client asked for.
std::size_t behind_quotes(std::string_view text) {
  const auto original = quoted_original(text);
  if (original == std::string_view::npos) return quoted_end(text);
  const auto quoted = quoted_end(text.substr(original + 2));
  return quoted == 0 ? 0 : original + 2 + quoted;
}

// `alice <alice@example.com>`, `a@b (c@d) <e@f>`: where it goes, and whom the client asked for.
void read_addresses(std::string_view text, Delivery& out) {
  auto original = text.ends_with('>') ? text.rfind(" <") : std::string_view::npos;
  if (text.ends_with('>')) original = std::min(original, quoted_original(text));
  if (original != std::string_view::npos) {
    out.asked_recipient = text.substr(original + 2, text.size() - original - 3);
    text = text.substr(0, original);
  }
  if (text.ends_with(')')) text = text.substr(0, std::min(text.rfind(" ("), text.size()));
  out.recipient = text;
}

void read_transport(std::string_view text, Delivery& out) {
  if (out.recipient.starts_with('|')) out.agent = Agent::program;
  while (!text.empty() && !text.starts_with(": ")) {
    if (take(text, "H=")) {
      NameAndAddress host;
      if (take_host(text, host)) {
        out.relay_name = host.name;
        out.relay_address = host.address;
        out.relay_port = host.port;
        out.agent = Agent::network;
      }
      return;
    }
    const auto word = take_word(text);
    const bool local = word.starts_with("T=") && out.outcome == Outcome::sent;
    if (local && out.agent == Agent::none) out.agent = Agent::mailbox;
    if (word.starts_with("C=")) return;
    if (word.ends_with(':')) return;
  }
}

// A local part in quotes may hold what looks like fields: then the line reads in two ways.
void doubt(std::string_view whole, std::size_t fields, Delivery& out) {
  const auto last = whole.rfind("> R=");
  if (last == std::string_view::npos || last + 1 <= whole.find(" R=", fields)) return;
  const auto before = whole.substr(0, last);
  const auto begin = before.rfind(" <");
  out.doubted = begin == std::string_view::npos ? before : before.substr(begin + 2);
}

struct Sign {
  std::string_view text;
  Outcome outcome;
};
constexpr std::array<Sign, 5> signs{{{"=> ", Outcome::sent},
                                     {"-> ", Outcome::sent},
                                     {">> ", Outcome::sent},
                                     {"== ", Outcome::deferred},
                                     {"** ", Outcome::bounced}}};

bool read_delivery(std::string_view text, Outcome outcome, Event& out) {
  auto& delivery = out.what.emplace<Delivery>();
  delivery.outcome = outcome;
  const auto fields = fields_at(text, behind_quotes(text));
  const auto end = std::min(fields, text.find(": ", behind_quotes(text)));
  read_addresses(text.substr(0, end), delivery);
  if (fields == std::string_view::npos) return true;
  read_transport(text.substr(fields + 1), delivery);
  doubt(text, fields, delivery);
  return true;
}

bool is_exim(std::string_view program) {
  return program == "exim" || program == "exim4" || program.starts_with("exim-");
}

}  // namespace

bool read_exim_line(const LogLine& line, Event& out) {
  if (!is_exim(line.program)) return false;
  auto text = line.text;
  skip_own_frame(text);
  out.queue_id = take_message(text);
  out.instance = {};
  if (out.queue_id.empty()) return false;
  if (take(text, "<= ")) return read_arrival(text, out);
  if (text == "Completed" || text.starts_with("Completed ")) {
    out.what = Removed{};
    return true;
  }
  for (const auto& sign : signs) {
    if (take(text, sign.text)) return read_delivery(text, sign.outcome, out);
  }
  return false;
}

std::optional<Refusal> read_exim_refusal(const LogLine& line) {
  if (!is_exim(line.program)) return std::nullopt;
  auto text = line.text;
  skip_own_frame(text);
  take_message(text);
  NameAndAddress host;
  if (!take(text, "H=") || !take_host(text, host)) return std::nullopt;
  constexpr std::string_view mark = "rejected ";
  // Before it stand fields, of which F holds what the client said.
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  Refusal refusal;
  refusal.client_name = host.name;
  refusal.client = host.address;
  refusal.action = "reject";
  refusal.code = text.substr(0, at).ends_with("temporarily ") ? 451 : 550;
  text.remove_prefix(at + mark.size());
  refusal.rest = text;
  refusal.where = take_word(text);
  return refusal;
}

}  // namespace relayproof::logs
