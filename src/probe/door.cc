#include "probe/door.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probe/dose.h"
#include "probe/endings.h"
#include "probe/judge.h"
#include "probe/prelude.h"
#include "probe/seen_as.h"
#include "probe/software.h"

namespace relayproof::probe {
namespace {

using std::chrono::seconds;

// A rate limit of connections is waited out this often; Debian's Sendmail forgets in a minute.
constexpr int patience = 4;
constexpr auto pause_after_rate_limit = seconds(16);

class Asking {
 public:
  Asking(net::Network& network, DoorOptions options)
      : network_(network),
        options_(std::move(options)),
        battery_(battery_options(options_), std::move(options_.names)) {
    result_.target = options_.target;
    if (options_.source) result_.source = *options_.source;
  }

  net::Task<DoorResult> run() {
    const net::TimePoint start = network_.clock().now();
    while (auto kind = battery_.next_session()) {
      // What it was not asked for shows nothing.
      if (kind->prelude == techniques::Prelude::client_certificate && !asks_for_certificate_) {
        battery_.prelude_refused(*kind, std::nullopt);
        continue;
      }
      const bool again = co_await session(std::move(*kind));
      if (!again) break;
    }
    battery_.report(result_);
    recognise_by_replies();
    judge(result_);
    result_.seconds = std::chrono::duration<double>(network_.clock().now() - start).count();
    co_return std::move(result_);
  }

 private:
  static BatteryOptions battery_options(DoorOptions& options) {
    BatteryOptions battery = std::move(options.battery);
    std::erase_if(battery.techniques, [&](const techniques::Technique* row) {
      return !fits(row->prelude, options.target.tls);
    });
    return battery;
  }

  // One connection. False if the door cannot be asked any further.
  net::Task<bool> session(SessionKind kind) {
    if (network_.clock().now() >= options_.waits.until) co_return stop("no time was left");
    if (result_.connections >= options_.connection_limit) {
      co_return stop(fmt::format("it took more than {} connections", options_.connection_limit));
    }
    auto connected = co_await connect();
    if (!connected) co_return not_connected(connected.error());
    const std::unique_ptr<net::Stream> stream = std::move(*connected);
    battery_.begin_connection();
    const bool secured = co_await secure(*stream, kind);
    if (!secured) co_return false;
    smtp::SessionOptions options = session_options(kind);
    if (crosses_tls(kind.prelude)) {
      const auto attempts = battery_.next(kind, 1);
      if (!attempts.empty()) options.prelude.crosses = attempts.front();
    }
    smtp::Session dialogue(std::move(options));
    changed_ = false;
    kind = co_await talk(*stream, dialogue, std::move(kind));
    const bool again = co_await conclude(dialogue.record(), kind);
    co_return again;
  }

  net::Task<net::IoResult<std::unique_ptr<net::Stream>>> connect() {
    ++result_.connections;
    const Target& target = options_.target;
    const auto deadline =
        std::min(options_.waits.until, network_.clock().now() + options_.waits.connect);
    auto connected =
        co_await network_.connect({target.address, target.port}, options_.source, deadline);
    if (connected) result_.source = (*connected)->local_address();
    co_return std::move(connected);
  }

  net::Handshake handshake(const SessionKind& kind) const {
    return {options_.target.host, kind.prelude == techniques::Prelude::client_certificate};
  }

  net::Task<bool> secure(net::Stream& stream, const SessionKind& kind) {
    if (options_.target.tls != mail::TlsMode::implicit) co_return true;
    const auto deadline =
        std::min(options_.waits.until, network_.clock().now() + options_.waits.reply);
    net::Handshake how = handshake(kind);
    const auto failure = co_await stream.start_tls(std::move(how), deadline);
    if (!failure) co_return true;
    if (!ever_answered_) {
      result_.reached = Reached::no_tls;
      result_.reason = "TLS failed: " + failure->detail;
    }
    co_return stop("TLS failed");
  }

