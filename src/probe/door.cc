// When sessions are opened, and what is done before they speak.
#include "probe/door.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "probe/asking.h"
#include "probe/judge.h"
#include "probe/prelude.h"
#include "probe/software.h"

namespace relayproof::probe {
namespace {

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
      budget_(options_.budget ? *options_.budget : own_budget_),
      consider_([this] { consider(); }),
      battery_(battery_options(options_), std::move(options_.names)) {
  result_.target = options_.target;
  if (options_.source) result_.source = *options_.source;
  budget_.listen(consider_);
}

Asking::~Asking() {
  be_hungry(false);
  budget_.leave(consider_);
}

net::Task<DoorResult> Asking::run() {
  const net::TimePoint start = network_.clock().now();
  co_await tasks_.open();
  consider();
  while (!is_finished()) co_await ended_.wait();
  co_await tasks_.ended();
  tell_that_at_home();
  std::move(battery_).report(result_);
  recognise_by_replies();
  judge(result_);
  result_.seconds = std::chrono::duration<double>(network_.clock().now() - start).count();
  co_return std::move(result_);
}

bool Asking::is_finished() { return open_.empty() && (over_ || battery_.is_over()); }

// As many as there is work for, and as the server and the budget bear.
void Asking::consider() {
  while (may_open()) open();
  be_hungry(open_.empty() && !is_finished());
}

// The first session tells by its greeting how many the server bears; until then it is alone.
bool Asking::may_open() {
  if (over_ || !budget_.has_room(open_.size())) return false;
  if (open_.empty()) return !battery_.is_over();
  if (alone_ || !greeted_ || open_.size() >= dose_.sessions) return false;
  return wants_another();
}

// What the open sessions will not ask themselves: more questions than they bear, more names than
// they may take, or what can be asked in a session of its own only.
bool Asking::wants_another() const {
  Room room_left;
  std::size_t names_left = 0;
  std::size_t fresh = 0;
  for (const auto& visit : open_) {
    if (!visit->begun) ++fresh;
    const bool apart = needs_its_own(visit->kind) || visit->kind.phase != smtp::Phase::rcpt;
    if (visit->leaving || (visit->begun && apart)) continue;
    const Room left = portion(*visit, room(*visit));
    const std::size_t claimed = visit->with.asked.size();
    const bool plain = mixes_ || !visit->begun || !visit->kind.lock_step;
    const bool malformed_too = mixes_ || !visit->begun || visit->kind.lock_step;
    if (plain) room_left.questions += left.questions - std::min(left.questions, claimed);
    if (malformed_too) room_left.malformed += left.malformed - std::min(left.malformed, claimed);
    names_left += dose_.hellos - std::min(visit->hellos, dose_.hellos);
  }
  std::size_t questions = 0;
  std::size_t malformed = 0;
  std::size_t alone = 0;
  std::set<techniques::HeloForm> names;
  for (const auto& [kind, number] : battery_.forecast()) {
    if (kind.phase != smtp::Phase::rcpt) {
      alone += kind.phase == smtp::Phase::data ? number : number / dose_.errors + 1;
      continue;
    }
    if (needs_its_own(kind)) {
      const bool cannot_yet = kind.prelude == techniques::Prelude::client_certificate &&
                              !asks_for_certificate_.has_value();
      alone += cannot_yet ? 0 : 1;
      continue;
    }
    questions += mixes_ || !kind.lock_step ? number : 0;
    malformed += kind.lock_step ? number : 0;
    if (kind.helo_form != techniques::HeloForm::ours) names.insert(kind.helo_form);
  }
  return questions > room_left.questions || malformed > room_left.malformed ||
         names.size() > names_left || alone > fresh;
}

// No other session can become one of this kind.
bool Asking::needs_its_own(const SessionKind& kind) const {
  const bool may_follow = mixes_ && !logins_apart_ && is_login(kind.prelude);
  return kind.prelude != techniques::Prelude::none && !may_follow;
}

void Asking::open() {
  open_.push_back(std::make_unique<Visit>());
  budget_.take();
  be_hungry(false);
  tasks_.start(session(*open_.back()));
}

void Asking::be_hungry(bool hungry) {
  if (hungry != hungry_) budget_.hunger(hungry);
  hungry_ = hungry;
}

void Asking::close(const Visit& visit) {
  std::erase_if(open_, [&](const auto& one) { return one.get() == &visit; });
  budget_.give_back();
  answers_.tell();
  ended_.tell();
}

net::Task<void> Asking::session(Visit& visit) {
  if (network_.clock().now() >= options_.waits.until) {
    stop("no time was left");
  } else if (result_.connections >= options_.connection_limit) {
    stop(fmt::format("it took more than {} connections", options_.connection_limit));
  } else if (!over_) {
    co_await visit_door(visit);
  }
  close(visit);
}

net::Task<void> Asking::visit_door(Visit& visit) {
  fix(visit);
  auto connected = co_await connect();
  if (!connected) {
    battery_.take(visit.with, {});
    not_connected(connected.error());
    co_return;
  }
  const std::unique_ptr<net::Stream> stream = std::move(*connected);
  const bool secured = co_await secure(*stream, visit);
  if (!secured) co_return;
  smtp::Session dialogue(session_options(visit));
  co_await talk(*stream, dialogue, visit);
  co_await conclude(dialogue.record(), visit);
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
  if (others()) {
    step_back();
    co_return false;
  }
  if (!ever_answered_) {
    result_.reached = Reached::no_tls;
    result_.reason = "TLS failed: " + failure->detail;
  }
  stop("TLS failed");
  co_return false;
}

// By its greeting alone: more is known when EHLO is answered.
void Asking::meet(const smtp::Record& record) {
  if (greeted_ || !record.greeting) return;
  greeted_ = true;
  result_.banner = record.greeting->lines.empty() ? "" : record.greeting->lines.front();
  result_.software = identify(result_.banner, {}, {});
  dose_ = dose_for(result_.software);
  mixes_ = bears_malformed(result_.software);
  consider();
}

void Asking::learn(const net::Stream& stream, const smtp::Record& record) {
  battery_.learn(record);
  if (record.tls || options_.target.tls == mail::TlsMode::implicit) {
    asks_for_certificate_ = asks_for_certificate_.value_or(false) || stream.asks_for_certificate();
    // What it was not asked for is never shown: the plain questions were asked in such a session.
    if (!*asks_for_certificate_) battery_.leave_out(techniques::Prelude::client_certificate);
  }
  if (result_.certificate_names.empty()) result_.certificate_names = stream.certificate_names();
  if (ever_answered_) return;
  ever_answered_ = true;
  result_.extensions = record.extensions;
  pipelines_ = record.offers("PIPELINING");
  if (record.ehlo) ehlo_lines_ = record.ehlo->lines;
  result_.software = identify(result_.banner, ehlo_lines_, {});
  dose_ = dose_for(result_.software);
  mixes_ = bears_malformed(result_.software);
}

void Asking::tell_that_at_home() {
  if (!options_.at_home || std::exchange(told_, true)) return;
  result_.own_domain = battery_.found_domain();
  options_.at_home(result_);
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
