#include "questions/losses.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "policy/decide.h"
#include "policy/reach.h"
#include "questions/asked_flags.h"
#include "questions/own_mail.h"

namespace relayproof::questions {
namespace {

using dialects::Loaded;
using policy::Difference;
using policy::Door;
using policy::Flag;
using policy::Policy;

const policy::Listener& listener_of(const Policy& policy, const Door& door) {
  return policy.listeners.at(door.listener);
}

bool runs(const Loaded& loaded, const Door& door) {
  return loaded.runs && listener_of(loaded.policy, door).runs;
}

// The door that serves the same clients at the same port afterwards, or null.
const Door* same_door(const Loaded& before, const Door& door, const Loaded& after) {
  const Door* best = nullptr;
  for (const auto& candidate : after.policy.doors) {
    if (candidate.port != door.port || !runs(after, candidate)) continue;
    const bool same = listener_of(after.policy, candidate).addresses ==
                      listener_of(before.policy, door).addresses;
    if (same || best == nullptr) best = &candidate;
    if (same) break;
  }
  return best;
}

// Secrets that the owner gave out, as far as a rule can ask for them.
constexpr std::array credentials{Flag::authenticated, Flag::certificate_listed};

// The policy as it is for somebody who has shown this credential, whatever else he says: so what
// only he loses is not hidden behind what everybody does.
Policy shown(Policy policy, Flag flag) {
  for (auto& condition : policy.conditions) {
    const auto* asked = std::get_if<policy::IsSet>(&condition.is);
    if (asked != nullptr && asked->flag == flag) condition.is = policy::Constant{true};
  }
  return policy;
}

class Search {
 public:
  Search(const Loaded& before, const Loaded& after, const LossOptions& options)
      : before_(before), after_(after), options_(options) {
    for (const auto flag : credentials) {
      const auto& listeners = before.policy.listeners;
      const bool asked = std::any_of(
          listeners.begin(), listeners.end(),
          [&](const policy::Listener& each) { return asks_for(before.policy, each, flag); });
      if (asked) {
        logged_in_.push_back({flag, shown(before.policy, flag), shown(after.policy, flag)});
      }
    }
  }

  Losses run() {
    for (const auto& door : before_.policy.doors) {
      if (!runs(before_, door)) continue;
      const Door* other = same_door(before_, door, after_);
      if (other == nullptr) {
        add_door(door, door.clients);
        continue;
      }
      if (const auto shut_out = door.clients - other->clients; !shut_out.empty()) {
        add_door(door, shut_out);
      }
      compare(door, *other);
    }
    return std::move(result_);
  }

 private:
  void add_door(const Door& door, const mail::IpSet& clients) {
    const auto& name = listener_of(before_.policy, door).name;
    const auto promised = clients & options_.promised;
    if (!promised.empty()) {
      result_.found.push_back({Loss::Kind::door, name, door.port, promised, {}, true});
    }
    const auto others = clients - options_.promised;
    if (!others.empty()) {
      result_.found.push_back({Loss::Kind::door, name, door.port, others, {}, false});
    }
  }

  void compare(const Door& door, const Door& other) {
    policy::ReachOptions reach;
    reach.prefer = mail::globally_routable() - options_.audit.trusted;
    auto found = policy::differences(before_.policy, door, after_.policy, other, reach);
    note_limits(door, found);
    for (auto& difference : found.found) {
      if (difference.kind == Difference::Kind::taken_no_longer) {
        add_delivery(door, other, std::move(difference));
      } else {
        add(door, other, std::move(difference), false);
      }
    }
    for (const auto& [flag, was, is] : logged_in_) {
      if (!asks_for(before_.policy, listener_of(before_.policy, door), flag)) continue;
      found = policy::differences(was, door, is, other, reach);
      note_limits(door, found);
      for (auto& difference : found.found) add(door, other, std::move(difference), true);
    }
  }

  void note_limits(const Door& door, const policy::Differences& found) {
    const auto& name = listener_of(before_.policy, door).name;
    for (const auto& limit : found.limits) add_limit(name + ": " + limit);
    if (found.too_large && found.limits.empty()) {
      add_limit(name + ": too large to compare within the budget");
    }
  }

  void add_limit(const std::string& limit) {
    auto& limits = result_.limits;
    if (std::find(limits.begin(), limits.end(), limit) == limits.end()) limits.push_back(limit);
  }

  // What the server says instead.
  std::string refusal(const Door& other, const policy::Attempt& witness) const {
    const auto decided = policy::decide(after_.policy, other.listener, witness);
    const bool is_told = decided.reply == policy::Decision::Reply::reject ||
                         decided.reply == policy::Decision::Reply::defer;
    if (!is_told || decided.answer.code == 0) return {};
    const auto code = std::to_string(decided.answer.code);
    return decided.answer.enhanced.empty() ? code : code + ' ' + decided.answer.enhanced;
  }

  void add(const Door& door, const Door& other, Difference difference, bool with_credentials) {
    if (difference.kind != Difference::Kind::relays_no_longer) return;
    const auto& name = listener_of(before_.policy, door).name;
    const auto told = refusal(other, difference.witness);
    const auto put = [&](Loss::Kind kind, mail::IpSet clients, bool legitimate) {
      if (clients.empty()) return;
      result_.found.push_back(
          {kind, name, door.port, std::move(clients), difference.witness, legitimate, told});
    };
    if (with_credentials) {
      put(Loss::Kind::credentials, difference.clients, true);
      return;
    }
    put(Loss::Kind::relaying, difference.clients & options_.promised, true);
    put(Loss::Kind::relaying, difference.clients - options_.promised, false);
  }

  void add_delivery(const Door& door, const Door& other, Difference difference) {
    const auto hole = hole_of(before_.policy, door);
    auto lost = own_mail_lost(before_.policy, door, hole, after_.policy, other, difference.witness);
    result_.found.push_back({Loss::Kind::delivery, listener_of(before_.policy, door).name,
                             door.port, std::move(difference.clients),
                             lost ? std::move(*lost) : std::move(difference.witness),
                             lost.has_value()});
  }

  const Loaded& before_;
  const Loaded& after_;
  const LossOptions& options_;
  // The policies as they are for somebody with this credential.
  struct LoggedIn {
    Flag flag;
    Policy before;
    Policy after;
  };
  std::vector<LoggedIn> logged_in_;
  Losses result_;
};

}  // namespace

std::string_view to_string(Loss::Kind kind) {
  constexpr std::array<std::string_view, 4> names{"relaying", "credentials", "delivery", "door"};
  return names.at(static_cast<std::size_t>(kind));
}

bool Losses::any_legitimate() const {
  return std::any_of(found.begin(), found.end(), [](const Loss& loss) { return loss.legitimate; });
}

mail::IpSet Losses::no_longer() const {
  mail::IpSet clients;
  for (const auto& loss : found) {
    const bool counts =
        !loss.legitimate && (loss.kind == Loss::Kind::relaying || loss.kind == Loss::Kind::door);
    if (counts) clients = clients | loss.clients;
  }
  return clients;
}

Losses losses(const dialects::Loaded& before, const dialects::Loaded& after,
              const LossOptions& options) {
  return Search(before, after, options).run();
}

}  // namespace relayproof::questions
