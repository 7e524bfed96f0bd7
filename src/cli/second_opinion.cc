#include "cli/second_opinion.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <regex>

#include "base/text.h"
#include "cli/ask_program.h"
#include "cli/disk_files.h"
#include "cli/smtp_by_hand.h"
#include "crosscheck/expectation.h"

namespace relayproof::cli {
namespace {

// XCLIENT_README: an IPv6 address has a tag in front.
std::string xclient_address(const mail::IpAddress& address) {
  return (address.is_v6() ? "IPV6:" : "") + address.to_string();
}

struct Asked {
  std::optional<Truth> relays;
  std::string words;
};

// The reply to RCPT of a client that is said to be another one.
Asked ask_by_xclient(const policy::Attempt& attempt, const mail::IpAddress& client) {
  HandSession session(attempt.port);
  const auto stopped = [](const char* where, const HandReply& reply) {
    return Asked{std::nullopt,
                 fmt::format("{}: {}", where, reply.code == 0 ? "no answer" : reply.text)};
  };
  if (session.greeting().code != 220) return stopped("its greeting", session.greeting());
  const std::string helo = attempt.helo.value_or("client.example.net");
  auto reply = session.say("EHLO localhost");
  if (reply.code != 250) return stopped("EHLO", reply);
  reply = session.say(fmt::format(
      "XCLIENT ADDR={} NAME={}", xclient_address(client),
      attempt.reverse_name && attempt.name_confirmed ? *attempt.reverse_name : "[UNAVAILABLE]"));
  if (reply.code != 220) return stopped("XCLIENT is not allowed from 127.0.0.1", reply);
  reply = session.say("EHLO " + helo);
  if (reply.code != 250) return {Truth::no, reply.text};
  reply = session.say("MAIL FROM:" + attempt.mail_from);
  if (reply.code != 250) return {Truth::no, reply.text};
  reply = session.say("RCPT TO:" + attempt.rcpt_to);
  session.say("QUIT");
  if (reply.code == 0) return stopped("RCPT", reply);
  return {truth(reply.code / 100 == 2), reply.text};
}

// The final lines of the replies, in their order; a testing session says other things besides.
std::vector<HandReply> replies_in(std::string_view text) {
  std::vector<HandReply> replies;
  for (const auto line : split(text, '\n')) {
    const auto reply = trim(line);
    const auto digits = reply.substr(0, reply.find_first_not_of("0123456789"));
    if (digits.size() != 3 || (reply.size() > 3 && reply[3] != ' ')) continue;
    replies.push_back({std::stoi(std::string(digits)), std::string(reply)});
  }
  return replies;
}

// The same in a session that the server only plays, reading it from standard input.
Asked ask_by_rehearsal(const dialects::Upkeep::Command& command, const policy::Attempt& attempt) {
  std::string input = "EHLO " + attempt.helo.value_or("client.example.net") + "\r\n";
  input += "MAIL FROM:" + attempt.mail_from + "\r\nRCPT TO:" + attempt.rcpt_to + "\r\nQUIT\r\n";
  if (std::count(input.begin(), input.end(), '\n') != 4) return {std::nullopt, "a line end in it"};
  const auto said = ask_program(command, std::chrono::seconds(60), input);
  if (!said) return {std::nullopt, to_string(said.error())};
  const auto replies = replies_in(*said);
  for (std::size_t step = 0; step < std::min<std::size_t>(replies.size(), 4); ++step) {
    const auto& reply = replies[step];
    if (reply.code / 100 != 2) return {Truth::no, reply.text};
    if (step == 3) return {Truth::yes, reply.text};
  }
  return {std::nullopt, "no answer"};
}

bool can_be_said(const policy::Attempt& attempt) {
  return !attempt.tls && !attempt.user && !attempt.speaks_for && attempt.after.empty() &&
         attempt.certificate == policy::Attempt::Certificate::none;
}

policy::Attempt stranger_at(const policy::Door& door) {
  policy::Attempt attempt;
  const auto strangers = door.clients & mail::globally_routable();
  attempt.client = strangers.example().value_or(*mail::IpAddress::parse("203.0.113.9"));
  attempt.port = door.port;
  attempt.helo = "client.example.net";
  attempt.rcpt_to = "<someone@example.net>";
  return attempt;
}

class Opinions {
 public:
  Opinions(const FoundInstance& instance, const questions::Audit& audit,
           std::vector<report::SecondOpinion>& to)
      : instance_(instance), audit_(audit), to_(to) {
    view_.loaded = &instance.configuration.loaded;
  }

