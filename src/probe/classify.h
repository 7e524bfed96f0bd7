// Why a server refused, read from its words: the one table that knows how real servers say no.
#pragma once

#include <optional>

#include "mail/reply.h"
#include "probe/observation.h"

namespace relayproof::probe {

/// What the reply answers.
enum class Stage { connect, helo, mail, rcpt, data };

/// nullopt if the reply is no refusal (2xx, 3xx). The code counts, never a number in the text; the
/// addresses that a server echoes are not read, since they are our own words.
std::optional<RefusedAs> classify(const mail::Reply& reply, Stage stage);

}  // namespace relayproof::probe
