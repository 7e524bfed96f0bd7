#include "report/samples.h"

#include <chrono>

#include "probe/places.h"

namespace relayproof::report::samples {
namespace {

using probe::Control;
using probe::CountsAs;
using probe::DoorResult;
using probe::Outcome;
using probe::OutcomeKind;
using probe::RefusedAs;
using probe::Run;
using probe::Verdict;

constexpr const char* outside = "relayproof-k3v@example.net";

mail::IpAddress address(std::string_view text) { return *mail::IpAddress::parse(text); }

Run run_of(const std::string& host) {
  Run run;
  run.id = "01JD9Y4T6Z0000000000000000";
  run.when = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::minutes(630);
  run.host = host;
  run.our_name = "probe.club.example";
  run.sources = {address("203.0.113.9")};
  return run;
}

DoorResult door_of(const std::string& host, std::string_view at, std::uint16_t port = 25,
                   mail::TlsMode tls = mail::TlsMode::none) {
  DoorResult door;
  door.target = {host, address(at), port, tls};
  door.source = address(door.target.address.is_v6() ? "2001:db8:1::9" : "203.0.113.9");
  door.banner = host + " ESMTP";
  door.extensions = {"PIPELINING", "SIZE 10240000"};
  door.connections = 1;
  door.round_trips = 4;
  door.seconds = 0.41;
  return door;
}

Outcome outcome_of(const std::string& technique, const std::string& rcpt_to, int code,
                   const std::string& text) {
  Outcome outcome;
  outcome.technique = technique;
  outcome.attempt = {"probe.club.example", "<>", rcpt_to};
  outcome.reply = mail::Reply{code, {text}};
  outcome.kind = code < 300   ? OutcomeKind::accepted
                 : code < 500 ? OutcomeKind::deferred
                              : OutcomeKind::refused;
  return outcome;
}

Outcome denied(const std::string& technique, int code = 554) {
  const std::string to = std::string("<") + outside + ">";
  const std::string enhanced = code == 554 ? "5.7.1 " : "4.7.1 ";
  Outcome outcome = outcome_of(technique, to, code, enhanced + to + ": Relay access denied");
  outcome.refused_as = RefusedAs::relay;
  return outcome;
}

Outcome relayed(const std::string& technique, const std::string& mail_from,
                const std::string& rcpt_to) {
  Outcome outcome = outcome_of(technique, rcpt_to, 250, "2.1.5 Ok");
  outcome.attempt.mail_from = mail_from;
  outcome.counts_as = CountsAs::relay;
  outcome.twin = "unknown-local-recipient";
  return outcome;
}

std::string nth(std::size_t i) { return "way-" + std::to_string(i + 1); }

void deny(DoorResult& door, std::size_t count, int code = 554) {
  for (std::size_t i = 0; i < count; ++i) door.outcomes.push_back(denied(nth(i), code));
}

Control control_of(const std::string& name, const std::string& rcpt_to, int code,
                   const std::string& text) {
  Control control;
  control.name = name;
  control.attempt = {"probe.club.example", "<>", rcpt_to};
  control.reply = mail::Reply{code, {text}};
  control.kind = code < 300 ? OutcomeKind::accepted : OutcomeKind::refused;
  if (code >= 300) control.refused_as = RefusedAs::recipient;
  return control;
}

void add_own_domain(DoorResult& door, const std::string& domain, bool takes_unknown = false) {
  door.own_domain = domain;
  door.postmaster_taken = true;
  door.unknown_refused = !takes_unknown;
  door.controls.push_back(control_of("postmaster", "<postmaster@" + domain + ">", 250, "2.1.5 Ok"));
  const std::string unknown = "<relayproof-k3v@" + domain + ">";
  door.controls.push_back(
      takes_unknown ? control_of("unknown-local-recipient", unknown, 250, "2.1.5 Ok")
                    : control_of("unknown-local-recipient", unknown, 550, "5.1.1 User unknown"));
}

DoorResult closed_door(const std::string& at, std::size_t ways, mail::TlsMode tls) {
  DoorResult door = door_of("mail.firma.example", at, 25, tls);
  door.verdict = Verdict::closed;
  door.reason = "no relay found by " + std::to_string(ways) + " ways of asking";
  door.software = probe::Software::postfix;
  door.in_full = ways > 6;
  deny(door, ways);
  add_own_domain(door, "firma.example");
  return door;
}

DoorResult password_door(const std::string& at, std::uint16_t port, mail::TlsMode tls) {
  DoorResult door = door_of("mail.firma.example", at, port, tls);
  door.verdict = Verdict::closed;
  door.wants_password = true;
  for (std::size_t i = 0; i < 6; ++i) {
    Outcome outcome =
        outcome_of(nth(i), std::string("<") + outside + ">", 530, "5.7.0 Authentication required");
    outcome.refused_as = RefusedAs::auth;
    door.outcomes.push_back(outcome);
  }
  return door;
}

Run one_door(const std::string& host, DoorResult door) {
  Run run = run_of(host);
  run.verdict = door.verdict;
  run.reason = door.target.address.to_string() + ":25: " + door.reason;
  run.techniques = door.outcomes.size();
  run.seconds = 0.6;
  run.doors.push_back(std::move(door));
  return run;
}

}  // namespace

Run closed() {
  Run run = run_of("mail.firma.example");
  run.mail_domain = "firma.example";
  run.sources.push_back(address("2001:db8:1::9"));
  for (const char* at : {"192.0.2.25", "2001:db8::25"}) {
    run.doors.push_back(closed_door(at, 41, mail::TlsMode::none));
    run.doors.push_back(closed_door(at, 6, mail::TlsMode::starttls));
    run.doors.push_back(password_door(at, 465, mail::TlsMode::implicit));
    run.doors.push_back(password_door(at, 587, mail::TlsMode::none));
  }
  run.doors.front().transcripts = {{{true, "220 mail.firma.example ESMTP Postfix"},
                                    {false, "EHLO probe.club.example"},
                                    {true, "250 mail.firma.example"},
                                    {false, "QUIT"},
                                    {true, "221 2.0.0 Bye"}}};
  run.verdict = Verdict::closed;
  run.reason = "no relay found by 41 ways of asking";
  run.techniques = 41;
  run.seconds = 3.2;
  return run;
}

Run open_over_ipv6() {
  Run run = run_of("mail.club.example");
  run.sources.push_back(address("2001:db8:1::9"));
  DoorResult v4 = door_of("mail.club.example", "192.0.2.80");
  v4.verdict = Verdict::closed;
  deny(v4, 41, 454);
  add_own_domain(v4, "club.example");
  DoorResult v6 = door_of("mail.club.example", "2001:db8::80");
  v6.verdict = Verdict::open;
  v6.reason = "recipients outside are accepted by 33 ways of asking";
  v6.seen_as = "172.22.1.1";
  for (std::size_t i = 0; i < 33; ++i) {
    v6.outcomes.push_back(relayed(nth(i), "<>", std::string("<") + outside + ">"));
  }
  for (std::size_t i = 33; i < 41; ++i) v6.outcomes.push_back(denied(nth(i)));
  add_own_domain(v6, "club.example");
  run.doors = {v4, v6};
  run.verdict = Verdict::open;
  run.reason = "[2001:db8::80]:25: " + v6.reason;
  run.techniques = 41;
  run.seconds = 2.7;
  return run;
}

Run open_in_every_way() {
  DoorResult door = door_of("relay.example", "192.0.2.90", 587, mail::TlsMode::starttls);
  door.verdict = Verdict::open;
  door.reason = "recipients outside are accepted by 5 ways of asking";
  door.extensions.clear();
  add_own_domain(door, "relay.example");
  door.outcomes = {
      relayed("standard", "nobody@example.org", outside),
      relayed("quoted-literal", "<test@[192.0.2.90]>", "<\"nobody@example.net\"@[192.0.2.90]>"),
      relayed("comma", "<>", "<a@relay.example,nobody@example.net>"),
      relayed("bang-path", "<it's@relay.example>", "<example.net!nobody%x>"),
      relayed("eight-bit", "<>",
              "<nob\xC3\xB6"
              "dy\t@example.net>")};
  door.outcomes[1].attempt.helo = "localhost";
  Run run = one_door("relay.example", std::move(door));
  run.not_asked = {"IPv6 not asked: no IPv6 route from here"};
  return run;
}

Run accepts_everything() {
  DoorResult door = door_of("sink.example", "192.0.2.66");
  door.accepts_everything = true;
  door.reason = "it takes recipients outside and mailboxes that cannot exist alike";
  for (std::size_t i = 0; i < 6; ++i) {
    Outcome outcome = relayed(nth(i), "<>", std::string("<") + outside + ">");
    outcome.counts_as = CountsAs::unclear;
    door.outcomes.push_back(outcome);
  }
  add_own_domain(door, "sink.example", true);
  return one_door("sink.example", std::move(door));
}

Run undecided() {
  DoorResult door = door_of("mx.example.com", "192.0.2.10");
  door.software = probe::Software::opensmtpd;
  door.reason =
      "it refuses (550 ), but its own postmaster too, so the refusal may be of us and not of "
      "relaying: give --domain with a domain it answers for";
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string to = std::string("<") + outside + ">";
    Outcome outcome = outcome_of(nth(i), to, 550, "Invalid recipient: " + to);
    outcome.refused_as = RefusedAs::recipient;
    door.outcomes.push_back(outcome);
  }
  Outcome skipped;
  skipped.technique = "known-local-sender";
  skipped.attempt = {"probe.club.example", "<postmaster@mx.example.com>", "<a@example.net>"};
  skipped.not_run_because = "the sender was refused: 550 5.1.8 Sender address rejected";
  door.outcomes.push_back(skipped);
  return one_door("mx.example.com", std::move(door));
}

