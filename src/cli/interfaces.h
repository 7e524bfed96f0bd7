// The addresses of a network namespace, as /proc shows them. Read only.
#pragma once

#include <sys/types.h>

#include <vector>

#include "mail/ip_address.h"

namespace relayproof::cli {

/// The addresses and connected networks of a process' network namespace.
std::vector<mail::Network> interfaces_of_process(pid_t process);

}  // namespace relayproof::cli
