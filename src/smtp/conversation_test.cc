// Property: what Session and Receiver make of each other does not depend on how the network cuts
// their bytes.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "smtp/receiver.h"
#include "smtp/session.h"

namespace relayproof::smtp {
namespace {

/// What both sides are like, drawn at random.
struct Scenario {
  std::vector<std::vector<mail::Attempt>> asks;
  bool pipelining = false;
  bool knows_ehlo = true;
  bool starttls = false;
  Phase phase = Phase::rcpt;
  std::size_t max_errors = 20;
};

mail::Attempt any_attempt() {
  const auto sender = *rc::gen::element<std::string>("<>", " <a@b> SIZE=1", "<later>", "<long>");
  const auto recipient = *rc::gen::element<std::string>(
      "<yes>", "<yes>", "<no>", "<long>", "<later>", "<bye>", "<no content>", "<", "");
  return {"", sender, recipient};
}

Scenario any_scenario() {
  Scenario scenario;
  scenario.asks.resize(*rc::gen::inRange<std::size_t>(0, 4));
  for (auto& ask : scenario.asks) {
    ask.resize(*rc::gen::inRange<std::size_t>(0, 6));
    std::generate(ask.begin(), ask.end(), any_attempt);
  }
  scenario.pipelining = *rc::gen::arbitrary<bool>();
  scenario.knows_ehlo = *rc::gen::weightedElement<bool>({{5, true}, {1, false}});
  scenario.starttls = *rc::gen::weightedElement<bool>({{1, true}, {3, false}});
  scenario.phase = *rc::gen::element(Phase::rcpt, Phase::data);
  scenario.max_errors = *rc::gen::inRange<std::size_t>(1, 20);
  return scenario;
}

mail::Reply answer_to(const Path& path) {
  const std::string address = path.address.value_or("no");
  if (address == "no") return {554, {"5.7.1 Relay access denied"}};
  if (address == "later") return {450, {"4.7.1 later"}};
  if (address == "bye") return {421, {"4.7.0 enough"}};
  if (address == "long") return {550, {"5.7.1 no", "", "and again no"}};
  return {250, {"2.1.0 Ok"}};
}

Policy policy_of(const Scenario& scenario) {
  Policy policy{.hostname = "mx.example"};
  if (scenario.pipelining) policy.extensions = {"PIPELINING"};
  policy.knows_ehlo = scenario.knows_ehlo;
  policy.starttls = true;
  // Whoever pipelines without having been offered it is cut off, and the property would not hold.
  policy.early_commands = EarlyCommands::refused;
  policy.max_errors = scenario.max_errors;
  policy.on_mail = [](const Transaction&, const Path& path) { return answer_to(path); };
  policy.on_rcpt = policy.on_mail;
  policy.on_data = [](const Transaction& said) {
    return said.recipients.back().address == "no content" ? mail::Reply{554, {"5.7.1 no"}}
                                                          : mail::Reply{354, {"go ahead"}};
  };
  return policy;
}

/// Hands out pieces of the sizes it was given, over and over; whole strings without any.
class Network {
 public:
  explicit Network(std::vector<std::uint8_t> sizes) : sizes_(std::move(sizes)) {}

  template <class Deliver>
  void carry(std::string_view bytes, Deliver deliver) {
    while (!bytes.empty()) {
      const std::size_t size =
          sizes_.empty() ? bytes.size() : 1u + sizes_[next_++ % sizes_.size()] % 40u;
      deliver(bytes.substr(0, size));
      bytes.remove_prefix(std::min(size, bytes.size()));
    }
  }

 private:
  std::vector<std::uint8_t> sizes_;
  std::size_t next_ = 0;
};

Record converse(const Scenario& scenario, Network network) {
  Receiver receiver(policy_of(scenario));
  Session session(
      {.helo = "probe.example", .starttls = scenario.starttls, .phase = scenario.phase});
  std::size_t asked = 0;
  while (!session.ended()) {
    std::string answers;
    network.carry(session.take_output(), [&](std::string_view piece) {
      receiver.receive(piece);
      answers += receiver.take_output();
    });
    answers += receiver.take_output();
    network.carry(answers, [&](std::string_view piece) { session.receive(piece); });
    if (session.wants_tls()) {
      receiver.tls_started();
      session.tls_started();
    } else if (session.idle() && asked < scenario.asks.size()) {
      session.ask(scenario.asks[asked++]);
    } else if (session.idle()) {
      session.quit();
    } else if (receiver.closing()) {
      session.closed_by_peer();
    }
  }
  return session.record();
}

std::string in_full(const Record& record) {
  std::string text = std::string(to_string(record.ending)) + " " + record.ending_detail + "\n";
  for (const std::string& extension : record.extensions) text += "offers " + extension + "\n";
  for (const std::string& oddity : record.oddities) text += "odd: " + oddity + "\n";
  for (const Answers& answers : record.answers) {
    text += answers.attempt.mail_from + " -> " + answers.attempt.rcpt_to;
    for (const auto* reply : {&answers.mail, &answers.rcpt, &answers.data}) {
      text += *reply ? " [" + in_one_line(**reply) + "]" : " []";
    }
    text += answers.complete ? "\n" : " not answered\n";
  }
  for (const Line& line : record.transcript) {
    text += (line.from_server ? "S: " : "C: ") + line.bytes + "\n";
  }
  return text + std::to_string(record.round_trips);
}

RC_GTEST_PROP(Conversation, IsTheSameHoweverItsBytesAreCut, ()) {
  const Scenario scenario = any_scenario();
  const auto sizes = *rc::gen::nonEmpty<std::vector<std::uint8_t>>();
  const Record whole = converse(scenario, Network({}));
  RC_ASSERT(in_full(converse(scenario, Network(sizes))) == in_full(whole));
  RC_ASSERT(in_full(converse(scenario, Network({0}))) == in_full(whole));
}

RC_GTEST_PROP(Conversation, AnswersEveryAttemptUnlessTheServerHungUp, ()) {
  const Scenario scenario = any_scenario();
  const Record record = converse(scenario, Network({}));
  const bool all = std::all_of(record.answers.begin(), record.answers.end(),
                               [](const Answers& answers) { return answers.complete; });
  RC_ASSERT(record.ending != Ending::out_of_step);
  RC_ASSERT(record.ending != Ending::not_smtp);
  RC_ASSERT(all || record.ending == Ending::service_closing || record.ending == Ending::cut);
  RC_TAG(std::string(to_string(record.ending)));
}

}  // namespace
}  // namespace relayproof::smtp
