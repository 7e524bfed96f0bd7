// The client's side of one SMTP session (RFC 5321), without I/O: bytes received go in, bytes to
// send come out, and what the server said is kept as a record. Whoever owns the connection moves
// the bytes and keeps the time.
//
//   Session session(options);
//   while (!session.ended()) {
//     write(session.take_output());
//     if (session.wants_tls()) { handshake(); session.tls_started(); continue; }
//     if (session.idle()) { session.ask(more attempts) or session.quit(); continue; }
//     session.receive(read());            // or closed_by_peer(), timed_out()
//   }
//
// What is next follows from two queues: the bytes not yet taken, and the commands not yet answered.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/attempt.h"
#include "mail/reply.h"
#include "smtp/command.h"
#include "smtp/limits.h"
#include "smtp/prelude.h"
#include "smtp/record.h"
#include "smtp/reply_parser.h"

namespace relayproof::smtp {

/// How far each attempt goes.
enum class Phase {
  rcpt,     ///< MAIL, RCPT: nothing is ever delivered
  data,     ///< as far as the 354 after DATA, then the connection is cut before any content
  deliver,  ///< to the end: SessionOptions::content is sent, and may be delivered
};

struct SessionOptions {
  std::string helo;        ///< the argument of EHLO and HELO; that of an attempt is not looked at
  bool starttls = false;   ///< upgrade after EHLO, then EHLO again
  bool pipelining = true;  ///< where the server offers it (RFC 2920), never elsewhere
  /// Command by command, a recipient of the same sender follows one that was refused in the same
  /// transaction, which holds no recipient yet; for servers that do not count them.
  bool keeps_transaction = false;
  Phase phase = Phase::rcpt;
  Limits limits = {};
  Prelude prelude = {};
  /// Phase::deliver only: the message for an attempt whose DATA was taken.
  std::function<std::string(const mail::Attempt&)> content = {};
};

/// What goes behind attempts in their batch, if they go in one; one of these at most.
struct Behind {
  bool quit = false;       ///< nothing will be asked behind them
  bool reset = false;      ///< they will be taken, and a yes is believed when the next reply fits
  std::string hello = {};  ///< a second EHLO with this name, which resets (RFC 5321 4.1.4)
};

class Session {
 public:
  explicit Session(SessionOptions options);

  /// Bytes to send now; empty if it is the server's turn. They are handed out once. May end the
  /// session instead, as out_of_step, if the server already began to answer what was not yet sent.
  std::string take_output();
  /// Bytes from the server, cut anywhere.
  void receive(std::string_view bytes);
  void closed_by_peer();
  void timed_out();

  /// True after the 220 to STARTTLS: do the handshake, then call tls_started() or tls_failed().
  /// Bytes received with that 220 are an oddity (command injection, CVE-2011-0411) and dropped.
  bool wants_tls() const;
  void tls_started();
  void tls_failed(std::string_view why);

  /// True when nothing is under way: greeted, and every attempt so far is answered.
  bool idle() const;
  /// Asks these attempts with MAIL and RCPT; in one batch where the server offers PIPELINING and
  /// the phase is rcpt (and for a single one, if it is data), else command by command. RSET goes
  /// before a MAIL where there is something to reset, so that the last attempt costs none: servers
  /// count them. Only if its RCPT was taken does RSET follow at once: a yes is believed when the
  /// next reply fits. Only when idle(). An argument with CR, LF or NUL is never sent: that attempt
  /// stays unanswered, with an oddity.
  void ask(const std::vector<mail::Attempt>& attempts, const Behind& behind = {});
  /// QUIT is on its way with what was asked last.
  bool closing() const { return closing_; }
  /// These go in one batch.
  bool may_batch(std::size_t attempts) const;
  /// Goes on in the same connection, with the first EHLO if there was none, with another name
  /// behind a second one (RFC 5321 4.1.4: it resets the transaction), or with another prelude,
  /// behind RSET if there is something to reset. Only when idle().
  void go_on(std::string helo, Prelude prelude, bool pipelining);
  /// A command of the prelude was refused: what it was for cannot be asked. The session is idle.
  bool prelude_refused() const { return prelude_refused_; }
  /// MAIL was taken, and nothing has reset it since.
  bool in_transaction() const { return transaction_; }
  /// Ends politely. Only when idle().
  void quit();
  /// The same for a server that is slow to answer it: the session ends when the bytes are taken,
  /// and whoever owns the connection writes them and closes it.
  void quit_unheard();

  bool ended() const;
  const Record& record() const { return record_; }

 private:
  void take_line(std::string_view& bytes);
  void accept(ParsedReply parsed);
  void answered(const Command& command, const mail::Reply& reply);
  void service_closes(const Command& command, const mail::Reply& reply);
  void end(Ending ending, std::string detail);
  void doubt();
  std::string last_words() const;
  void note(std::string oddity);

  void say_ehlo();
  void greeted(const mail::Reply& reply);
  void ehlo_answered(const mail::Reply& reply);
  void helo_answered(const mail::Reply& reply);
  void hello_done();
  void start_tls();
  void next_of_prelude();
  void prelude_answered(const mail::Reply& reply);
  void starttls_answered(const mail::Reply& reply);
  void mail_answered(std::size_t attempt, const mail::Reply& reply);
  void rcpt_answered(std::size_t attempt, const mail::Reply& reply);
  void data_answered(std::size_t attempt, const mail::Reply& reply);
  void message_answered(std::size_t attempt, const mail::Reply& reply);
  void rset_answered(const mail::Reply& reply);
  void miss_a_step(const mail::Reply& reply);
  void answered_across(const mail::Reply& reply);
  void end_of_crossing();
  void send(Verb verb, std::string_view argument = {}, std::size_t attempt = 0);
  void ask_batch();
  void send_behind(const Behind& behind);
  bool goes_on_in_transaction() const;
  void ask_next();
  bool last_was_taken() const;
  void confirm_last();
  void finish_attempt(std::size_t attempt);
  bool skip_unsendable();

  SessionOptions options_;
  Record record_;
  ReplyParser parser_;
  std::string output_;        // not yet taken
  std::size_t said_ = 0;      // how many commands of the prelude were sent
  std::deque<Command> due_;   // not yet answered, in order
  std::size_t unsent_ = 0;    // how many of due_, at its end, are still in output_
  std::size_t next_ = 0;      // the next attempt to ask, an index of record_.answers
  std::size_t current_ = 0;   // the attempt that was answered last
  std::size_t doubtful_ = 0;  // where the attempts begin that a step missed would spoil
  bool batch_ = false;        // the attempts under way are pipelined
  bool closing_ = false;      // and QUIT with them
  bool renaming_ = false;     // or EHLO
  bool keeps_ = false;        // the transaction holds no recipient
  bool unheard_ = false;      // nobody waits for the answer to QUIT
  bool transaction_ = false;  // MAIL was taken, and nothing has reset it since
  bool prelude_refused_ = false;
  bool prelude_waits_ = false;  // for the answer to RSET
  bool wants_tls_ = false;
  bool opened_ = false;              // the opening of the prelude was taken
  std::vector<mail::Reply> across_;  // behind TLS, of a session that injected
  mail::Reply last_reply_;
};

}  // namespace relayproof::smtp