Run trusted_place() {
  DoorResult door = door_of("mail.lan.example", "192.168.1.25");
  door.source = address("192.168.1.77");
  door.trusted_place = true;
  door.reason =
      "recipients outside were accepted, but from a place this server may trust: ask from another "
      "network";
  for (std::size_t i = 0; i < 6; ++i) {
    door.outcomes.push_back(relayed(nth(i), "<>", std::string("<") + outside + ">"));
  }
  add_own_domain(door, "lan.example");
  Run run = one_door("mail.lan.example", std::move(door));
  run.sources = {address("192.168.1.77")};
  return run;
}

Run unreachable() {
  Run run = run_of("gone.example");
  const auto fail = [&](std::uint16_t port, probe::Reached reached, const std::string& reason) {
    DoorResult door = door_of("gone.example", "192.0.2.99", port);
    door.reached = reached;
    door.reason = reason;
    door.banner.clear();
    door.extensions.clear();
    door.connections = 0;
    run.doors.push_back(door);
  };
  fail(25, probe::Reached::timed_out, "no answer in time");
  fail(465, probe::Reached::refused, "connection refused");
  fail(587, probe::Reached::refused, "connection refused");
  fail(2525, probe::Reached::not_smtp, "");
  run.doors.back().banner = "SSH-2.0-OpenSSH_9.2";
  run.reason = "no door could be asked: 192.0.2.99:25: no answer in time";
  run.seconds = 10;
  return run;
}

