// smtpd.conf(5) becomes a policy: doors, listeners, rules, what becomes of recipients.
#pragma once

#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/scope.h"

namespace relayproof::opensmtpd {

struct Lowered {
  policy::Policy policy;
  std::vector<Note> notes;
};
Lowered lower(const FileSystem& files, const Config& config, const dialects::Host& host);

/// The name that smtpd gives itself: /etc/mail/mailname or /etc/mailname, else the host's. Empty:
/// not known.
std::string hostname_of(const FileSystem& files, const Config& config, const dialects::Host& host);

}  // namespace relayproof::opensmtpd
