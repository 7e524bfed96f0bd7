// Which domains a server answers for, as far as its log's reader was told or can learn.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "logs/event.h"

namespace relayproof::logs {

/// Where a delivery took its recipient.
enum class Place {
  inside,   ///< to a mailbox here, or to a host of a domain of ours
  outside,  ///< to a domain that the client chose
  forward,  ///< to an address outside that the server put in the place of one of ours
  filter,   ///< to a program that gives it back
  nowhere,  ///< no host or mailbox was tried, and nothing tells whose the domain is
};

class Ownership {
 public:
  /// `domains`: names at or below which everything is ours, and address literals; empty: not
  /// known, so that what goes out by SMTP is outside and what goes into a mailbox is not.
  explicit Ownership(const std::vector<std::string>& domains);

  bool known() const { return !domains_.empty(); }
  /// `domain` in any case of letters; only if known().
  bool is_ours(std::string_view domain) const;
  Place place_of(const Delivery& delivery) const;

 private:
  bool is_forward(const Delivery& delivery) const;

  std::unordered_set<std::string> domains_;
};

/// Behind the last `@`; empty if there is none.
std::string_view domain_of(std::string_view address);

}  // namespace relayproof::logs
