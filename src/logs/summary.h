// What a log told, counted: for each source of mail what it sent to outside domains.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "logs/stamp.h"
#include "mail/ip_address.h"

namespace relayproof::logs {

/// Who a source is to the server, from the worst to the most harmless.
enum class Standing : std::uint8_t {
  stranger,  ///< a client that showed no credentials, from anywhere
  unclear,   ///< handed in by a filter for a client of whom the log does not tell more
  near,      ///< a client in a private network that showed no credentials
  account,   ///< whoever showed the credentials of an account
  trusted,   ///< a client that the reader was told to trust, without credentials
  machine,   ///< a program on the server: loopback, or the local user
  unknown,   ///< the beginning of the message is not in the log
};
std::string_view to_string(Standing standing);

/// One delivery, as it stands in the log.
struct Example {
  Time when = no_time;
  std::string queue_id;
  std::string client;  ///< address as written; empty for local users
  std::string sender;
  std::string recipient;
  std::string outcome;  ///< `sent`, `deferred`, `bounced`, `other`
};

/// Something about a source that accounts and clients of honest people seldom have.
struct Oddity {
  enum class Kind : std::uint8_t { many_networks, sudden_volume, many_failures, many_senders };
  Kind kind = Kind::many_networks;
  std::uint64_t count = 0;  ///< networks; recipients in the hour; failures; sender domains
  std::uint64_t usual = 0;  ///< of that, where there is something to compare
  Time when = no_time;      ///< the day or the hour; no_time if it is about all of them
};
std::string_view to_string(Oddity::Kind kind);

struct Source {
  Standing standing = Standing::unknown;
  std::string name;  ///< account, address of the client, or user number; empty: all of their kind
  std::string client_name;                ///< of a client, as logged
  std::optional<mail::IpAddress> client;  ///< unmapped
  std::uint64_t messages = 0;             ///< that had a recipient outside
  std::uint64_t sent = 0;                 ///< recipients outside that the next host took
  std::uint64_t deferred = 0;             ///< attempts that are to be repeated
  std::uint64_t bounced = 0;              ///< recipients outside that were given up
  std::uint64_t domains = 0;              ///< outside domains
  std::uint64_t sender_domains = 0;
  std::uint64_t clients = 0;     ///< addresses from which it came
  bool counts_are_exact = true;  ///< false: the last three are estimates within 2 %
  std::uint64_t queued = 0;      ///< messages of these that are not done
  Time first = no_time;
  Time last = no_time;
  std::vector<Example> examples;
  std::vector<Oddity> oddities;
};

struct Summary {
  std::vector<Source>
      sources;  ///< that sent to outside domains; the busiest of each standing first
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;     ///< lines of a mail server that tell of a message
  std::uint64_t messages = 0;   ///< of which the log tells
  std::uint64_t forwarded = 0;  ///< deliveries outside that the server itself put in place of ours
  std::uint64_t doubtful = 0;   ///< deliveries that may feign where they went; counted as outside
  std::uint64_t forgotten = 0;  ///< messages under way that were more than we keep in memory
  Time first = no_time;         ///< of all events
  Time last = no_time;
  bool own_domains_known = false;
};

}  // namespace relayproof::logs
