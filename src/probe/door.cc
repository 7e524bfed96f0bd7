#include "probe/door.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probe/asking.h"
#include "probe/judge.h"
#include "probe/prelude.h"
#include "probe/software.h"

namespace relayproof::probe {
namespace {

constexpr std::size_t lock_step_portion = 4;

BatteryOptions battery_options(DoorOptions& options) {
  BatteryOptions battery = std::move(options.battery);
  std::erase_if(battery.techniques, [&](const techniques::Technique* row) {
    return !fits(row->prelude, options.target.tls);
  });
  return battery;
}

}  // namespace

Asking::Asking(net::Network& network, DoorOptions options)
    : network_(network),
      options_(std::move(options)),
      battery_(battery_options(options_), std::move(options_.names)) {
  result_.target = options_.target;
  if (options_.source) result_.source = *options_.source;
}

net::Task<DoorResult> Asking::run() {
  const net::TimePoint start = network_.clock().now();
  while (!over_ && battery_.next_session()) {
    const std::size_t wanted = workers();
    std::vector<net::Task<void>> tasks;
    for (std::size_t i = 0; i < wanted; ++i) tasks.push_back(work(i > 0));
    co_await net::all(std::move(tasks), wanted);
  }
  std::move(battery_).report(result_);
  recognise_by_replies();
  judge(result_);
  result_.seconds = std::chrono::duration<double>(network_.clock().now() - start).count();
  co_return std::move(result_);
}

// As many as there is work for, and as the server and the budget bear.
std::size_t Asking::workers() const {
  if (alone_ || !ever_answered_ || !options_.budget) return 1;
  const std::size_t dose = std::max<std::size_t>(pipelines_ ? dose_.errors : lock_step_portion, 1);
  const std::size_t doses = battery_.waiting() / dose + 1;
  return std::min({doses, dose_.sessions, 1 + options_.budget->share()});
}

// Command by command the number of attempts is what takes the time: they go to whoever is free.
std::size_t Asking::portion(std::size_t most) const {
  return pipelines_ || !ever_answered_ ? most : std::min(most, lock_step_portion);
}

// Until nothing is waiting, or there may be more of them. The first session tells how many it
// bears, so it is alone.
net::Task<void> Asking::work(bool beside) {
  const bool first = !ever_answered_;
  const std::size_t ended = options_.budget ? options_.budget->ended : 0;
  while (auto kind = over_ || (beside && alone_) ? std::nullopt : battery_.next_session()) {
    // What it was not asked for is never shown: the plain questions were asked in such a session.
    if (kind->prelude == techniques::Prelude::client_certificate && !asks_for_certificate_) {
      battery_.leave_out(*kind);
      continue;
    }
    const bool again = co_await session(std::move(*kind));
    const bool may_be_more = options_.budget && options_.budget->ended != ended;
    // The others had nothing to do any more, and now there is something.
    const bool left_alone = under_way_ == 0 && workers() > 1;
    if (!again || first || may_be_more || left_alone) co_return;
  }
}

// One connection. False if the door cannot be asked any further.
net::Task<bool> Asking::session(SessionKind kind) {
  if (network_.clock().now() >= options_.waits.until) co_return stop("no time was left");
  if (result_.connections >= options_.connection_limit) {
    co_return stop(fmt::format("it took more than {} connections", options_.connection_limit));
  }
  Visit visit;
  visit.kind = std::move(kind);
  visit.first = !ever_answered_;
  // What it will ask is its own from now on.
  const bool one = crosses_tls(visit.kind.prelude);
  auto attempts = battery_.next(visit.with, visit.kind, one ? 1 : portion(room(visit.kind, 0, 0)));
  ++under_way_;
  auto connected = co_await connect();
  bool again = false;
  if (connected) {
    const std::unique_ptr<net::Stream> stream = std::move(*connected);
    again = co_await session_over(*stream, visit, std::move(attempts));
  } else {
    battery_.take(visit.with, {});
    again = not_connected(connected.error());
  }
  --under_way_;
  co_return again;
}

net::Task<bool> Asking::session_over(net::Stream& stream, Visit& visit,
                                     std::vector<mail::Attempt> attempts) {
  const bool secured = co_await secure(stream, visit);
  if (!secured) co_return false;
  smtp::SessionOptions options = session_options(visit.kind, visit.with);
  if (crosses_tls(visit.kind.prelude) && !attempts.empty()) {
    options.prelude.crosses = attempts.front();
  }
  smtp::Session dialogue(std::move(options));
  co_await talk(stream, dialogue, visit, std::move(attempts));
  const bool again = co_await conclude(dialogue.record(), visit);
  co_return again;
}

net::Task<net::IoResult<std::unique_ptr<net::Stream>>> Asking::connect() {
  ++result_.connections;
  const Target& target = options_.target;
  const auto deadline =
      std::min(options_.waits.until, network_.clock().now() + options_.waits.connect);
  auto connected =
      co_await network_.connect({target.address, target.port}, options_.source, deadline);
  if (connected) result_.source = (*connected)->local_address();
  co_return std::move(connected);
}

net::Handshake Asking::handshake(const SessionKind& kind) const {
  return {options_.target.host, kind.prelude == techniques::Prelude::client_certificate};
}

net::Task<bool> Asking::secure(net::Stream& stream, Visit& visit) {
  if (options_.target.tls != mail::TlsMode::implicit) co_return true;
  const auto deadline =
      std::min(options_.waits.until, network_.clock().now() + options_.waits.reply);
  net::Handshake how = handshake(visit.kind);
  const auto failure = co_await stream.start_tls(std::move(how), deadline);
  if (!failure) co_return true;
  battery_.take(visit.with, {});
  if (others()) co_return step_back();
  if (!ever_answered_) {
    result_.reached = Reached::no_tls;
    result_.reason = "TLS failed: " + failure->detail;
  }
  co_return stop("TLS failed");
}

smtp::SessionOptions Asking::session_options(const SessionKind& kind, Conversation& with) {
  smtp::SessionOptions options;
  options.helo = kind.helo;
  options.starttls = options_.target.tls == mail::TlsMode::starttls;
  options.pipelining = !kind.lock_step || keeps_step(result_.software);
  options.phase = kind.phase;
  options.content = [this, &with](const mail::Attempt& attempt) {
    return battery_.letter_for(with, attempt);
  };
  if (kind.prelude != techniques::Prelude::none) {
    options.prelude = prelude_of(kind.prelude, battery_.new_token(), battery_.own_domain());
  }
  return options;
}

net::Task<void> Asking::talk(net::Stream& stream, smtp::Session& dialogue, Visit& visit,
                             std::vector<mail::Attempt> attempts) {
  co_await exchange(stream, dialogue, visit.kind);
  const smtp::Record& record = dialogue.record();
  if (dialogue.idle()) learn(stream, record);
  if (crosses_tls(visit.kind.prelude)) {
    take(record, visit, 0);
    if (dialogue.idle()) leave(dialogue);
    co_await exchange(stream, dialogue, visit.kind);
    co_return;
  }
  std::size_t asked = 0;
  std::size_t errors = 0;
  while (dialogue.idle()) {
    std::size_t most = room(visit.kind, asked, errors);
    if (dialogue.prelude_refused()) {
      battery_.take(visit.with, {});
      attempts.clear();
      battery_.prelude_refused(visit.kind, refusal_of_prelude(record));
      ++errors;
    } else if (visit.first && workers() > 1) {
      most = 0;  // what is left goes to several at once
    } else if (attempts.empty()) {
      attempts = battery_.next(visit.with, visit.kind, portion(most));
    }
    go_on(dialogue, visit, std::exchange(attempts, {}), most);
    co_await exchange(stream, dialogue, visit.kind);
    errors += take(record, visit, asked);
    asked = record.answers.size();
  }
  if (!attempts.empty()) battery_.take(visit.with, {});  // it never came to asking
}

// Asks these; without any, becomes a session of another kind, or ends.
void Asking::go_on(smtp::Session& dialogue, Visit& visit, std::vector<mail::Attempt> attempts,
                   std::size_t most) {
  if (!attempts.empty()) {
    const bool last =
        attempts.size() >= most && !battery_.takes_something() && !pauses_at_quit(result_.software);
    dialogue.ask(attempts, last);
    visit.with.closing = dialogue.closing();
    return;
  }
  auto next = most > 0 ? change(dialogue, visit) : std::nullopt;
  if (!next) return leave(dialogue);
  visit.kind = std::move(*next);
  visit.changed = true;
}

void Asking::leave(smtp::Session& dialogue) const {
  if (pauses_at_quit(result_.software)) return dialogue.quit_unheard();
  dialogue.quit();
}

// The next kind of session, if this one can become it: connections cost the most, and are what
// servers limit most tightly. nullopt: it cannot, or there is none.
std::optional<SessionKind> Asking::change(smtp::Session& dialogue, const Visit& visit) {
  if (visit.with.had_enough) return std::nullopt;
  auto next = battery_.next_session();
  if (!next || !can_become(dialogue, visit.kind, *next)) return std::nullopt;
  Conversation unused;
  const auto options = session_options(*next, unused);
  dialogue.go_on(options.helo, options.prelude, options.pipelining);
  return next;
}

// Another name where the server is known to take a second EHLO as it comes; another login where
// the last one was refused.
bool Asking::can_become(const smtp::Session& dialogue, const SessionKind& now,
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

net::Task<void> Asking::exchange(net::Stream& stream, smtp::Session& dialogue,
                                 const SessionKind& kind) {
  net::Handshake how = handshake(kind);
  co_await converse(stream, dialogue, std::move(how), options_.waits, network_.clock());
}

// Hands the new answers to the battery; returns how many of them the server counts as errors.
std::size_t Asking::take(const smtp::Record& record, Visit& visit, std::size_t asked) {
  const std::vector<smtp::Answers> fresh(
      record.answers.begin() + static_cast<std::ptrdiff_t>(asked), record.answers.end());
  const std::size_t before = battery_.answered();
  battery_.take(visit.with, fresh);
  if (options_.progress) options_.progress(battery_.answered() - before);
  visit.answered += static_cast<std::size_t>(std::count_if(
      fresh.begin(), fresh.end(), [](const smtp::Answers& answers) { return answers.complete; }));
  const bool by_its_words = visit.kind.lock_step && dose_.by_its_words;
  return static_cast<std::size_t>(
      std::count_if(fresh.begin(), fresh.end(), [&](const smtp::Answers& answers) {
        if (by_its_words) return calls_it_a_violation(answers);
        const bool taken = answers.rcpt && answers.rcpt->is_positive();
        const bool refused_later = (answers.data && answers.data->is_permanent()) ||
                                   (answers.message && answers.message->is_permanent());
        return answers.complete && (!taken || refused_later);
      }));
}

// How many more attempts this session bears, if each were refused.
std::size_t Asking::room(const SessionKind& kind, std::size_t asked, std::size_t errors) const {
  const std::size_t errors_borne = kind.lock_step ? dose_.malformed : dose_.errors;
  const std::size_t by_errors = errors_borne - std::min(errors, errors_borne);
  const std::size_t by_count = dose_.attempts - std::min(asked, dose_.attempts);
  const std::size_t most = std::min(by_errors, by_count);
  return kind.phase == smtp::Phase::data ? std::min<std::size_t>(most, 1) : most;
}

void Asking::learn(const net::Stream& stream, const smtp::Record& record) {
  battery_.learn(record);
  asks_for_certificate_ = asks_for_certificate_ || stream.asks_for_certificate();
  if (result_.certificate_names.empty()) result_.certificate_names = stream.certificate_names();
  if (ever_answered_) return;
  ever_answered_ = true;
  result_.banner = record.greeting->lines.empty() ? "" : record.greeting->lines.front();
  result_.extensions = record.extensions;
  pipelines_ = record.offers("PIPELINING");
  if (record.ehlo) ehlo_lines_ = record.ehlo->lines;
  result_.software = identify(result_.banner, ehlo_lines_, {});
  dose_ = dose_for(result_.software);
  may_rename_ = takes_second_ehlo(result_.software);
}

// A neutral banner says nothing; the words of the refusals may.
void Asking::recognise_by_replies() {
  if (result_.software != Software::unknown) return;
  std::vector<std::string> texts;
  for (const auto& outcome : result_.outcomes) {
    if (!outcome.reply) continue;
    texts.insert(texts.end(), outcome.reply->lines.begin(), outcome.reply->lines.end());
  }
  result_.software = identify(result_.banner, ehlo_lines_, texts);
}

net::Task<DoorResult> ask_door(net::Network& network, DoorOptions options) {
  Asking asking(network, std::move(options));
  DoorResult result = co_await asking.run();
  co_return result;
}

}  // namespace relayproof::probe
