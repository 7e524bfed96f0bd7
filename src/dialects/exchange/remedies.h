// Commands that may close what was exported: PowerShell to paste on the server.
#pragma once

#include <string>
#include <vector>

#include "dialects/dialect.h"

namespace relayproof::exchange {

std::vector<dialects::Remedy> remedies(const FileSystem& files, const std::string& path,
                                       const dialects::Host& host,
                                       const dialects::RemedyRequest& request);

/// A literal string of PowerShell; empty if the text has what no name has (control characters and
/// the like).
std::string powershell_quote(std::string_view text);

}  // namespace relayproof::exchange
