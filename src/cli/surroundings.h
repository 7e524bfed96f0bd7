// What stands between this machine's addresses and a mail server that runs on it, gathered from the
// container engine, the listening processes and the packet filter. Everything is only read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/listening.h"
#include "cli/processes.h"
#include "deployment/deployment.h"

namespace relayproof::cli {

/// A container as its engine calls it.
struct NamedContainer {
  std::string engine;  ///< `docker`, `podman`
  std::string name;
  pid_t process = 0;    ///< its first process; 0: it does not run
  std::string inspect;  ///< what `inspect` printed
  std::vector<std::string> compose_files;
};

/// Asks docker, then podman. nullopt if neither knows it.
std::optional<NamedContainer> find_container(const std::string& name_or_id);

/// Adds what the engine says of the container, its networks and itself, and its compose files.
Result<bool> add_engine(const NamedContainer& container, deployment::Deployment& to);

/// Adds the packet filter of this machine, as far as it may be read.
void add_packet_filter(deployment::Deployment& to);

/// Adds a container for a server that has a network of its own and no engine that would tell of it:
/// its interfaces, and each process that listens on this machine and hands on to it.
void add_namespace(const RunningMaster& master, const std::vector<Listening>& listening,
                   const std::vector<std::uint16_t>& ports, deployment::Deployment& to);

}  // namespace relayproof::cli
