// The domains outside whose recipients are asked for. One that the server answers for would make
// any server look open.
#pragma once

#include <string>
#include <vector>

#include "probe/run.h"

namespace relayproof::probe {

/// By what is known before the first connection.
bool may_be_its_own(const Plan& plan, const std::string& domain);

/// Two of them: that of the operator's mailbox first, if he gave one.
std::vector<std::string> outside_domains(const Plan& plan);

/// What follows the last @; empty if there is none.
std::string domain_of(const std::string& address);

}  // namespace relayproof::probe
