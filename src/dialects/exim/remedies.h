// Which edits of a configuration may close it. A suggestion proves nothing: what one is worth, the
// engine says.
#pragma once

#include <string>
#include <vector>

#include "dialects/dialect.h"

namespace relayproof::exim {

/// The owner's networks in the lists of hosts that may relay, the gate in front of what lets
/// strangers through, what lets them through taken out. Where update-exim4.conf makes the file, the
/// edit goes to update-exim4.conf.conf.
std::vector<dialects::Remedy> remedies(const FileSystem& files, const std::string& path,
                                       const dialects::Host& host,
                                       const dialects::RemedyRequest& request);

/// `exim -bV`, and what makes the daemon read its files again.
dialects::Upkeep upkeep(const FileSystem& files, const std::string& path,
                        const dialects::Host& host, const std::vector<std::string>& edited);

/// `exim -bh 192.0.2.1`: the policy is asked, no mail is taken.
dialects::Upkeep::Command rehearse(const FileSystem& files, const std::string& path,
                                   const mail::IpAddress& client);

}  // namespace relayproof::exim
