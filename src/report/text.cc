#include "report/as_nmap.h"
#include "report/layout.h"
#include "report/next_steps.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

constexpr std::size_t shown_line_bytes = 1000;

std::string next_lines(const probe::Run& run) {
  std::string out;
  for (const NextStep& step : next_steps(run)) {
    out += paragraph(out.empty() ? "  Next   " : "         ",
                     step.says + (step.command.empty() ? "" : ":"), 9);
    if (!step.command.empty()) out += command_lines(std::string(11, ' '), step.command, 13);
  }
  return out.empty() ? "" : "\n" + out;
}

}  // namespace

std::string port_label(const probe::Target& target) {
  const std::string port = std::to_string(target.port);
  if (target.tls == mail::TlsMode::starttls) return port + " STARTTLS";
  // On 465 TLS goes without saying (RFC 8314 3.3).
  return target.tls == mail::TlsMode::implicit && target.port != 465 ? port + " TLS" : port;
}

std::string door_label(const probe::Target& target) {
  return target.address.to_string() + " port " + port_label(target);
}

std::string attempt_words(const probe::Run& run, const mail::Attempt& attempt,
                          const TextOptions& options) {
  std::string out;
  if (attempt.helo != run.our_name) out = "HELO " + shown(attempt.helo, 260, options) + "  ";
  return out + "MAIL FROM:" + shown(attempt.mail_from, 400, options) +
         (attempt.first_rcpt.empty() ? ""
                                     : "  RCPT TO:" + shown(attempt.first_rcpt, 400, options)) +
         "  RCPT TO:" + shown(attempt.rcpt_to, 400, options);
}

std::string reply_line(const mail::Reply& reply, const TextOptions& options) {
  const std::string words = shown(reply.text(), 300, options);
  return reply_words(reply) + (words.empty() ? "" : " ") + words;
}

std::string transcripts(const probe::Run& run, const TextOptions& options) {
  std::string out;
  for (const probe::DoorResult& door : run.doors) {
    for (std::size_t i = 0; i < door.transcripts.size(); ++i) {
      out += "\n  Session " + std::to_string(i + 1) + " of " +
             std::to_string(door.transcripts.size()) + ": " + door_label(door.target) + "\n";
      for (const smtp::Line& line : door.transcripts[i]) {
        out += (line.from_server ? "    S: " : "    C: ") +
               shown(line.bytes, shown_line_bytes, options) + "\n";
      }
    }
  }
  return out;
}

std::string text(const probe::Run& run, const TextOptions& options) {
  std::string out = verdict_lines(run, options) + door_lines(run, options) +
                    relay_lines(run, options) + remark_lines(run, options);
  if (options.as_nmap) out += as_nmap_lines(run, options);
  if (options.verbose) out += control_lines(run, options);
  if (options.check) out += next_lines(run);
  if (options.transcript) out += transcripts(run, options);
  return out;
}

}  // namespace relayproof::report
