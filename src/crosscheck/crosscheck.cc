#include "crosscheck/crosscheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "crosscheck/expectation.h"
#include "crosscheck/reasons.h"

namespace relayproof::crosscheck {
namespace {

using questions::Verdict;

bool answered(const probe::DoorResult& door) { return door.reached == probe::Reached::yes; }

std::string observed_words(const probe::DoorResult& door) {
  if (!answered(door)) {
    return door.reached == probe::Reached::refused ? "no server listens" : "could not be asked";
  }
  std::size_t relayed = 0;
  std::size_t asked = 0;
  for (const auto& outcome : door.outcomes) {
    if (outcome.kind == probe::OutcomeKind::not_run) continue;
    ++asked;
    if (outcome.counts_as == probe::CountsAs::relay) ++relayed;
  }
  const std::string from = " for " + door.source.to_string();
  if (relayed != 0) return fmt::format("relays {} of {}{}", relayed, asked, from);
  if (door.wants_password) return "wants a password";
  if (door.accepts_everything) return "takes everything";
  return fmt::format("refuses {} of {}{}", asked, asked, from);
}

bool relays(const probe::DoorResult& door) {
  return std::any_of(door.outcomes.begin(), door.outcomes.end(), [](const probe::Outcome& outcome) {
    return outcome.counts_as == probe::CountsAs::relay;
  });
}

std::string predicted_words(const questions::AuditedDoor& door) {
  if (!door.runs) return "does not run";
  std::string text(to_string(door.verdict));
  if (door.verdict == Verdict::closed || door.verdict == Verdict::open) text += ", proved";
  return text;
}

class Comparer {
 public:
  explicit Comparer(const Evidence& evidence) : evidence_(evidence) {}

  CrossCheck run() {
    if (evidence_.run != nullptr) {
      for (const auto& door : evidence_.run->doors) look_at(door);
    }
    for (const auto& instance : evidence_.instances) name_unasked(instance);
    add_overall(evidence_, result_.findings);
    decide();
    sort_findings();
    return std::move(result_);
  }

 private:
  void look_at(const probe::DoorResult& door) {
    if (const auto served = served_by(evidence_.instances, door.target)) {
      result_.agreement.push_back(side_by_side(*served->by, served->door, door));
      return;
    }
    if (evidence_.instances.empty() || !answered(door)) return;
    Agreement alone;
    alone.door = door.target;
    alone.relation = Relation::unserved;
    alone.outside = observed_words(door);
    alone.inside = "no configuration that was read has this door";
    alone.code = "RP5107";
    alone.says = alone.inside;
    relays_unserved_ = relays_unserved_ || relays(door);
    add(alone, Severity::medium, "name its configuration or its container");
    result_.agreement.push_back(std::move(alone));
  }

  // The doors at which we could not speak first what they want to hear.
  void name_unasked(const Instance& instance) {
    const auto& policy = instance.loaded->policy;
    for (std::size_t i = 0; i < policy.doors.size(); ++i) {
      const auto& listener = policy.listeners.at(policy.doors[i].listener);
      if (listener.wants_first.empty()) continue;
      const auto port = policy.doors[i].port;
      if (was_asked(port)) continue;
      Agreement unasked;
      unasked.instance = instance.name;
      const auto bound = listener.addresses.empty() ? std::string() : listener.addresses.front();
      unasked.door = {"", mail::IpAddress::parse(bound).value_or(mail::IpAddress()), port};
      unasked.outside = "not asked";
      unasked.inside = predicted_words(instance.audit->doors.at(i));
      unasked.says = "it wants " + listener.wants_first + " first: nothing was asked there";
      result_.agreement.push_back(std::move(unasked));
    }
  }

  bool was_asked(std::uint16_t port) const {
    return evidence_.run != nullptr &&
           std::any_of(evidence_.run->doors.begin(), evidence_.run->doors.end(),
                       [&](const probe::DoorResult& door) { return door.target.port == port; });
  }

  Agreement side_by_side(const Instance& instance, std::size_t policy_door,
                         const probe::DoorResult& door) {
    Agreement both;
    both.instance = instance.name;
    both.door = door.target;
    both.outside = observed_words(door);
    const auto& audited = instance.audit->doors.at(policy_door);
    both.inside = predicted_words(audited);
    if (!answered(door)) {
      // What is not published on an address of the host's needs no answer there.
      if (door.reached != probe::Reached::refused || !audited.runs || instance.in_container) {
        both.says = "nothing was asked there";
        return both;
      }
      both.relation = Relation::silent;
      both.code = "RP5106";
      both.says = "the configuration has this door, and nothing listens there";
      add(both, Severity::low,
          instance.running ? "postfix reload, or look into its log" : "start it");
      return both;
    }
    const auto comparison = compare(instance, policy_door, door, door.source);
    both.compared = comparison.compared;
    both.differing = comparison.open_only_outside + comparison.open_only_inside;
    relate(instance, policy_door, door, comparison, both);
    return both;
  }

