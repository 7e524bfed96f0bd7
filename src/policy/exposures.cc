#include "policy/exposures.h"

#include "policy/appearance.h"
#include "policy/decide.h"

namespace relayproof::policy {
namespace {

constexpr std::size_t exposure_limit = 8;

// The client that a witness comes from: one of those preferred, else a plausible one.
mail::IpAddress one_of(const mail::IpSet& clients, const mail::IpSet& prefer) {
  const auto preferred = (clients & prefer).example();
  return preferred ? *preferred : clients.example().value_or(mail::IpAddress());
}

std::string in_words(const Attempt& attempt) {
  return "decide() does not confirm that " + attempt.client.to_string() + " relays from " +
         attempt.mail_from + " to " + attempt.rcpt_to;
}

class Search {
 public:
  Search(const WitnessGround& from, const ReachOptions& options, bool surely, Reach& reach)
      : from_(from), options_(options), surely_(surely), reach_(reach) {}

  mail::IpSet run(mail::IpSet clients);

 private:
  std::optional<Witness> witness(const mail::IpAddress& client);
  mail::IpSet clients_of(const Witness& witness) const;
  bool is_confirmed(const Attempt& attempt) const;
  bool add(const Witness& witness, const mail::IpSet& clients);

  const Door& door() const { return from_.ground.door; }

  const WitnessGround& from_;
  const ReachOptions& options_;
  bool surely_;
  Reach& reach_;
  std::size_t added_ = 0;
};

// A client who names another is tried with one for whom it works.
std::optional<Witness> Search::witness(const mail::IpAddress& client) {
  if (!from_.claims) {
    auto found = witness_for(from_, seen_at(door(), client));
    if (found) found->attempt.client = client;
    return found;
  }
  const auto named = from_.walk.clients(from_.attempts).example();
  if (!named) return std::nullopt;
  auto found = witness_for(from_, *named);
  if (!found) return found;
  found->attempt.speaks_for = *named;
  found->attempt.client = client;
  return found;
}

mail::IpSet Search::clients_of(const Witness& witness) const {
  return behind(door(), from_.claims ? door().may_claim : witness.seen);
}

bool Search::is_confirmed(const Attempt& attempt) const {
  DecideOptions options;
  options.suppressed = options_.suppressed;
  options.is_stranger = surely_ && options_.premises_hold;
  const Truth relay = decide(from_.ground.policy, door().listener, attempt, options).relay;
  // What is only closed by a premise hangs on its question for decide().
  return surely_ && options_.premises_hold ? relay == Truth::yes : relay != Truth::no;
}

bool Search::add(const Witness& witness, const mail::IpSet& clients) {
  if (witness.complete && !is_confirmed(witness.attempt)) {
    // What we are in doubt about decide() may know better.
    if (from_.ground.policy.addresses.before_reading) {
      reach_.limits.emplace_back("what is made of MAIL and RCPT before they are read");
    } else if (surely_ || reach_.limits.empty()) {
      reach_.broken.push_back(in_words(witness.attempt));
    }
    return false;
  }
  Exposure exposure;
  exposure.clients = clients;
  exposure.witness = witness.attempt;
  exposure.any_helo = witness.any_helo;
  exposure.any_sender = witness.any_sender;
  exposure.needs_name = witness.needs_name;
  exposure.surely = surely_;
  reach_.exposures.push_back(std::move(exposure));
  ++added_;
  return true;
}

mail::IpSet Search::run(mail::IpSet clients) {
  mail::IpSet unconfirmed;
  while (!clients.empty()) {
    const auto client = one_of(clients, options_.prefer);
    const auto found = witness(client);
    mail::IpSet covered = mail::IpSet::of(client);
    if (found) covered = covered | (clients_of(*found) & clients);
    // Many small exposures say no more than a few.
    if (added_ >= exposure_limit) covered = clients;
    if (!found || !add(*found, covered)) unconfirmed = unconfirmed | covered;
    clients = clients - covered;
  }
  return unconfirmed;
}

}  // namespace

mail::IpSet add_exposures(const WitnessGround& from, const ReachOptions& options,
                          const mail::IpSet& clients, bool surely, Reach& reach) {
  return Search(from, options, surely, reach).run(clients);
}

}  // namespace relayproof::policy