  void add() {
    const auto& doors = instance_.configuration.loaded.policy.doors;
    for (std::size_t i = 0; i < doors.size(); ++i) {
      const auto& audited = audit_.doors.at(i);
      if (!audited.runs || audited.loopback_only) continue;
      bool any = false;
      for (const auto& exposure : audited.exposures) {
        if (!exposure.exposure.surely || any) continue;
        ask(doors[i], exposure.exposure.witness);
        for (const auto& cause : exposure.because) ask_tables(cause, exposure.exposure.witness);
        any = true;
      }
      if (!any) ask(doors[i], stranger_at(doors[i]));
    }
  }

 private:
  void ask(const policy::Door& door, const policy::Attempt& attempt) {
    report::SecondOpinion opinion;
    opinion.instance = instance_.name;
    const auto& configuration = instance_.configuration;
    const auto client = crosscheck::seen_as(door, attempt.client);
    dialects::Upkeep::Command rehearsal;
    if (configuration.dialect->rehearse != nullptr) {
      rehearsal = configuration.dialect->rehearse(DiskFiles(), configuration.path, client);
    }
    opinion.how = fmt::format("XCLIENT on 127.0.0.1:{}", attempt.port);
    if (!rehearsal.empty()) opinion.how = fmt::format("{}", fmt::join(rehearsal, " "));
    opinion.attempt = attempt;
    opinion.predicted = crosscheck::relays(view_, door.listener, attempt);
    if (instance_.master && instance_.master->own_network) {
      opinion.words = "its loopback is not this machine's";
    } else if (!can_be_said(attempt)) {
      opinion.words = "the attempt needs more than can be said so";
    } else {
      const auto asked = rehearsal.empty() ? ask_by_xclient(attempt, client)
                                           : ask_by_rehearsal(rehearsal, attempt);
      opinion.answered = asked.relays;
      opinion.words = asked.words;
    }
    to_.push_back(std::move(opinion));
  }

  // `check_client_access hash:/etc/postfix/clients`: has the table a row for what was asked?
  void ask_tables(const questions::Cause& cause, const policy::Attempt& attempt) {
    static const std::regex table("[a-z]+:/[^ ,{}]+");
    std::smatch found;
    if (!std::regex_search(cause.text, found, table)) return;
    if (instance_.master && !instance_.master->root.empty()) return;
    std::string sender = attempt.mail_from;
    std::erase_if(sender, [](char c) { return c == '<' || c == '>'; });
    for (const std::string& key : {attempt.client.to_string(), sender}) {
      if (key.empty() || key.front() == '-') continue;
      const auto row = ask_program({"postmap", "-q", key, found.str()});
      if (!row) continue;  // it has none: postmap's status is 1
      report::SecondOpinion opinion;
      opinion.instance = instance_.name;
      opinion.how = "postmap -q " + key + " " + found.str();
      opinion.attempt = attempt;
      opinion.predicted = Truth::yes;
      opinion.answered = Truth::yes;
      opinion.words = std::string(trim(*row));
      to_.push_back(std::move(opinion));
    }
  }

  const FoundInstance& instance_;
  const questions::Audit& audit_;
  std::vector<report::SecondOpinion>& to_;
  crosscheck::Instance view_;
};

}  // namespace

void add_second_opinions(const FoundInstance& instance, const questions::Audit& audit,
                         std::vector<report::SecondOpinion>& to) {
  Opinions(instance, audit, to).add();
}

}  // namespace relayproof::cli
