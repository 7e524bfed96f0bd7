// How a session ended, in words.
#pragma once

#include <string>

#include "smtp/record.h"

namespace relayproof::probe {

/// The server's last words, escaped and bounded; may be empty.
std::string last_words(const smtp::Record& record);

/// One clause: `it hung up: 554 5.7.1 Go away`.
std::string describe(const smtp::Record& record);

}  // namespace relayproof::probe