  void relate(const Instance& instance, std::size_t policy_door, const probe::DoorResult& door,
              const Comparison& comparison, Agreement& both) {
    if (comparison.compared == 0) {
      both.says = "nothing was asked there that the configuration decides";
    } else if (comparison.open_only_outside != 0) {
      both.relation = Relation::network_open;
      both.code = "RP5101";
      both.says = "configuration closed, network open: " +
                  why_open_outside(evidence_, instance, policy_door, door);
      add(both, Severity::critical, "find what stands between, and close that");
    } else if (comparison.open_only_inside != 0) {
      both.relation = Relation::network_closed;
      both.code = "RP5102";
      both.says =
          "configuration open, network closed: " + why_closed_outside(evidence_, instance, door);
      add(both, Severity::high, "close the configuration, too");
    } else {
      both.relation = Relation::agree;
      both.says =
          fmt::format("{} of {} answers as the configuration says", both.compared, both.compared);
    }
  }

  void add(const Agreement& both, Severity severity, std::string remedy) {
    result_.findings.push_back(
        {both.code, severity, {}, in_words(both.door) + ": " + both.says, std::move(remedy)});
  }

  Verdict inside() const {
    Verdict worst = Verdict::closed;
    for (const auto& instance : evidence_.instances) {
      worst = std::max(worst, instance.audit->verdict);
    }
    return evidence_.instances.empty() ? Verdict::undecided : worst;
  }

  // A stranger who relayed is an answer; the machine's own self that was refused is none.
  Verdict outside() const {
    if (evidence_.run == nullptr) return Verdict::undecided;
    switch (evidence_.run->verdict) {
      case probe::Verdict::open:
        return Verdict::open;
      case probe::Verdict::closed:
        return Verdict::closed;
      case probe::Verdict::undecided:
        break;
    }
    return Verdict::undecided;
  }

  bool any(Relation relation) const {
    return std::any_of(result_.agreement.begin(), result_.agreement.end(),
                       [&](const Agreement& one) { return one.relation == relation; });
  }

  void decide() {
    const Verdict in = inside();
    const Verdict out = outside();
    const std::string observed =
        evidence_.run == nullptr ? "observed" : std::string(to_string(evidence_.run->evidence));
    if (evidence_.instances.empty()) {
      say(out, observed, evidence_.run == nullptr ? "nothing was asked" : evidence_.run->reason);
    } else if (in == Verdict::open) {
      say(Verdict::open, "proved", "by its configuration strangers may relay");
    } else if (out == Verdict::open) {
      say(Verdict::open, observed, "it relayed for us, and by its configuration it should not");
    } else if (any(Relation::network_open)) {
      say(Verdict::undecided, "observed",
          "it relays for this machine, and by its configuration it should not: what else it takes "
          "for this machine is not known");
    } else if (relays_unserved_) {
      say(Verdict::undecided, "observed",
          "it relays for this machine at a door that no configuration decides which was read");
    } else if (trusts_what_is_rewritten()) {
      say(Verdict::undecided, "demonstrated",
          "client addresses are rewritten on the way to it, so that what the configuration says of "
          "clients is said of others");
    } else {
      say(in, "proved",
          in == Verdict::closed ? "by its configuration nobody untrusted may relay"
                                : "hangs on what the configuration does not tell");
    }
  }

  void say(Verdict verdict, std::string evidence, std::string reason) {
    result_.verdict = verdict;
    result_.evidence = std::move(evidence);
    result_.reason = std::move(reason);
  }

  // Under an address that may relay others may appear, too, unless the doors' own model has it.
  bool trusts_what_is_rewritten() const {
    return std::any_of(evidence_.seen.begin(), evidence_.seen.end(), [&](const SeenAs& seen) {
      return seen.saw != seen.asked_from.unmapped() && is_trusted(seen);
    });
  }

  bool is_trusted(const SeenAs& seen) const {
    const auto may_relay = [&](const questions::AuditedDoor& door) {
      return door.may_relay.contains(seen.saw) || seen.saw.is_loopback();
    };
    if (const auto served = served_by(evidence_.instances, seen.door)) {
      const auto& door = served->by->loaded->policy.doors.at(served->door);
      return door.seen.empty() && may_relay(served->by->audit->doors.at(served->door));
    }
    // Something that hands on, to which of the server's doors is not known.
    return std::any_of(evidence_.instances.begin(), evidence_.instances.end(),
                       [&](const Instance& instance) {
                         const auto& doors = instance.audit->doors;
                         return std::any_of(doors.begin(), doors.end(), may_relay);
                       });
  }

  void sort_findings() {
    std::stable_sort(result_.findings.begin(), result_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  }

  const Evidence& evidence_;
  CrossCheck result_;
  bool relays_unserved_ = false;  ///< somewhere no configuration decides
};

}  // namespace

std::string_view to_string(Relation relation) {
  static constexpr std::array<std::string_view, 6> names = {"agree",
                                                            "not compared",
                                                            "configuration closed, network open",
                                                            "configuration open, network closed",
                                                            "nothing listens",
                                                            "no configuration"};
  return names.at(static_cast<std::size_t>(relation));
}

CrossCheck crosscheck(const Evidence& evidence) { return Comparer(evidence).run(); }

}  // namespace relayproof::crosscheck
