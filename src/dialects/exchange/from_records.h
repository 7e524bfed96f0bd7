// What a cmdlet printed, as what it says of the server.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "dialects/exchange/config.h"
#include "dialects/exchange/record.h"

namespace relayproof::exchange {

/// The record has Bindings and RemoteIPRanges. One without a name gets the number. Fails with the
/// place of a value that is none.
Result<Connector> connector_of(const Record& record, std::size_t number);
/// The record has User.
Permission permission_of(const Record& record);
/// The record has DomainName.
Result<AcceptedDomain> domain_of(const Record& record);

}  // namespace relayproof::exchange
