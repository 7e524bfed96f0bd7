// Which mail server answers: from its banner, else from habits that it cannot help.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probe/observation.h"

namespace relayproof::probe {

/// `greeting`: the text of the 220, host name first. `ehlo_lines`: the texts of the reply to EHLO.
/// `replies`: the texts of other replies, enhanced codes included or not. A banner that names a
/// program is believed; habits count only if they agree. unknown when in doubt.
Software identify(std::string_view greeting, const std::vector<std::string>& ehlo_lines,
                  const std::vector<std::string>& replies);

}  // namespace relayproof::probe
