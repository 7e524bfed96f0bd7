#include "canary/arrivals.h"

#include <array>
#include <utility>

namespace relayproof::canary {
namespace {

Kind kind_of(Authenticity authenticity) {
  switch (authenticity) {
    case Authenticity::genuine:
      return Kind::proof;
    case Authenticity::expired:
      return Kind::expired;
    case Authenticity::forged:
      return Kind::forged;
    case Authenticity::malformed:
      return Kind::stranger;
  }
  return Kind::stranger;
}

}  // namespace

Arrival Arrivals::take(Arrival arrival, std::string_view message) {
  ReadLetter letter = read_letter(message);
  arrival.kind = kind_of(check_token(key_, letter.token, letter.errand, arrival.when));
  arrival.token = std::move(letter.token);
  arrival.errand = std::move(letter.errand);
  arrival.received = std::move(letter.received);
  if (arrival.kind != Kind::proof) return arrival;
  if (letter.quoted) arrival.kind = Kind::bounce;
  const Arrival* before = find(arrival.token);
  if (before != nullptr && before->kind == Kind::proof) {
    arrival.kind = letter.quoted ? Kind::bounce : Kind::again;
    return arrival;
  }
  remember(arrival);
  return arrival;
}

void Arrivals::restore(Arrival arrival) {
  if (arrival.kind != Kind::proof && arrival.kind != Kind::bounce) return;
  const Arrival* before = find(arrival.token);
  if (before == nullptr || before->kind == Kind::bounce) remember(arrival);
}

bool Arrivals::is_genuine(std::string_view token, const Errand& errand, Time now) const {
  return check_token(key_, token, errand, now) == Authenticity::genuine;
}

void Arrivals::remember(const Arrival& arrival) {
  const bool added = known_.insert_or_assign(arrival.token, arrival).second;
  if (!added) return;
  order_.push_back(arrival.token);
  if (order_.size() <= limit_) return;
  known_.erase(order_.front());
  order_.pop_front();
}

const Arrival* Arrivals::find(std::string_view token) const {
  const auto found = known_.find(token);
  return found == known_.end() ? nullptr : &found->second;
}

std::string_view to_string(Kind kind) {
  constexpr std::array<std::string_view, 6> words{"proof",   "again",  "bounce",
                                                  "expired", "forged", "stranger"};
  return words.at(static_cast<std::size_t>(kind));
}

}  // namespace relayproof::canary
