// From scripts to what every dialect offers: which of the ways in which they may go is shown, and
// what of it is certain.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/finding.h"
#include "base/result.h"
#include "dialects/dialect.h"
#include "dialects/postfix/lower.h"
#include "dialects/postfix/postconf_script.h"

namespace relayproof::dialects::postfix {

/// Describes a configuration that was read and lowered, without its findings.
using Finish =
    std::function<Loaded(const relayproof::postfix::Config&, const relayproof::postfix::TableShelf&,
                         relayproof::postfix::Lowered)>;

/// The way that opens the server, if one does; what only some ways open is not open for certain,
/// and closed is none of them: the rest of main.cf is not there.
Result<Loaded> load_scripts(const FileSystem& files, const relayproof::postfix::Scripts& scripts,
                            const relayproof::postfix::Host& host, const Finish& finish);

/// Why no edit is proposed, and which line to edit by hand.
std::string by_hand(const relayproof::postfix::Scripts& scripts,
                    const std::vector<Finding>& findings);

}  // namespace relayproof::dialects::postfix
