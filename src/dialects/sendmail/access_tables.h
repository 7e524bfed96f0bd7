// The access map as rule sets ask it: which row counts for a name, an address, a mailbox.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "dialects/sendmail/access_map.h"
#include "dialects/sendmail/policy_builder.h"
#include "mail/ip_set.h"

namespace relayproof::sendmail {

/// Addresses for which this row is the one that counts (rule set A: the whole address, then without
/// its last octet or group, each with the tag and then without).
struct AccessNetwork {
  const AccessRow* row = nullptr;
  mail::IpSet addresses;
};

/// The network that a key stands for: `192.168.1`, `IPv6:2001:db8`; nullopt for a name, and for
/// what never matches: `10.0.0.0/8`.
std::optional<mail::IpSet> network_of_key(std::string_view key);

/// `192.168.1`: no name of a host or domain.
bool is_made_of_digits(std::string_view name);

class AccessTables {
 public:
  /// What a row gives: an index into Policy::results.
  using ResultOf = std::function<std::uint32_t(const AccessRow& row)>;
  enum class Untagged : std::uint8_t { count, ignored };

  /// Both must outlive it. `dots`: `.example.com` counts for what is below (lookupdotdomain).
  AccessTables(const AccessMap& map, PolicyBuilder& builder, bool dots)
      : map_(map), builder_(builder), dots_(dots) {}

  /// As `192.168.1`, or as `[192.168.1]`, which is asked for clients without a name.
  enum class Keys : std::uint8_t { plain, in_brackets };
  /// Those of a tag, most specific first; no address is in two of them.
  std::vector<AccessNetwork> networks(std::string_view tag, Keys keys = Keys::plain) const;

  /// Rule set D: the name, then its parents. `parents` false: only the name (relay_hosts_only).
  std::uint32_t names(std::string_view tag, Untagged untagged, bool parents,
                      const ResultOf& result) const;
  /// Rule set F: `user@example.com`, then without what follows a `+`.
  std::uint32_t mailboxes(std::string_view tag, Untagged untagged, const ResultOf& result) const;
  /// Rule set U: `user@`.
  std::uint32_t users(std::string_view tag, Untagged untagged, const ResultOf& result) const;

  const AccessMap& map() const { return map_; }

 private:
  policy::Table empty_table(std::string_view tag) const;
  void add(policy::Table& table, std::string key, const AccessRow& row,
           const ResultOf& result) const;

  const AccessMap& map_;
  PolicyBuilder& builder_;
  bool dots_;
};

}  // namespace relayproof::sendmail
