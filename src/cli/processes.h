// Running mail servers and the processes that listen for them, as /proc shows them. Read only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_address.h"

namespace relayproof::cli {

/// A running master of Postfix, or the process of another server that listens.
struct RunningMaster {
  pid_t process = 0;
  std::string root;           ///< `/proc/N/root` where it has files of its own; else empty
  bool own_network = false;   ///< it lives in another network namespace than we
  std::string configuration;  ///< its configuration folder, in its root
  std::string container;      ///< id of its container, if its control group names one
  /// When its processes last read their files, as far as processes tell: seconds since 1970.
  std::optional<std::int64_t> read_at;
};

/// Every master whose /proc folder we may read, by process number.
std::vector<RunningMaster> running_masters();

/// A socket that takes connections on this machine.
struct Listening {
  mail::IpAddress address;  ///< unspecified: any
  std::uint16_t port = 0;
  pid_t process = 0;     ///< 0: not known
  std::string name;      ///< of the process: `docker-proxy`, `master`
  std::string command;   ///< its words, blanks between
  bool v6_only = false;  ///< on `::`, and takes no IPv4 client: as far as ss(8) tells
};
std::vector<Listening> listening_here();

/// Of what `ss -Hltn6` prints: ports where a socket on `[::]` takes no IPv4 client; one that does
/// stands there as `*`.
std::set<std::uint16_t> v6_only_ports(std::string_view told);

/// The addresses and connected networks of a process' network namespace.
std::vector<mail::Network> interfaces_of_process(pid_t process);

/// The name that it calls itself (`/etc/hostname` of its root, or the machine's).
std::string hostname_in(const std::string& root);

}  // namespace relayproof::cli
