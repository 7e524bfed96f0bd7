// The tallies of all sources, found by who they are.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "logs/message_table.h"
#include "logs/tally.h"
#include "mail/ip_set.h"

namespace relayproof::logs {

/// Bounded: sources beyond the capacity share one tally for each standing.
class TallyBook {
 public:
  TallyBook(mail::IpSet trusted, std::size_t capacity);

  std::uint32_t of_account(std::string_view account);
  std::uint32_t of_user(std::string_view number);
  /// `told`: a filter named the client.
  std::uint32_t of_client(std::string_view address, std::string_view name, bool told);
  std::uint32_t of_standing(Standing standing);

  Tally& operator[](std::uint32_t tally) { return tallies_[tally]; }
  const std::vector<Tally>& all() const { return tallies_; }

 private:
  enum class Kind : std::uint64_t { account = 1, user, client, told, standing };
  struct Found {
    std::uint32_t tally = no_tally;
    bool fresh = false;
  };
  Found find_or_add(Kind kind, std::string_view name);

  mail::IpSet trusted_;
  std::size_t capacity_;
  std::vector<Tally> tallies_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;
};

}  // namespace relayproof::logs
