#include "policy/decide.h"

#include <algorithm>

#include "policy/evaluate.h"
#include "policy/gates.h"
#include "policy/router.h"

namespace relayproof::policy {
namespace {

// With n open questions up to 2^n runs; beyond this the answer is undecided.
constexpr std::size_t run_limit = 1024;

// One run of the attempt, the open questions answered in one given way.
struct Passage {
  std::optional<Gates::Refusal> refusal;
  std::vector<Destination> destinations;
  bool relays = false;
  std::vector<Asked> asked;
  std::vector<Step> trace;
};

void forget(const Policy& policy, Evaluator& evaluator, Mark::Life life) {
  for (std::size_t mark = 0; mark < policy.marks.size(); ++mark) {
    if (policy.marks[mark].life == life) evaluator.marks[mark] = false;
  }
}

// Recipients before this one in the same message: what is left of them is how many were taken, and
// marks that live as long as the message.
void take_earlier(const Policy& policy, const Attempt& attempt, Evaluator& evaluator,
                  const Listener& listener) {
  const Facts own = evaluator.facts;
  std::vector<Step> unseen;
  Gates gates(policy, listener, evaluator, unseen);
  for (const auto& earlier : attempt.after) {
    set_recipient(evaluator.facts, policy, earlier);
    if (!evaluator.facts.recipient) continue;
    forget(policy, evaluator, Mark::Life::recipient);
    if (!gates.run(Moment::rcpt, Moment::rcpt)) evaluator.facts.several_recipients = true;
  }
  forget(policy, evaluator, Mark::Life::recipient);
  evaluator.facts.recipient = own.recipient;
  evaluator.facts.recipient_unqualified = own.recipient_unqualified;
}

Passage pass(const Policy& policy, std::size_t listener_index, const Attempt& attempt,
             const DecideOptions& options, const Answers& answers) {
  const Listener& listener = policy.listeners.at(listener_index);
  Evaluator evaluator(policy, listener, options, answers);
  evaluator.facts = facts_of(policy, listener_index, attempt);
  Passage passage;
  Gates gates(policy, listener, evaluator, passage.trace);
  const auto finish = [&]() -> Passage&& {
    passage.asked = std::move(evaluator.asked);
    return std::move(passage);
  };
  const auto misspelt = [&](std::string_view enhanced) {
    return Gates::Refusal{as_heard(listener, {501, std::string(enhanced)}), "syntax"};
  };
  passage.refusal =
      evaluator.facts.sender ? gates.run(Moment::connect, Moment::mail) : gates.run_up_to_sender();
  if (!passage.refusal && !evaluator.facts.sender) passage.refusal = misspelt("5.1.7");
  if (!passage.refusal && !evaluator.facts.recipient) passage.refusal = misspelt("5.1.3");
  if (!passage.refusal && !attempt.after.empty()) {
    take_earlier(policy, attempt, evaluator, listener);
  }
  if (!passage.refusal) passage.refusal = gates.run(Moment::rcpt, Moment::end_of_data);
  if (passage.refusal) return finish();
  Router router(policy, evaluator, passage.trace);
  passage.destinations = router.route(listener.route);
  passage.relays = router.relays();
  return finish();
}

// Every way to answer the open questions that can be met, one leaf each.
class Leaves {
 public:
  Leaves(const Policy& policy, std::size_t listener, const Attempt& attempt,
         const DecideOptions& options)
      : policy_(policy), listener_(listener), attempt_(attempt), options_(options) {
    visit({});
  }
  const std::vector<Passage>& passages() const { return passages_; }
  bool too_many() const { return too_many_; }
  std::vector<std::uint32_t> questions() const { return {questions_.begin(), questions_.end()}; }

 private:
  void visit(Answers answers) {
    if (passages_.size() >= run_limit) {
      too_many_ = true;
      return;
    }
    passages_.push_back(pass(policy_, listener_, attempt_, options_, answers));
    const auto asked = passages_.back().asked;  // by value: the vector grows
    for (const auto& question : asked) {
      questions_.insert(question.question);
      answers[question] = true;
      visit(answers);
      answers[question] = false;
    }
  }

  const Policy& policy_;
  std::size_t listener_;
  const Attempt& attempt_;
  const DecideOptions& options_;
  std::vector<Passage> passages_;
  std::set<std::uint32_t> questions_;
  bool too_many_ = false;
};

Decision::Reply reply_of(const Passage& passage) {
  if (!passage.refusal) return Decision::Reply::accept;
  if (passage.refusal->answer.code == 0) return Decision::Reply::undecided;
  return passage.refusal->answer.code < 500 ? Decision::Reply::defer : Decision::Reply::reject;
}

bool same_answer(const Passage& a, const Passage& b) {
  return a.refusal.has_value() == b.refusal.has_value() &&
         (!a.refusal || a.refusal->answer == b.refusal->answer);
}

bool same_end(const Passage& a, const Passage& b) {
  const auto fate_of = [](const Passage& passage) {
    return passage.destinations.empty() ? Fate::local : passage.destinations.front().fate;
  };
  return reply_of(a) == reply_of(b) && same_answer(a, b) && a.relays == b.relays &&
         fate_of(a) == fate_of(b);
}

}  // namespace

std::optional<std::size_t> listener_for(const Policy& policy, const Attempt& attempt) {
  const auto door = std::find_if(policy.doors.begin(), policy.doors.end(),
                                 [&](const Door& one) { return serves(policy, one, attempt); });
  if (door == policy.doors.end()) return std::nullopt;
  return door->listener;
}

Decision decide(const Policy& policy, std::size_t listener, const Attempt& attempt,
                const DecideOptions& options) {
  const Leaves leaves(policy, listener, attempt, options);
  const Passage& first = leaves.passages().front();
  Decision decision;
  decision.trace = first.trace;
  decision.too_complex = leaves.too_many();
  const auto& all = leaves.passages();
  const auto agree = [&](auto&& same) {
    return !leaves.too_many() && std::all_of(all.begin(), all.end(), same);
  };
  if (agree([&](const Passage& leaf) { return reply_of(leaf) == reply_of(first); })) {
    decision.reply = reply_of(first);
    decision.answer = first.refusal ? first.refusal->answer : Answer{250, "2.1.5"};
    if (first.refusal) decision.refused_by = first.refusal->stage;
    if (!agree([&](const Passage& leaf) { return same_answer(leaf, first); }))
      decision.answer = {0, ""};
  }
  if (agree([&](const Passage& leaf) { return leaf.relays == first.relays; })) {
    decision.relay = truth(first.relays);
  }
  if (agree([&](const Passage& leaf) { return same_end(leaf, first); })) {
    decision.ends = first.destinations;
  } else {
    decision.hangs_on = leaves.questions();
  }
  return decision;
}

}  // namespace relayproof::policy
