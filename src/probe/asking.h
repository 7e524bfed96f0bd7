// The asking of one door, from its first session to the last: what door.h promises, inside. When
// sessions are opened is in door.cc, what is asked in them in door_talk.cc, what their ends mean
// in door_endings.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/notice.h"
#include "probe/door.h"
#include "probe/dose.h"

namespace relayproof::probe {

class Asking {
 public:
  Asking(net::Network& network, DoorOptions options);
  ~Asking();
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  net::Task<DoorResult> run();

 private:
  /// What a session goes on with when what it asks now is answered.
  struct Leg {
    SessionKind kind;
    Conversation with;
    std::vector<mail::Attempt> attempts;
  };
  /// One connection, and what is known of it only.
  struct Visit {
    SessionKind kind;
    Conversation with;
    std::vector<mail::Attempt> attempts;  ///< to ask next
    std::optional<Leg> ahead;             ///< its EHLO is on its way
    bool begun = false;                   ///< what it is for is known
    bool changed = false;                 ///< it became one of another kind
    bool leaving = false;
    std::size_t asked = 0;
    std::size_t answered = 0;
    std::size_t errors = 0;
    std::size_t violations = 0;  ///< that count against Dose::malformed
    std::size_t hellos = 0;
  };

  bool is_finished();
  bool may_open();
  bool wants_another() const;
  bool needs_its_own(const SessionKind& kind) const;
  void consider();
  void open();
  net::Task<void> session(Visit& visit);
  net::Task<void> visit_door(Visit& visit);
  void close(const Visit& visit);
  void be_hungry(bool hungry);
  net::Task<net::IoResult<std::unique_ptr<net::Stream>>> connect();
  net::Handshake handshake(const SessionKind& kind) const;
  net::Task<bool> secure(net::Stream& stream, Visit& visit);

  net::Task<void> talk(net::Stream& stream, smtp::Session& dialogue, Visit& visit);
  net::Task<void> go_through(net::Stream& stream, smtp::Session& dialogue, Visit& visit);
  net::Task<void> cross_tls(net::Stream& stream, smtp::Session& dialogue, Visit& visit);
  smtp::SessionOptions session_options(Visit& visit);
  smtp::Prelude claim(Visit& visit);
  void fix(Visit& visit);
  void begin(smtp::Session& dialogue, Visit& visit);
  std::optional<SessionKind> first_kind(bool before_the_greeting);
  std::optional<SessionKind> kind_to_come() const;
  bool next_step(smtp::Session& dialogue, Visit& visit);
  void ask(smtp::Session& dialogue, Visit& visit, Room most);
  bool look_ahead(Visit& visit, Room rest);
  bool change(smtp::Session& dialogue, Visit& visit, Room most);
  bool can_become(const smtp::Session& dialogue, const Visit& visit, const SessionKind& next) const;
  bool may_rename(const Visit& visit, const SessionKind& next) const;
  void refuse_prelude(const smtp::Session& dialogue, Visit& visit);
  void leave(smtp::Session& dialogue) const;
  bool may_wait(const Visit& visit) const;
  net::Task<void> exchange(net::Stream& stream, smtp::Session& dialogue, const SessionKind& kind);
  void take(const smtp::Record& record, Visit& visit);
  Room room(const Visit& visit) const;
  Room portion(const Visit& visit, Room most) const;
  SessionKind as_asked(SessionKind kind) const;
  void meet(const smtp::Record& record);
  void learn(const net::Stream& stream, const smtp::Record& record);
  void tell_that_at_home();
  void recognise_by_replies();

  net::Task<void> conclude(const smtp::Record& record, Visit& visit);
  void helo_refused(const smtp::Record& record, const Visit& visit);
  net::Task<void> cut_off(const smtp::Record& record, const Visit& visit);
  void not_connected(const net::IoFailure& failure);
  bool others() const { return open_.size() > 1; }
  void step_back();
  void stop(const std::string& why);
  void keep(const smtp::Record& record);

  net::Network& network_;
  DoorOptions options_;
  Budget own_budget_{1};
  Budget& budget_;
  Budget::Listener consider_;
  Battery battery_;
  DoorResult result_;
  Dose dose_;
  std::vector<std::string> ehlo_lines_;
  std::string last_ending_;
  std::vector<std::unique_ptr<Visit>> open_;
  net::Group tasks_;
  net::Notice ended_;      // a session has
  net::Notice answers_;    // came in another session
  std::size_t waits_ = 0;  // sessions that wait for those
  bool hungry_ = false;
  bool told_ = false;
  std::optional<bool> asks_for_certificate_;  // nullopt: nobody knows yet
  bool pipelines_ = false;
  bool mixes_ = false;  // bears malformed questions among others, and further EHLOs
  bool greeted_ = false;
  bool ever_answered_ = false;
  bool logins_apart_ = false;  // it hung up on one behind other questions
  bool over_ = false;          // it cannot be asked any further
  bool alone_ = false;         // it did not bear several sessions at a time
  int barren_sessions_ = 0;
};

/// To its last command, or what came in place of the answer to EHLO; nullopt if it was no refusal.
std::optional<mail::Reply> refusal_of_prelude(const smtp::Record& record);

}  // namespace relayproof::probe
