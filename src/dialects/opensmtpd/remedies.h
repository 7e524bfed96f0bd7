// Which edits of smtpd.conf may close it. A suggestion proves nothing: what one is worth, the
// engine says.
#pragma once

#include <string>
#include <vector>

#include "dialects/dialect.h"

namespace relayproof::opensmtpd {

/// A rule for everybody made one for local clients, the owner's networks and users who log in; rows
/// that take in strangers, or their domains, taken out of tables; `proxy-v2` taken off a listener.
std::vector<dialects::Remedy> remedies(const FileSystem& files, const std::string& path,
                                       const dialects::Host& host,
                                       const dialects::RemedyRequest& request);

/// `smtpd -n`, and a new start: smtpd(8) reads its files when it starts.
dialects::Upkeep upkeep(const FileSystem& files, const std::string& path,
                        const dialects::Host& host, const std::vector<std::string>& edited);

}  // namespace relayproof::opensmtpd
