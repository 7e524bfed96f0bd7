// A configuration of Sendmail becomes a policy: doors, listeners, rules, what becomes of
// recipients.
#pragma once

#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "dialects/sendmail/config.h"
#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

struct Lowered {
  policy::Policy policy;
  std::vector<Doubt> notes;
};

/// `files` as the configuration names them (MailSettings).
Lowered lower(const FileSystem& files, const Config& config, const Access& access,
              const dialects::Host& host);

/// `$j`: of the configuration, else the host's. Empty: not known.
std::string hostname_of(const Config& config, const dialects::Host& host);

}  // namespace relayproof::sendmail
