// What is asked at one door, and in which order: the plan of a door, without I/O. It hands out
// questions in doses, takes the answers, and asks further where an answer raises a question: a
// refused sender asks for another sender, an accepted odd spelling for its harmless twin.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "probe/names.h"
#include "probe/observation.h"
#include "probe/own_domain.h"
#include "probe/question.h"
#include "probe/reading.h"

namespace relayproof::probe {

/// How messages are made for a door, in the phase that delivers.
struct Delivery {
  std::function<std::string(const std::string& technique)> token;
  std::function<std::string(const std::string& technique, const std::string& token)> letter;
  std::string return_path;  ///< the canary's mailbox as a sender: where a bounce would go
  std::size_t most = 12;    ///< messages of one door, each another form of recipient
};

struct BatteryOptions {
  std::vector<const techniques::Technique*> techniques;  ///< in the order to ask
  std::string our_helo;
  std::string operator_address;  ///< the operator's own, without brackets; may be empty
  std::string outside = "example.net";
  std::string second_outside = "example.org";
  std::string user;     ///< a mailbox that exists there; may be empty
  std::string literal;  ///< the server's address literal
  bool data_phase = false;
  std::optional<Delivery> delivery;    ///< goes beyond the data phase
  std::size_t domain_limit = 4;        ///< candidates for the own domain, the bare forms besides
  std::function<std::string()> token;  ///< a new random local part on each call
};

/// The kind of a session: questions of one kind share it.
struct SessionKind {
  techniques::HeloForm helo_form = techniques::HeloForm::ours;
  techniques::Prelude prelude = techniques::Prelude::none;
  bool lock_step = false;  ///< malformed questions, command by command
  bool mixed = false;      ///< both kinds: the server bears that
  smtp::Phase phase = smtp::Phase::rcpt;
  std::string helo = {};  ///< the argument
};

/// How much more a session bears, if each were refused.
struct Room {
  std::size_t questions = 0;
  std::size_t malformed = 0;  ///< of these
  bool alike = false;         ///< those with the sender of the last one first
};

/// What is under way in one connection.
struct Conversation {
  std::deque<Question> asked;       ///< handed out, and not answered yet
  std::deque<Question> here;        ///< what was taken in it raises these: to be asked in it, too
  std::string_view sender;          ///< the form of the last one
  bool closing = false;             ///< QUIT went with them: nothing more can be asked in it
  bool had_enough = false;          ///< the server said "too much": nothing more in this session
  bool asked_again_here = false;    ///< what was taken first
  bool unknown_asked_here = false;  ///< the control of the plain spellings
};

class Battery {
 public:
  Battery(BatteryOptions options, ServerNames names);

  /// Names learnt from a greeting; questions that need them are made after the first session.
  void learn(const smtp::Record& record);

  /// Everything is asked, or waits for an answer.
  bool is_over();
  using Fits = std::function<bool(const SessionKind&)>;

  /// The kind of session that is due next, of those that fit; nullopt when everything is asked, or
  /// what is left waits for an answer.
  std::optional<SessionKind> next_session(const Fits& fits = {});
  /// The next questions for a session of this kind; empty if there are no more.
  std::vector<mail::Attempt> next(Conversation& with, const SessionKind& kind, Room room);
  /// What waits to be asked, or will when the own domain is known: how many of which kind, without
  /// their names for EHLO. So is the kind that `fits` is asked about.
  std::vector<std::pair<SessionKind, std::size_t>> forecast() const;
  /// Some questions wait until another one has tried their sender.
  bool awaits_a_sender() const;
  /// Our own name, and nothing else.
  SessionKind plain_kind() const { return {.helo = options_.our_helo}; }
  /// The own domain has been asked for, and is known as well as it will be.
  bool is_at_home() const { return stage_ >= Stage::catalogue; }
  /// The answers to what next() handed out, in order. Those that are not complete will be asked
  /// again; the first of them was under way when the session ended, and only twice. Without any,
  /// what was handed out or meant for this session is given back.
  void take(Conversation& with, const std::vector<smtp::Answers>& answers);
  /// The server does not take this HELO: that answers every question that needs it.
  void helo_refused(const SessionKind& kind, const mail::Reply& reply);
  /// Nor what goes before the questions of such a session.
  void prelude_refused(const SessionKind& kind, const std::optional<mail::Reply>& reply);
  /// Such sessions would be of another kind: what needs them is asked there already.
  void leave_out(techniques::Prelude prelude);
  /// Nothing more can be asked: what is left is not run.
  void give_up(const std::string& why);

