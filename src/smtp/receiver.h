// The server's side of one SMTP session (RFC 5321), without I/O: bytes in, bytes out. What it
// takes is up to a policy. It keeps the rules of the protocol itself.
//
//   Receiver receiver(policy);
//   while (true) {
//     write(receiver.take_output());
//     if (receiver.wants_tls()) { handshake(); receiver.tls_started(); continue; }
//     if (receiver.closing()) break;     // then close the connection
//     receiver.receive(read());
//   }
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/reply.h"
#include "smtp/line_reader.h"
#include "smtp/message_reader.h"
#include "smtp/path.h"

namespace relayproof::smtp {

/// What a client has said so far.
struct Transaction {
  std::string helo = {};  ///< empty before HELO and EHLO
  bool esmtp = false;     ///< EHLO
  bool tls = false;
  bool certificate = false;              ///< the client showed one in its handshake
  std::vector<std::string> claims = {};  ///< lines that Policy::on_other took, a PROXY header first
  std::optional<Path> sender = {};       ///< taken by the policy
  std::vector<Path> recipients = {};     ///< those taken by the policy
};

/// What to do with commands that come before the one before them was answered, from a client that
/// was not offered PIPELINING.
enum class EarlyCommands {
  answered,  ///< as most servers do
  refused,   ///< as OpenSMTPD does: `500 Pipelining not supported`, and the connection is closed
};

/// What a server is like, and what it takes. A question without a function is answered with yes.
/// A reply 421 ends the session. Line ends in replies become `?`.
struct Policy {
  std::string hostname = "localhost";
  std::optional<mail::Reply> greeting = {};  ///< else `220 hostname ESMTP`
  std::vector<std::string> extensions =
      {};  ///< with their parameters; STARTTLS is added by `starttls`
  bool knows_ehlo = true;
  bool require_helo = true;
  bool starttls = false;
  bool expects_proxy = false;  ///< a PROXY header comes before the greeting
  bool asks_for_certificate = false;
  // Two defects that servers had, for tests.
  bool obeys_clear_behind_tls = false;  ///< what came with STARTTLS is obeyed behind TLS
  bool remembers_over_tls = false;      ///< what was said before TLS counts behind it
  EarlyCommands early_commands = EarlyCommands::answered;
  std::size_t max_line_bytes = 4096;
  std::size_t max_recipients = 100;
  std::size_t max_message_bytes = std::size_t{1024} * 1024;
  /// After so many refusals the next command is answered with 421, and the connection closed.
  std::size_t max_errors = 20;

  std::function<mail::Reply(const Transaction&)> on_helo = {};  ///< only a refusal counts
  /// Commands that this class does not know, such as AUTH and XCLIENT. After a 220 the client has
  /// to say EHLO again. Absent: 500, and 502 to AUTH.
  std::function<mail::Reply(const Transaction&, std::string_view line)> on_other = {};
  std::function<mail::Reply(const Transaction&, const Path& sender)> on_mail = {};
  std::function<mail::Reply(const Transaction&, const Path& recipient)> on_rcpt = {};
  std::function<mail::Reply(const Transaction&)> on_data = {};  ///< 354 takes it
  std::function<mail::Reply(const Transaction&, std::string_view argument)> on_vrfy =
      {};  ///< absent: 252
  std::function<mail::Reply(const Transaction&, std::string_view message)> on_message = {};
};

class Receiver {
 public:
  /// The greeting is the first output.
  explicit Receiver(Policy policy);

  /// Bytes to send now. They are handed out once.
  std::string take_output();
  /// Bytes from the client, cut anywhere.
  void receive(std::string_view bytes);

  /// True after STARTTLS was answered with 220; bytes received until tls_started() are dropped
  /// (CVE-2011-0411).
  bool wants_tls() const { return wants_tls_; }
  /// `certificate`: the client showed one.
  void tls_started(bool certificate = false);
  bool asks_for_certificate() const { return policy_.asks_for_certificate; }

  /// True when all is said: send what take_output() has, then close the connection.
  bool closing() const { return closing_; }

 private:
  struct Rule;
  static const Rule rules[];

  void greet();
  void take_proxy_header(std::string_view& bytes);
  std::size_t size_of_v2() const;
  mail::Reply other(std::string_view line);
  void take_line(std::string_view& bytes);
  void take_message(std::string_view& bytes);
  void obey(std::string_view line);
  void say(const mail::Reply& reply);
  void close_with(const mail::Reply& reply);
  void reset() {
    said_.sender.reset();
    said_.recipients.clear();
  }

  mail::Reply helo(std::string_view argument);
  mail::Reply ehlo(std::string_view argument);
  mail::Reply hello(std::string_view argument, std::vector<std::string> lines, bool esmtp);
  mail::Reply mail_from(std::string_view argument);
  mail::Reply rcpt_to(std::string_view argument);
  mail::Reply data(std::string_view argument);
  mail::Reply rset(std::string_view argument);
  mail::Reply noop(std::string_view argument);
  mail::Reply vrfy(std::string_view argument);
  mail::Reply start_tls(std::string_view argument);
  mail::Reply quit(std::string_view argument);
  mail::Reply not_implemented(std::string_view argument);

  Policy policy_;
  Transaction said_;
  LineReader lines_;
  std::optional<MessageReader> message_;  // after 354
  std::string output_;
  std::string held_;    // came with STARTTLS, and will be obeyed behind it
  std::string header_;  // of PROXY, as far as it came
  bool greeted_ = false;
  std::size_t errors_ = 0;
  bool wants_tls_ = false;
  bool closing_ = false;
};

/// The reply as it goes over the wire; CR, LF and NUL in its texts become `?`.
std::string to_wire(const mail::Reply& reply);

}  // namespace relayproof::smtp
