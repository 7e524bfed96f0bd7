// The asking of one door, from its first session to the last: what door.h promises, inside. What
// the ends of sessions mean is in door_endings.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/door.h"
#include "probe/dose.h"

namespace relayproof::probe {

class Asking {
 public:
  Asking(net::Network& network, DoorOptions options);

  net::Task<DoorResult> run();

 private:
  /// One connection, and what is known of it only.
  struct Visit {
    SessionKind kind;
    Conversation with;
    bool first = false;    ///< the server was not known before
    bool changed = false;  ///< it became one of another kind
    std::size_t answered = 0;
  };

  net::Task<void> work(bool beside);
  net::Task<bool> session(SessionKind kind);
  net::Task<bool> session_over(net::Stream& stream, Visit& visit,
                               std::vector<mail::Attempt> attempts);
  net::Task<net::IoResult<std::unique_ptr<net::Stream>>> connect();
  net::Handshake handshake(const SessionKind& kind) const;
  net::Task<bool> secure(net::Stream& stream, Visit& visit);
  smtp::SessionOptions session_options(const SessionKind& kind, Conversation& with);
  net::Task<void> talk(net::Stream& stream, smtp::Session& dialogue, Visit& visit,
                       std::vector<mail::Attempt> attempts);
  void go_on(smtp::Session& dialogue, Visit& visit, std::vector<mail::Attempt> attempts,
             std::size_t most);
  void leave(smtp::Session& dialogue) const;
  std::optional<SessionKind> change(smtp::Session& dialogue, const Visit& visit);
  bool can_become(const smtp::Session& dialogue, const SessionKind& now,
                  const SessionKind& next) const;
  net::Task<void> exchange(net::Stream& stream, smtp::Session& dialogue, const SessionKind& kind);
  std::size_t take(const smtp::Record& record, Visit& visit, std::size_t asked);
  std::size_t room(const SessionKind& kind, std::size_t asked, std::size_t errors) const;
  std::size_t portion(std::size_t most) const;
  std::size_t workers() const;
  void learn(const net::Stream& stream, const smtp::Record& record);
  void recognise_by_replies();

  net::Task<bool> conclude(const smtp::Record& record, Visit& visit);
  bool helo_refused(const smtp::Record& record, const Visit& visit);
  net::Task<bool> cut_off(const smtp::Record& record, const Visit& visit);
  bool not_connected(const net::IoFailure& failure);
  bool others() const { return under_way_ > 1; }
  bool step_back();
  bool stop(const std::string& why);
  void keep(const smtp::Record& record);

  net::Network& network_;
  DoorOptions options_;
  Battery battery_;
  DoorResult result_;
  Dose dose_;
  std::vector<std::string> ehlo_lines_;
  std::string last_ending_;
  bool asks_for_certificate_ = false;
  bool pipelines_ = false;
  bool may_rename_ = false;  // a second EHLO is taken
  bool ever_answered_ = false;
  bool over_ = false;          // it cannot be asked any further
  bool alone_ = false;         // it did not bear several sessions at a time
  std::size_t under_way_ = 0;  // sessions
  int barren_sessions_ = 0;
};

/// To its last command, or what came in place of the answer to EHLO; nullopt if it was no refusal.
std::optional<mail::Reply> refusal_of_prelude(const smtp::Record& record);

}  // namespace relayproof::probe