  smtp::SessionOptions session_options(const SessionKind& kind) {
    smtp::SessionOptions options;
    options.helo = kind.helo;
    options.starttls = options_.target.tls == mail::TlsMode::starttls;
    options.pipelining = !kind.lock_step || keeps_step(result_.software);
    options.phase = kind.phase;
    options.content = [this](const mail::Attempt& attempt) { return battery_.letter_for(attempt); };
    if (kind.prelude != techniques::Prelude::none)
      options.prelude = prelude_of(kind.prelude, battery_.new_token(), battery_.own_domain());
    return options;
  }

  // The kind of session that it was in the end.
  net::Task<SessionKind> talk(net::Stream& stream, smtp::Session& dialogue, SessionKind kind) {
    co_await exchange(stream, dialogue, kind);
    const smtp::Record& record = dialogue.record();
    if (dialogue.idle()) learn(stream, record);
    if (crosses_tls(kind.prelude)) {
      take(record, 0);
      if (dialogue.idle()) dialogue.quit();
      co_await exchange(stream, dialogue, kind);
      count_answers(record);
      co_return kind;
    }
    std::size_t asked = 0;
    std::size_t errors = 0;
    while (dialogue.idle()) {
      const std::size_t most = room(kind, asked, errors);
      std::vector<mail::Attempt> attempts;
      if (dialogue.prelude_refused()) {
        battery_.prelude_refused(kind, refusal_of_prelude(record));
        ++errors;
      } else {
        attempts = battery_.next(kind, most);
      }
      if (!attempts.empty()) {
        dialogue.ask(attempts);
      } else if (auto next = change(dialogue, kind, most)) {
        kind = std::move(*next);
        changed_ = true;
      } else {
        dialogue.quit();
        co_await exchange(stream, dialogue, kind);
        break;
      }
      co_await exchange(stream, dialogue, kind);
      errors += take(record, asked);
      asked = record.answers.size();
    }
    count_answers(record);
    co_return kind;
  }

  void count_answers(const smtp::Record& record) {
    answered_in_session_ = static_cast<std::size_t>(
        std::count_if(record.answers.begin(), record.answers.end(),
                      [](const smtp::Answers& answers) { return answers.complete; }));
  }

  // The next kind of session, if this one can become it: connections cost the most, and are what
  // servers limit most tightly. nullopt: it cannot, or there is none.
  std::optional<SessionKind> change(smtp::Session& dialogue, const SessionKind& now,
                                    std::size_t room_left) {
    if (room_left == 0 || battery_.had_enough()) return std::nullopt;
    auto next = battery_.next_session();
    if (!next || !can_become(dialogue, now, *next)) return std::nullopt;
    const auto options = session_options(*next);
    dialogue.go_on(options.helo, options.prelude, options.pipelining);
    return next;
  }

  // Another name where the server is known to take a second EHLO as it comes; another login where
  // the last one was refused.
  bool can_become(const smtp::Session& dialogue, const SessionKind& now,
                  const SessionKind& next) const {
    if (next.lock_step != now.lock_step || next.phase != now.phase) return false;
    if (is_login(now.prelude) && !dialogue.prelude_refused()) return false;
    if (next.helo == now.helo) {
      return dialogue.prelude_refused() && is_login(now.prelude) && is_login(next.prelude) &&
             !dialogue.in_transaction();
    }
    return may_rename_ && next.helo_form != techniques::HeloForm::ours &&
           now.prelude == techniques::Prelude::none && next.prelude == techniques::Prelude::none;
  }

  net::Task<void> exchange(net::Stream& stream, smtp::Session& dialogue, const SessionKind& kind) {
    net::Handshake how = handshake(kind);
    co_await converse(stream, dialogue, std::move(how), options_.waits, network_.clock());
  }

