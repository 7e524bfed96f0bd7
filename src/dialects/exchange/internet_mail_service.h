// Exchange 5.5: the routing restrictions of the Internet Mail Service, as regedit exports them.
// Microsoft Knowledge Base Q193922 says what the values mean, and in which order they are asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/finding.h"
#include "dialects/exchange/config.h"
#include "dialects/exchange/export_text.h"
#include "dialects/exchange/lower.h"
#include "mail/ip_set.h"

namespace relayproof::exchange {

/// `net;mask` lines of a REG_MULTI_SZ value.
struct RegistryList {
  std::vector<std::string> lines;
  mail::IpSet addresses;
  Place place;
};

struct InternetMailService {
  std::string file;
  std::optional<unsigned> relay_flags;
  Place flags_place;
  RegistryList denied;   ///< RelayDenyList
  RegistryList allowed;  ///< RelayAllowList
  RegistryList reached;  ///< RelayLocalIPList: addresses of the server
  SourceRange key;       ///< the line of MSExchangeIMC\Parameters
};

/// Fails with one line that has file, line and column.
Result<InternetMailService> parse_registry(const ExportText& text);
Lowered lower(const InternetMailService& service);
std::vector<Finding> findings(const InternetMailService& service);

}  // namespace relayproof::exchange