  /// The message for one of the attempts that next() handed out, with a token that is remembered.
  std::string letter_for(Conversation& with, const mail::Attempt& attempt);
  /// The domain that the server answers for, as far as it is known by now.
  std::string own_domain() const;
  /// The same, empty if it does not show.
  std::string found_domain() const { return find_own_domain(asked_at()).domain; }
  /// What stands behind EHLO.
  std::string helo_of(techniques::HeloForm form) const;
  /// A random local part, as in its questions.
  std::string new_token() const { return options_.token(); }

  /// Questions that nobody asks at the moment.
  std::size_t waiting() const { return pending_.size(); }
  /// A technique was taken.
  bool takes_something() const { return takes_something_; }
  /// Attempts answered so far.
  std::size_t answered() const { return answered_; }
  /// Hands over controls and outcomes, and what they say of the own domain. It is the end of it.
  void report(DoorResult& result) &&;

 private:
  enum class Stage { opening, own_domain, catalogue, data, done };

  static SessionKind kind_of(const Question& question);
  void hand_out_what_is_for(Conversation& with, const SessionKind& kind, Room& room,
                            std::vector<mail::Attempt>& attempts);
  bool is_due(const Question& question, const SessionKind& kind, const Room& room) const;
  void advance();
  void ask_opening();
  void ask_own_domain();
  void ask_catalogue();
  bool ask_unknown_at_last();
  void ask_data();
  void ask_for_a_bounce();
  bool is_worth_a_message(const Question& question) const;
  void ask_at(const std::string& domain);
  bool waits_for_its_sender(const Question& question) const;
  void learn_of_sender(const Question& question, const Reading& reading);
  mail::Attempt hand_out(Conversation& with, const SessionKind& kind, Room& room,
                         Question question);
  void give_back(Conversation& with);
  void ask_here(Conversation& with, Question question);
  Question take_back(Conversation& with);
  void is_back(const Question& question);
  void add(Question question);
  bool stand_in(Question question);
  void stand_in_for_all(std::string_view sender_form);
  bool is_to_be_asked_again(const Conversation& with, Question& question, const Reading& reading);
  void answer(Conversation& with, const Question& question, const Reading& reading);
  void answer_data(const Question& question, const Reading& reading);
  void ask_twin_of(Conversation& with, const Question& question);
  void ask_unknown_here(Conversation& with, const Question& question);
  void ask_again_here(Conversation& with, const Question& question);
  void not_run(const Question& question, const Reading& reading, std::string why);
  bool is_covered(const Question& question) const;
  Filling fill() const;
  std::vector<AtDomain> asked_at() const;
  bool changes_its_mind() const;

  BatteryOptions options_;
  ServerNames names_;
  std::vector<std::string> candidates_;
  mutable std::shared_ptr<techniques::Fill> values_;  // what questions share
  OwnDomain own_;
  Stage stage_ = Stage::opening;
  std::deque<Question> pending_;
  std::size_t under_way_ = 0;  // questions that were handed out
  std::vector<std::pair<Question, Control>> controls_;
  std::vector<std::pair<Question, Outcome>> outcomes_;
  std::map<std::string_view, mail::Reply> refused_senders_;  // at MAIL, by form
  // Odd forms of senders: those that were taken, and those of which the first answer is awaited.
  std::set<std::string_view> taken_senders_;
  std::set<std::string_view> senders_on_trial_;
  // Who asks, and the form of the recipient.
  using Asked = std::tuple<techniques::HeloForm, techniques::Prelude, std::string>;
  static Asked asked_form(const Question& question, std::string_view form);
  void answer_all(const SessionKind& kind, const Reading& reading);

  std::set<Asked> recipients_answered_;
  std::multiset<Asked> recipients_under_way_;  // in any conversation
  std::map<Asked, std::string> twins_;         // control by form
  std::set<techniques::Prelude> left_out_;
  bool takes_something_ = false;
  bool asked_at_last_ = false;
  std::optional<std::string> given_up_;  // why
  std::size_t answered_ = 0;
  std::size_t data_taken_ = 0;
};

}  // namespace relayproof::probe