  // Hands the new answers to the battery; returns how many of them the server counts as errors.
  std::size_t take(const smtp::Record& record, std::size_t asked) {
    const std::vector<smtp::Answers> fresh(
        record.answers.begin() + static_cast<std::ptrdiff_t>(asked), record.answers.end());
    const std::size_t before = battery_.answered();
    battery_.take(fresh);
    if (options_.progress) options_.progress(battery_.answered() - before);
    return static_cast<std::size_t>(
        std::count_if(fresh.begin(), fresh.end(), [](const smtp::Answers& answers) {
          const bool taken = answers.rcpt && answers.rcpt->is_positive();
          const bool refused_later = (answers.data && answers.data->is_permanent()) ||
                                     (answers.message && answers.message->is_permanent());
          return answers.complete && (!taken || refused_later);
        }));
  }

  // How many more attempts this session bears, if each were refused.
  std::size_t room(const SessionKind& kind, std::size_t asked, std::size_t errors) const {
    const std::size_t errors_borne = kind.lock_step ? dose_.malformed : dose_.errors;
    const std::size_t by_errors = errors_borne - std::min(errors, errors_borne);
    const std::size_t by_count = dose_.attempts - std::min(asked, dose_.attempts);
    const std::size_t most = std::min(by_errors, by_count);
    return kind.phase == smtp::Phase::data ? std::min<std::size_t>(most, 1) : most;
  }

  void learn(const net::Stream& stream, const smtp::Record& record) {
    battery_.learn(record);
    asks_for_certificate_ = asks_for_certificate_ || stream.asks_for_certificate();
    if (result_.certificate_names.empty()) {
      result_.certificate_names = stream.certificate_names();
    }
    if (ever_answered_) return;
    ever_answered_ = true;
    result_.banner = record.greeting->lines.empty() ? "" : record.greeting->lines.front();
    result_.extensions = record.extensions;
    if (record.ehlo) ehlo_lines_ = record.ehlo->lines;
    result_.software = identify(result_.banner, ehlo_lines_, {});
    dose_ = dose_for(result_.software);
    may_rename_ = takes_second_ehlo(result_.software);
  }

  // A neutral banner says nothing; the words of the refusals may.
  void recognise_by_replies() {
    if (result_.software != Software::unknown) return;
    std::vector<std::string> texts;
    for (const auto& outcome : result_.outcomes) {
      if (outcome.reply)
        texts.insert(texts.end(), outcome.reply->lines.begin(), outcome.reply->lines.end());
    }
    result_.software = identify(result_.banner, ehlo_lines_, texts);
  }

  // What the end of a session means for the next. False: no next one.
  net::Task<bool> conclude(const smtp::Record& record, SessionKind kind) {
    keep(record);
    switch (record.ending) {
      case smtp::Ending::quit:
      case smtp::Ending::cut:
        barren_sessions_ = 0;
        co_return true;
      case smtp::Ending::helo_refused:
        co_return helo_refused(record, kind);
      case smtp::Ending::prelude_refused:
        barren_sessions_ = 0;
        battery_.prelude_refused(kind, refusal_of_prelude(record));
        co_return true;
      case smtp::Ending::no_starttls:
      case smtp::Ending::starttls_refused:
        if (!ever_answered_) result_.reached = Reached::no_tls;
        result_.reason = describe(record);
        co_return stop("no TLS");
      default:
        break;
    }
    // It hung up on what it takes for an attack; if that was the second of them, this one is asked
    // first in the next session.
    if (kind.prelude != techniques::Prelude::none && answered_in_session_ == 0) {
      if (!changed_) battery_.prelude_refused(kind, refusal_of_prelude(record));
      co_return true;
    }
    const bool go_on = co_await cut_off(record, kind);
    co_return go_on;
  }

  bool helo_refused(const smtp::Record& record, const SessionKind& kind) {
    if (changed_) {
      // Of the name, or of a second EHLO? Asked first in a session, it tells.
      may_rename_ = false;
      return true;
    }
    if (kind.helo_form == techniques::HeloForm::ours || !record.ehlo) {
      if (!ever_answered_) result_.reached = Reached::not_smtp;
      result_.reason = "it does not take our HELO: " + last_words(record);
      return stop("our HELO is refused");
    }
    battery_.helo_refused(kind, *record.ehlo);
    return true;
  }

