#include "report/run_reader.h"

#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

#include "report/json_fields.h"
#include "techniques/technique.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::json;
using namespace json_fields;

constexpr std::array verdicts{probe::Verdict::closed, probe::Verdict::undecided,
                              probe::Verdict::open};
constexpr std::array evidences{probe::Evidence::observed, probe::Evidence::demonstrated};
constexpr std::array kinds{probe::OutcomeKind::refused, probe::OutcomeKind::deferred,
                           probe::OutcomeKind::accepted, probe::OutcomeKind::delivered,
                           probe::OutcomeKind::not_run};
constexpr std::array reasons{probe::RefusedAs::relay,  probe::RefusedAs::recipient,
                             probe::RefusedAs::sender, probe::RefusedAs::client,
                             probe::RefusedAs::policy, probe::RefusedAs::auth,
                             probe::RefusedAs::tls,    probe::RefusedAs::rate,
                             probe::RefusedAs::syntax, probe::RefusedAs::temporary};
constexpr std::array meanings{probe::CountsAs::relay, probe::CountsAs::local,
                              probe::CountsAs::unclear};
constexpr std::array programs{probe::Software::postfix,  probe::Software::opensmtpd,
                              probe::Software::exim,     probe::Software::sendmail,
                              probe::Software::exchange, probe::Software::sink,
                              probe::Software::other,    probe::Software::unknown};
constexpr std::array modes{mail::TlsMode::none, mail::TlsMode::starttls, mail::TlsMode::implicit};
constexpr std::array reaches{probe::Reached::yes,       probe::Reached::refused,
                             probe::Reached::timed_out, probe::Reached::unreachable,
                             probe::Reached::no_route,  probe::Reached::no_tls,
                             probe::Reached::not_smtp};

std::optional<mail::IpAddress> address(const Json& object, const char* key) {
  return mail::IpAddress::parse(text(object, key));
}

mail::Attempt attempt_of(const Json& object) {
  mail::Attempt attempt{own(object, "helo"), own(object, "mail_from"), own(object, "rcpt_to"), ""};
  const auto after = texts(object, "after");
  if (!after.empty()) attempt.first_rcpt = after.front();
  return attempt;
}

std::optional<mail::Reply> reply_of(const Json& object) {
  const auto code = static_cast<int>(number(object, "code"));
  if (code < 200 || code > 599) return std::nullopt;
  const std::string enhanced = text(object, "enhanced");
  return mail::Reply{code, {enhanced + (enhanced.empty() ? "" : " ") + foreign(object, "text")}};
}

techniques::Prelude prelude_of(const Json& object) {
  const std::string words = text(object, "prelude");
  for (const auto& row : techniques::catalogue()) {
    if (!words.empty() && to_string(row.prelude) == words) return row.prelude;
  }
  return techniques::Prelude::none;
}

std::optional<probe::Control> control_of(const Json& object) {
  const auto kind = named(object, "outcome", kinds);
  if (!kind) return std::nullopt;
  probe::Control control;
  control.name = text(object, "name");
  control.attempt = attempt_of(object);
  control.prelude = prelude_of(object);
  control.kind = *kind;
  control.refused_as = named(object, "refused_as", reasons);
  control.reply = reply_of(object);
  return control;
}

std::optional<probe::Outcome> outcome_of(const Json& object) {
  const auto kind = named(object, "outcome", kinds);
  if (!kind) return std::nullopt;
  probe::Outcome outcome;
  outcome.technique = text(object, "technique");
  outcome.attempt = attempt_of(object);
  const auto* row = techniques::find(outcome.technique);
  outcome.recipient_form = row == nullptr ? outcome.attempt.rcpt_to : std::string(row->rcpt_to);
  outcome.prelude = prelude_of(object);
  outcome.phase = text(object, "phase");
  outcome.kind = *kind;
  outcome.refused_as = named(object, "refused_as", reasons);
  outcome.counts_as = named(object, "counts_as", meanings);
  if (at(object, "twin").is_string()) outcome.twin = text(object, "twin");
  outcome.reply = reply_of(object);
  outcome.not_run_because = text(object, "not_run_because");
  return outcome;
}

void put_server(const Json& object, probe::DoorResult& door) {
  const Json& server = at(object, "server");
  door.banner = foreign(server, "banner");
  door.software = named(server, "software", programs).value_or(probe::Software::unknown);
  door.extensions = texts(server, "extensions");
  door.certificate_names = texts(server, "certificate_names");
}

void put_weaknesses(const Json& object, probe::DoorResult& door) {
  for (const auto& each : list(object, "weaknesses")) {
    const auto evidence = named(each, "evidence", evidences);
    if (!evidence || door.weaknesses.size() == most_items) continue;
    door.weaknesses.push_back({text(each, "code"), *evidence, text(each, "says")});
  }
}

