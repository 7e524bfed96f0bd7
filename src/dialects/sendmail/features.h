// The features of cf/README by name: which bear on relaying, and which never do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/config.h"

namespace relayproof::sendmail {

/// Switches on what FEATURE(name, arguments ...) does. False: Sendmail has no feature of that name.
bool switch_on(Config& config, const std::string& name, const std::vector<std::string>& arguments,
               const Place& place);

/// `hash -T<TMPF> -o /etc/mail/access.db`: the map that it names.
MapUse map_use(std::string_view specification, const Place& place);

}  // namespace relayproof::sendmail
