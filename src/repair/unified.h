// What differs between two texts, line by line, in the form that patch(1) takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::repair {

/// Lines [old_begin, old_end) of the one text stand where [new_begin, new_end) of the other do;
/// counted from 0.
struct Changed {
  std::size_t old_begin = 0;
  std::size_t old_end = 0;
  std::size_t new_begin = 0;
  std::size_t new_end = 0;
};

/// The places that differ, ascending: the fewest lines where the texts are not very different.
std::vector<Changed> changed_lines(std::string_view before, std::string_view after);

/// A unified diff with three lines around each change, `a/` and `b/` in front of `name`; empty if
/// the texts are the same. A text without a newline at its end is told as diff(1) does.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace relayproof::repair