  // To its last command, or what came in place of the answer to EHLO.
  static std::optional<mail::Reply> refusal_of_prelude(const smtp::Record& record) {
    const auto reply = record.prelude.empty() ? record.ehlo : record.prelude.back();
    return reply && !reply->is_positive() ? reply : std::nullopt;
  }

  net::Task<bool> cut_off(const smtp::Record& record, SessionKind kind) {
    if (answered_in_session_ > 0) {
      barren_sessions_ = 0;
      const Dose less = reduced(dose_, answered_in_session_);
      // Malformed spellings have limits of their own.
      if (kind.lock_step) {
        dose_.malformed = less.malformed;
      } else {
        dose_ = less;
      }
      co_return true;
    }
    const bool limited = record.greeting && record.greeting->code == 421;
    if (!ever_answered_ && !limited) {
      co_return stop(describe(record));
    }
    if (++barren_sessions_ > patience) {
      result_.blocked_after = battery_.answered();
      co_return stop(fmt::format("blocked after {} attempts", battery_.answered()));
    }
    if (limited) {
      const auto until =
          std::min(options_.waits.until, network_.clock().now() + pause_after_rate_limit);
      co_await network_.clock().sleep_until(until);
    }
    co_return true;
  }

  bool not_connected(const net::IoFailure& failure) {
    if (ever_answered_ && failure.kind == net::Failure::local) return stop(failure.detail);
    if (ever_answered_) {
      // It let us in before: a ban, or a limit of connections.
      result_.blocked_after = battery_.answered();
      return stop(fmt::format("blocked after {} attempts", battery_.answered()));
    }
    switch (failure.kind) {
      case net::Failure::refused:
        result_.reached = Reached::refused;
        result_.reason = "connection refused";
        break;
      case net::Failure::timed_out:
        result_.reached = Reached::timed_out;
        result_.reason = "no answer in time";
        break;
      case net::Failure::closed:
      case net::Failure::reset:  // a reset right behind the handshake may be seen as late as here
        result_.reached = Reached::not_smtp;
        result_.reason = "no greeting: " + failure.detail;
        break;
      default:
        result_.reached = Reached::unreachable;
        result_.reason = failure.detail;
        break;
    }
    return false;
  }

  // If nothing was ever answered, how the last session ended says more than what was left undone.
  bool stop(const std::string& why) {
    if (battery_.answered() == 0 && !last_ending_.empty() && result_.reached == Reached::yes) {
      result_.reached = Reached::not_smtp;
      result_.reason = last_ending_;
    }
    battery_.give_up(why);
    return false;
  }

  void keep(const smtp::Record& record) {
    result_.round_trips += record.round_trips;
    result_.transcripts.push_back(record.transcript);
    last_ending_ = describe(record);
    if (!result_.seen_as && record.ehlo) see(record);
  }

  void see(const smtp::Record& record) {
    const auto address = seen_as(record, options_.target.address);
    if (address) result_.seen_as = address->to_string();
  }

  net::Network& network_;
  DoorOptions options_;
  Battery battery_;
  DoorResult result_;
  Dose dose_;
  std::vector<std::string> ehlo_lines_;
  std::string last_ending_;
  bool asks_for_certificate_ = false;
  bool may_rename_ = false;  // a second EHLO is taken
  bool changed_ = false;     // the session under way became one of another kind
  bool ever_answered_ = false;
  std::size_t answered_in_session_ = 0;
  int barren_sessions_ = 0;
};

}  // namespace

net::Task<DoorResult> ask_door(net::Network& network, DoorOptions options) {
  Asking asking(network, std::move(options));
  DoorResult result = co_await asking.run();
  co_return result;
}

}  // namespace relayproof::probe
