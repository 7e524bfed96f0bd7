#include "smtp/record.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::smtp {
namespace {

constexpr std::array<std::string_view, 15> ending_names = {"not-ended",
                                                           "quit",
                                                           "cut",
                                                           "no-greeting",
                                                           "greeting-refused",
                                                           "helo-refused",
                                                           "prelude-refused",
                                                           "no-starttls",
                                                           "starttls-refused",
                                                           "closed-by-peer",
                                                           "service-closing",
                                                           "timed-out",
                                                           "not-smtp",
                                                           "out-of-step",
                                                           "too-much"};

}  // namespace

std::string_view to_string(Ending ending) {
  return ending_names.at(static_cast<std::size_t>(ending));
}

bool Record::offers(std::string_view keyword) const {
  return std::any_of(extensions.begin(), extensions.end(), [&](const std::string& extension) {
    return split(extension, ' ').front() == keyword;
  });
}

}  // namespace relayproof::smtp
