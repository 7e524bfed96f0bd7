// What the ends of sessions mean for the next.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probe/asking.h"
#include "probe/endings.h"
#include "probe/prelude.h"
#include "probe/seen_as.h"

namespace relayproof::probe {
namespace {

using std::chrono::seconds;

// A rate limit of connections is waited out this often; Debian's Sendmail forgets in a minute.
constexpr int patience = 4;
constexpr auto pause_after_rate_limit = seconds(16);

bool was_let_in(const smtp::Record& record) {
  return record.greeting && record.greeting->is_positive();
}

}  // namespace

std::optional<mail::Reply> refusal_of_prelude(const smtp::Record& record) {
  const auto reply = record.prelude.empty() ? record.ehlo : record.prelude.back();
  return reply && !reply->is_positive() ? reply : std::nullopt;
}

// What the end of a session means for the next.
net::Task<void> Asking::conclude(const smtp::Record& record, Visit& visit) {
  keep(record);
  switch (record.ending) {
    case smtp::Ending::quit:
    case smtp::Ending::cut:
      barren_sessions_ = 0;
      co_return;
    case smtp::Ending::helo_refused:
      helo_refused(record, visit);
      co_return;
    case smtp::Ending::prelude_refused:
      barren_sessions_ = 0;
      battery_.prelude_refused(visit.kind, refusal_of_prelude(record));
      co_return;
    case smtp::Ending::no_starttls:
    case smtp::Ending::starttls_refused:
      if (others()) {
        step_back();
        co_return;
      }
      if (!ever_answered_) result_.reached = Reached::no_tls;
      result_.reason = describe(record);
      stop("no TLS");
      co_return;
    default:
      break;
  }
  if (others() && visit.answered == 0 && !was_let_in(record)) {
    step_back();
    co_return;
  }
  // It hung up on what it takes for an attack; if that was not the first of the session, this one
  // is asked first in the next session.
  if (is_login(visit.kind.prelude) && visit.changed) {
    logins_apart_ = true;
    co_return;
  }
  if (visit.kind.prelude != techniques::Prelude::none && visit.answered == 0) {
    if (!visit.changed) battery_.prelude_refused(visit.kind, refusal_of_prelude(record));
    co_return;
  }
  co_await cut_off(record, visit);
}

void Asking::helo_refused(const smtp::Record& record, const Visit& visit) {
  if (visit.changed || visit.ahead) {
    // Of the name, or of a second EHLO? Asked first in a session, it tells.
    dose_.hellos = 1;
    return;
  }
  if (visit.kind.helo_form == techniques::HeloForm::ours || !record.ehlo) {
    if (others()) return step_back();
    if (!ever_answered_) result_.reached = Reached::not_smtp;
    result_.reason = "it does not take our HELO: " + last_words(record);
    return stop("our HELO is refused");
  }
  battery_.helo_refused(visit.kind, *record.ehlo);
}

net::Task<void> Asking::cut_off(const smtp::Record& record, const Visit& visit) {
  if (visit.answered > 0) {
    barren_sessions_ = 0;
    const Dose less = reduced(dose_, visit.answered);
    // Malformed spellings have limits of their own.
    if (visit.kind.lock_step) {
      dose_.malformed = less.malformed;
    } else {
      dose_ = less;
    }
    co_return;
  }
  const bool limited = record.greeting && record.greeting->code == 421;
  if (!ever_answered_ && !limited) {
    stop(describe(record));
    co_return;
  }
  if (others()) {
    step_back();
    co_return;
  }
  if (++barren_sessions_ > patience) {
    result_.blocked_after = battery_.answered();
    stop(fmt::format("blocked after {} attempts", battery_.answered()));
    co_return;
  }
  if (limited) {
    const auto until =
        std::min(options_.waits.until, network_.clock().now() + pause_after_rate_limit);
    co_await network_.clock().sleep_until(until);
  }
}

void Asking::not_connected(const net::IoFailure& failure) {
  if (others()) return step_back();
  if (ever_answered_ && failure.kind == net::Failure::local) return stop(failure.detail);
  if (ever_answered_) {
    // It let us in before: a ban, or a limit of connections.
    result_.blocked_after = battery_.answered();
    return stop(fmt::format("blocked after {} attempts", battery_.answered()));
  }
  over_ = true;
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
}

// While others are under way nobody knows whether it is their number that it does not bear: what
// this one had to ask is asked again when they have ended.
void Asking::step_back() { alone_ = true; }

// If nothing was ever answered, how the last session ended says more than what was left undone.
void Asking::stop(const std::string& why) {
  if (battery_.answered() == 0 && !last_ending_.empty() && result_.reached == Reached::yes) {
    result_.reached = Reached::not_smtp;
    result_.reason = last_ending_;
  }
  battery_.give_up(why);
  over_ = true;
}

void Asking::keep(const smtp::Record& record) {
  result_.round_trips += record.round_trips;
  if (options_.transcripts) result_.transcripts.push_back(record.transcript);
  last_ending_ = describe(record);
  if (result_.seen_as || !record.ehlo) return;
  const auto address = seen_as(record, options_.target.address);
  if (address) result_.seen_as = address->to_string();
}

}  // namespace relayproof::probe
