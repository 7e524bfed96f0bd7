// What Sendmail's lines tell of what became of recipients.
#pragma once

#include <string_view>

#include "logs/event.h"

namespace relayproof::logs {

/// `<a>,<b>, [more], ctladdr=<c> (1/1), delay=…, stat=Sent (ok)`: the first recipient; the others
/// are in `out.rest`. False if it is none.
bool read_sendmail_delivery(std::string_view text, Event& out);

/// The next one of the list, into a delivery that holds all that the line tells else.
bool take_sendmail_recipient(std::string_view& list, Delivery& out);

}  // namespace relayproof::logs
