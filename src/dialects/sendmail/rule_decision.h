// `explain` by the rule sets themselves: an attempt of the common model run through the
// interpreter, and what came of it as a decision. Where there are no rule sets (an .mc), the policy
// decides.
#pragma once

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "dialects/sendmail/config.h"

namespace relayproof::sendmail {

/// Lets `loaded` decide attempts by the rule sets of the configuration; each rule becomes an origin
/// of its policy. Names in the DNS are taken to exist, those below `invalid` excepted.
void decide_by_rules(const FileSystem& files, const Config& config, const dialects::Host& host,
                     dialects::Loaded& loaded);

}  // namespace relayproof::sendmail
