// The tables behind parameters.h.
#pragma once

#include <span>
#include <string_view>

#include "dialects/postfix/parameters.h"

namespace relayproof::postfix {

/// A program and the parameters that it reads, in its order, after those that every program reads.
struct Program {
  std::string_view name;
  std::span<const std::string_view> reads;
};

std::span<const std::string_view> read_by_all_programs();
std::span<const Program> all_programs();

}  // namespace relayproof::postfix
