#include <array>

#include "dialects/dialect.h"

namespace relayproof::dialects {

std::string_view to_string(Understood understood) {
  static constexpr std::array<std::string_view, 4> names = {"understood", "irrelevant",
                                                            "unsupported", "unrecognised"};
  return names.at(static_cast<std::size_t>(understood));
}

}  // namespace relayproof::dialects
