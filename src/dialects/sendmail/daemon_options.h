// `DaemonPortOptions`: where the daemon listens, and how.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialects/sendmail/config.h"
#include "mail/ip_set.h"

namespace relayproof::sendmail {

/// `Port=smtp, Addr=127.0.0.1, Name=MTA, M=Ea`; keys count by their first letter, in any case.
Daemon daemon_of(std::string_view text, const Place& place);

/// Its number; nullopt for a service whose number we do not know.
std::optional<std::uint16_t> port_of(const Daemon& daemon);

/// Who can reach it: by the address it is bound to, and its family.
mail::IpSet clients_of(const Daemon& daemon);

}  // namespace relayproof::sendmail
