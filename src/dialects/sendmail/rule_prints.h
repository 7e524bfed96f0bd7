// The stock rules of Sendmail by what they look like.
#pragma once

#include <string_view>

namespace relayproof::sendmail {

/// True for a rule set that decides who relays, reads addresses, or says where mail goes.
bool is_deciding(std::string_view rule_set);

}  // namespace relayproof::sendmail