Run blocked() {
  DoorResult door = door_of("mail.firma.example", "192.0.2.25");
  door.blocked_after = 20;
  door.reason = "21 of 41 ways were not asked: blocked after 20 attempts";
  deny(door, 20);
  for (std::size_t i = 20; i < 41; ++i) {
    Outcome skipped;
    skipped.technique = nth(i);
    skipped.not_run_because = "blocked after 20 attempts";
    door.outcomes.push_back(skipped);
  }
  add_own_domain(door, "firma.example");
  return one_door("mail.firma.example", std::move(door));
}

Run no_ipv6_route() {
  Run run = one_door("mail.firma.example", closed_door("192.0.2.25", 41, mail::TlsMode::none));
  DoorResult v6 = door_of("mail.firma.example", "2001:db8::25");
  v6.reached = probe::Reached::no_route;
  v6.source = {};
  run.doors.push_back(v6);
  run.not_asked = {"IPv6 not asked: no IPv6 route from here"};
  run.weak = true;
  return run;
}

Run from_two_places() {
  Run here = one_door("mail.club.example", closed_door("192.0.2.80", 41, mail::TlsMode::none));
  here.doors.push_back(closed_door("192.0.2.80", 6, mail::TlsMode::starttls));
  here.not_asked = {"IPv6 not asked: no IPv6 route from here"};
  here.reason = "no relay found by 41 ways of asking";
  DoorResult door = door_of("mail.club.example", "192.0.2.80");
  door.verdict = Verdict::open;
  door.reason = "recipients outside are accepted by 33 ways of asking";
  door.source = address("198.51.100.7");
  door.seen_as = "10.0.0.1";
  for (std::size_t i = 0; i < 33; ++i) {
    door.outcomes.push_back(relayed(nth(i), "<>", std::string("<") + outside + ">"));
  }
  deny(door, 41);
  add_own_domain(door, "club.example");
  Run there = one_door("mail.club.example", std::move(door));
  there.sources = {address("198.51.100.7")};
  probe::set_place(there, "root@vps.example");
  return probe::join({std::move(here), std::move(there)});
}

