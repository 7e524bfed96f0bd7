// Taking addresses and names apart, the way lookups do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/fact.h"

namespace relayproof::policy {

/// The part of an address; views into it.
std::string_view part_of(std::string_view address, Part part);

/// The local part without its extension, views into it; the whole local part if it has none. A
/// delimiter at its very start begins no extension.
std::string_view without_extension(std::string_view local, std::string_view delimiters);

/// True for an IPv4 or IPv6 address in digits, which has no parents as names have.
bool is_numeric_host(std::string_view name);

/// The parents of a name, nearest first: `example.com`, `com`; with `dotted` `.example.com`,
/// `.com`.
std::vector<std::string_view> parents_of(std::string_view name, bool dotted);

}  // namespace relayproof::policy