// What judge() of a door had found by its controls.
void put_own_domain(const Json& object, probe::DoorResult& door) {
  door.own_domain = text(object, "own_domain");
  for (const auto& control : door.controls) {
    if (control.prelude != techniques::Prelude::none) continue;
    const bool taken = control.kind == probe::OutcomeKind::accepted;
    const bool refused = control.kind == probe::OutcomeKind::refused;
    if (control.name == "postmaster") door.postmaster_taken = door.postmaster_taken || taken;
    if (control.name == "unknown-local-recipient") {
      door.unknown_refused = door.unknown_refused || refused;
    }
  }
  door.refuses_something = door.unknown_refused;
}

std::optional<probe::DoorResult> door_of(const Json& object) {
  const Json& target = at(object, "target");
  const auto to = address(target, "address");
  const auto tls = named(target, "tls", modes);
  const auto verdict = named(object, "verdict", verdicts);
  const auto evidence = named(object, "evidence", evidences);
  const auto reached = named(object, "reached", reaches);
  const double port = number(target, "port");
  if (!to || !tls || !verdict || !evidence || !reached || port < 1 || port > 65535) {
    return std::nullopt;
  }
  probe::DoorResult door;
  door.target = {text(target, "host"), *to, static_cast<std::uint16_t>(port), *tls};
  door.source = address(at(object, "vantage"), "source").value_or(mail::IpAddress{});
  door.reached = *reached;
  door.verdict = *verdict;
  door.evidence = *evidence;
  door.reason = text(object, "reason");
  door.accepts_everything = flag(object, "accepts_everything");
  door.wants_password = flag(object, "wants_password");
  door.trusted_place = text(object, "place") == "trusted";
  door.in_full = flag(object, "in_full");
  if (at(object, "seen_as").is_string()) door.seen_as = foreign(object, "seen_as");
  door.blocked_after = count(object, "blocked_after");
  door.round_trips = count(object, "round_trips");
  door.connections = count(object, "connections");
  door.seconds = number(object, "seconds");
  put_server(object, door);
  put_weaknesses(object, door);
  return door;
}

bool put_answers(const Json& object, probe::DoorResult& door) {
  if (list(object, "controls").size() > most_items ||
      list(object, "outcomes").size() > most_items) {
    return false;
  }
  for (const auto& each : list(object, "controls")) {
    auto control = control_of(each);
    if (!control) return false;
    door.controls.push_back(std::move(*control));
  }
  for (const auto& each : list(object, "outcomes")) {
    auto outcome = outcome_of(each);
    if (!outcome) return false;
    door.outcomes.push_back(std::move(*outcome));
  }
  put_own_domain(object, door);
  return true;
}

std::chrono::system_clock::time_point time_of(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return {};
  // From 1900 to 2200: the clock counts in units that end in 2262.
  if (parts.tm_year < 0 || parts.tm_year > 300) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::optional<probe::Run> run_of(const Json& object) {
  const auto verdict = named(object, "verdict", verdicts);
  const auto evidence = named(object, "evidence", evidences);
  if (!verdict || !evidence) return std::nullopt;
  probe::Run run;
  run.id = text(object, "run");
  run.when = time_of(text(object, "when"));
  run.host = text(object, "host");
  run.mail_domain = text(object, "mail_domain");
  run.our_name = text(object, "our_name");
  for (const auto& source : texts(object, "sources")) {
    const auto read = mail::IpAddress::parse(source);
    if (read) run.sources.push_back(*read);
  }
  for (const auto& each : list(object, "not_asked")) {
    if (each.is_string() && run.not_asked.size() < most_items) {
      run.not_asked.push_back(each.get_ref<const std::string&>().substr(0, longest_text));
    }
  }
  run.weak = flag(object, "weak");
  run.verdict = *verdict;
  run.evidence = *evidence;
  run.reason = text(object, "reason");
  run.techniques = count(object, "techniques");
  run.seconds = number(object, "seconds");
  return run;
}

tl::unexpected<Error> not_a_run() {
  return failure("what it printed is no relayproof/probe-run/1");
}

}  // namespace

Result<probe::Run> read_run(std::string_view document) {
  const Json read = Json::parse(document, nullptr, false);
  if (read.is_discarded() || text(read, "schema") != "relayproof/probe-run/1") return not_a_run();
  const auto& runs = list(read, "runs");
  if (runs.empty()) return not_a_run();
  auto run = run_of(runs.front());
  if (!run) return not_a_run();
  for (const auto& each : list(read, "results")) {
    if (text(each, "run") != run->id) continue;
    auto door = door_of(each);
    if (!door || !put_answers(each, *door) || run->doors.size() == most_items) return not_a_run();
    run->doors.push_back(std::move(*door));
  }
  return std::move(*run);
}

}  // namespace relayproof::report
