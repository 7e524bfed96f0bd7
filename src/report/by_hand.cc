// A relay shown by hand. swaks writes `MAIL FROM:<` its argument `>`, and takes commas in --to for
// separators (swaks 20201014), so it cannot say everything that an attempt can. nc can.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "probe/prelude.h"
#include "report/render.h"

namespace relayproof::report {
namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// What swaks has to be given; `exact` if its command is then the attempt's, byte for byte.
struct SwaksArgument {
  std::string value;
  bool exact = true;
};

bool is_bracketed(std::string_view argument) {
  return argument.size() >= 2 && argument.front() == '<' && argument.back() == '>';
}

std::optional<SwaksArgument> for_swaks(std::string_view argument) {
  const bool exact = is_bracketed(argument);
  std::string_view inside = trim(argument);
  if (is_bracketed(inside)) inside = inside.substr(1, inside.size() - 2);
  // With half of the brackets or blanks inside, swaks would ask something else.
  if (!exact && inside.find_first_of("<> ") != std::string_view::npos) return std::nullopt;
  // A leading hyphen is an option to swaks, "0" is false to it.
  if (!is_printable(inside) || inside.starts_with('-') || inside == "0") return std::nullopt;
  return SwaksArgument{std::string(inside), exact};
}

std::string swaks_door(const probe::Target& target) {
  std::string out = "swaks";
  if (target.address.is_v6()) out += " -6";
  out += " --server " + target.address.to_string();
  if (target.port != 25) out += " --port " + std::to_string(target.port);
  if (target.tls == mail::TlsMode::starttls) out += " -tls";
  if (target.tls == mail::TlsMode::implicit) out += " -tlsc";
  return out;
}

void add_swaks(ByHand& lines, const probe::DoorResult& door, const probe::Outcome& outcome) {
  const mail::Attempt& attempt = outcome.attempt;
  const auto from = for_swaks(attempt.mail_from);
  const auto to = for_swaks(attempt.rcpt_to);
  const bool said = outcome.prelude == techniques::Prelude::none && attempt.first_rcpt.empty() &&
                    from && to && !to->value.empty() && to->value.find(',') == std::string::npos &&
                    is_printable(attempt.helo) && !attempt.helo.empty() &&
                    !attempt.helo.starts_with('-');
  lines.swaks_exact = said && from->exact && to->exact;
  if (!said) return;
  lines.swaks = swaks_door(door.target) + " --helo " + shell_quote(attempt.helo) + " --from " +
                shell_quote(from->value.empty() ? "<>" : from->value) + " --to " +
                shell_quote(to->value) +
                (outcome.phase == "data" ? " --drop-after DATA" : " --quit-after RCPT");
}

// One command as a word for printf's %b: bytes that cannot be pasted are octal escapes.
std::string escaped_command(std::string_view command) {
  std::string out;
  for (const char c : command) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += "\\0";  // POSIX: %b takes \0ddd
      for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  return out;
}

std::string connection(const probe::Target& target, const std::string& helo) {
  const std::string address = target.address.to_string();
  const std::string port = std::to_string(target.port);
  if (target.tls == mail::TlsMode::none) return "nc " + address + " " + port;
  // -quiet: lines that begin with R or Q are sent, not taken as commands of s_client.
  std::string out = "openssl s_client -quiet -verify_quiet";
  if (target.tls == mail::TlsMode::starttls) out += " -starttls smtp -name " + shell_quote(helo);
  const std::string host = target.address.is_v6() ? "[" + address + "]" : address;
  return out + " -connect " + shell_quote(host + ":" + port);
}

// Before the first command: servers that pause at the greeting do so for 5 to 6 seconds and refuse
// who talks early; a handshake takes its time as well.
int first_pause(const probe::DoorResult& door) {
  if (door.seconds > 5) return 7;
  return door.target.tls == mail::TlsMode::none ? 2 : 3;
}

// Between commands: OpenSMTPD hangs up on who does not wait for the reply.
int pause(const probe::DoorResult& door) {
  const auto trips = static_cast<double>(std::max<std::size_t>(door.round_trips, 1));
  return door.seconds / trips > 0.5 ? 3 : 1;
}

// All that is said: what goes before the question, and the question.
std::vector<std::string> commands(const probe::DoorResult& door, const probe::Outcome& outcome) {
  const mail::Attempt& attempt = outcome.attempt;
  const auto prelude = probe::prelude_of(outcome.prelude, "relayproof-nobody", door.own_domain);
  std::vector<std::string> said;
  if (!prelude.opening.empty()) {
    said.push_back(prelude.opening);
    if (said.back().ends_with("\r\n")) said.back().resize(said.back().size() - 2);
  }
  // A server without extensions may not know EHLO; HELO is known to all of them (RFC 5321 2.2.1).
  const bool old = door.extensions.empty() || !prelude.knows_ehlo;
  const std::string hello = (old ? "HELO " : "EHLO ") + attempt.helo;
  if (prelude.says_hello) said.push_back(hello);
  for (const auto& command : prelude.commands) {
    said.push_back(command);
    if (command.starts_with("XCLIENT")) said.push_back(hello);
  }
  said.push_back("MAIL FROM:" + attempt.mail_from);
  if (!attempt.first_rcpt.empty()) said.push_back("RCPT TO:" + attempt.first_rcpt);
  said.push_back("RCPT TO:" + attempt.rcpt_to);
  return said;
}

std::string nc_line(const probe::DoorResult& door, const probe::Outcome& outcome) {
  const bool to_data = outcome.phase == "data";
  const auto said = commands(door, outcome);
  const bool plain = std::all_of(said.begin(), said.end(), is_printable);
  std::string out = "(sleep " + std::to_string(first_pause(door)) + "; for c in";
  for (const std::string& command : said) {
    out += " " + shell_quote(plain ? command : escaped_command(command));
  }
  const std::string wait = std::to_string(pause(door));
  out += (to_data ? " DATA" : " QUIT") + std::string("; do printf '") + (plain ? "%s" : "%b") +
         "\\r\\n' \"$c\"; sleep " + wait + "; done) | ";
  // After DATA nobody says QUIT: the connection is cut before any content.
  if (to_data) out += "timeout " + std::to_string(first_pause(door) + 5 * pause(door)) + " ";
  out += connection(door.target, outcome.attempt.helo);
  if (outcome.prelude != techniques::Prelude::client_certificate) return out;
  return "c=$(mktemp); openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=anybody -days 9 -keyout "
         "\"$c\" -out \"$c.crt\" 2>/dev/null; " +
         out + " -cert \"$c.crt\" -key \"$c\"";
}

// No tool at hand says something in clear and goes on behind TLS.
std::string own_line(const probe::DoorResult& door, const probe::Outcome& outcome) {
  return "relayproof probe " + door.target.address.to_string() + " --port " +
         std::to_string(door.target.port) + " --technique " + outcome.technique + " --transcript";
}

}  // namespace

ByHand by_hand(const probe::DoorResult& door, const probe::Outcome& outcome) {
  ByHand lines;
  add_swaks(lines, door, outcome);
  lines.nc = probe::crosses_tls(outcome.prelude) ? own_line(door, outcome) : nc_line(door, outcome);
  return lines;
}

}  // namespace relayproof::report
