// The names of options that some version of Exim has.
#pragma once

#include <string_view>

namespace relayproof::exim {

/// In the first part of the configuration.
bool is_main_option(std::string_view name);
/// Of a router, whatever its driver.
bool is_router_option(std::string_view name);

}  // namespace relayproof::exim
