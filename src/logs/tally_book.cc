#include "logs/tally_book.h"

#include <string>

#include "logs/hash.h"

namespace relayproof::logs {
namespace {

constexpr std::size_t longest_name = 255;

Standing standing_of(const mail::IpAddress& client, const mail::IpSet& trusted) {
  if (client.is_loopback()) return Standing::machine;
  if (trusted.contains(client)) return Standing::trusted;
  return client.is_private() ? Standing::near : Standing::stranger;
}

}  // namespace

TallyBook::TallyBook(mail::IpSet trusted, std::size_t capacity)
    : trusted_(std::move(trusted)), capacity_(capacity) {}

TallyBook::Found TallyBook::find_or_add(Kind kind, std::string_view name) {
  name = name.substr(0, longest_name);
  auto hash = hash_of(name, mixed(static_cast<std::uint64_t>(kind)));
  for (;; hash = mixed(hash + 1)) {
    const auto at = by_hash_.find(hash);
    if (at == by_hash_.end()) break;
    if (tallies_[at->second].source.name == name) return {at->second, false};
  }
  if (tallies_.size() >= capacity_ && kind != Kind::standing) return {no_tally, false};
  const auto tally = static_cast<std::uint32_t>(tallies_.size());
  tallies_.emplace_back().source.name = name;
  by_hash_.emplace(hash, tally);
  return {tally, true};
}

std::uint32_t TallyBook::of_standing(Standing standing) {
  const std::string name(to_string(standing));
  const auto found = find_or_add(Kind::standing, name);
  if (found.fresh) tallies_[found.tally].source.standing = standing;
  return found.tally;
}

std::uint32_t TallyBook::of_account(std::string_view account) {
  const auto found = find_or_add(Kind::account, account);
  if (found.fresh) tallies_[found.tally].source.standing = Standing::account;
  return found.tally == no_tally ? of_standing(Standing::account) : found.tally;
}

std::uint32_t TallyBook::of_user(std::string_view number) {
  const auto found = find_or_add(Kind::user, number);
  if (found.fresh) tallies_[found.tally].source.standing = Standing::machine;
  return found.tally == no_tally ? of_standing(Standing::machine) : found.tally;
}

std::uint32_t TallyBook::of_client(std::string_view address, std::string_view name, bool told) {
  const auto found = find_or_add(told ? Kind::told : Kind::client, address);
  if (!found.fresh && found.tally != no_tally) return found.tally;
  const auto parsed = mail::IpAddress::parse(address);
  const auto client = parsed ? std::optional(parsed->unmapped()) : std::nullopt;
  const auto standing = told || !client ? Standing::unclear : standing_of(*client, trusted_);
  if (found.tally == no_tally) return of_standing(standing);
  auto& source = tallies_[found.tally].source;
  source.standing = standing;
  source.client_name = name;
  source.client = client;
  return found.tally;
}

}  // namespace relayproof::logs
