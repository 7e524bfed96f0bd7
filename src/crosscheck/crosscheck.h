// What configurations predict of a server's doors, and what was observed there, side by side: where
// both say the same, where they differ, and why, as far as the evidence goes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/observation.h"
#include "questions/audit.h"

namespace relayproof::crosscheck {

/// A configuration in force: of an installed or running server.
struct Instance {
  std::string name;  ///< `/etc/postfix`, `container mail-postfix-1`
  const dialects::Loaded* loaded = nullptr;
  const questions::Audit* audit = nullptr;
  /// Ports of the host that lead to ports of the server's own, where these differ.
  std::map<std::uint16_t, std::uint16_t> published;
  bool in_container = false;  ///< the host's addresses are not its own
  /// In a container: all ports of the host that lead to it. nullopt: not known.
  std::optional<std::set<std::uint16_t>> reached_at;
  bool running = false;
  /// When its processes last read their files, and when these changed: seconds since 1970.
  std::optional<std::int64_t> read_at;
  std::optional<std::int64_t> changed_at;
  std::string changed_file;
};

/// As whom a server saw us at a door: its log, or its own words on the wire.
struct SeenAs {
  probe::Target door;
  mail::IpAddress asked_from;
  mail::IpAddress saw;
  bool by_log = false;
  std::string line;  ///< of the log, or what it said: foreign bytes
  std::string log;   ///< which log
};

enum class Relation : std::uint8_t {
  agree,           ///< what was asked was answered as the configuration says
  not_compared,    ///< nothing was asked that the configuration decides
  network_open,    ///< relays in the network, and should not by the configuration
  network_closed,  ///< refuses in the network what the configuration allows
  silent,          ///< the configuration has this door, and nothing answers there
  unserved,        ///< something answers, and no configuration that was read has this door
};
std::string_view to_string(Relation relation);

/// One door, both sides.
struct Agreement {
  std::string instance;  ///< empty: none has this door
  probe::Target door;
  Relation relation = Relation::not_compared;
  std::string outside;  ///< what was observed, in words
  std::string inside;   ///< what the configuration says, in words
  std::string code;     ///< of the finding; empty if they agree
  std::string says;     ///< one sentence
  std::size_t compared = 0;
  std::size_t differing = 0;
};

struct CrossCheck {
  questions::Verdict verdict = questions::Verdict::undecided;
  std::string evidence;  ///< `proved`, `demonstrated`, `observed`
  std::string reason;    ///< one sentence
  std::vector<Agreement> agreement;
  std::vector<Finding> findings;  ///< RP5xxx, worst first
};

struct Evidence {
  const probe::Run* run = nullptr;  ///< null: nothing was asked
  std::vector<Instance> instances;
  std::vector<SeenAs> seen;
};

CrossCheck crosscheck(const Evidence& evidence);

}  // namespace relayproof::crosscheck