Run weaknesses() {
  Run run = closed();
  for (auto& door : run.doors) {
    if (door.target.tls != mail::TlsMode::starttls) continue;
    door.weaknesses = {{"RP4001", probe::Evidence::observed, "it obeys what came in clear"}};
  }
  run.doors.front().weaknesses = {{"RP4002", probe::Evidence::demonstrated, "it sent the bounce"}};
  return run;
}

Run hostile() {
  DoorResult door = door_of("evil.example", "192.0.2.13");
  const std::string attack = "\x1b]0;owned\x07\x1b[2J \xff\xfe \xe2\x80\xae<b>\\ \r\n250 2.1.5 Ok";
  door.verdict = Verdict::closed;
  door.banner = attack;
  door.extensions = {"X\x1b[31m"};
  door.certificate_names = {"*\x01.example"};
  door.seen_as = "\x1b[1m127.0.0.1";
  door.reason = attack;
  Outcome outcome = outcome_of("standard", "<a@example.net>", 554, attack + std::string(5000, 'A'));
  outcome.refused_as = RefusedAs::relay;
  door.outcomes.push_back(outcome);
  door.controls.push_back(control_of("postmaster", "<postmaster@evil.example>", 550, attack));
  door.transcripts = {{{true, "220 " + attack}, {false, "QUIT"}}};
  Run run = one_door("evil.example", std::move(door));
  run.not_asked = {"192.0.2.13:2525 not asked: \x1b[5m"};
  return run;
}

std::vector<Sample> all() {
  return {{"closed", closed()},
          {"open_over_ipv6", open_over_ipv6()},
          {"open_in_every_way", open_in_every_way()},
          {"accepts_everything", accepts_everything()},
          {"undecided", undecided()},
          {"trusted_place", trusted_place()},
          {"unreachable", unreachable()},
          {"blocked", blocked()},
          {"no_ipv6_route", no_ipv6_route()},
          {"from_two_places", from_two_places()},
          {"weaknesses", weaknesses()},
          {"hostile", hostile()}};
}

}  // namespace relayproof::report::samples
