#include "repair/unified.h"

#include <fmt/format.h>

#include <algorithm>

namespace relayproof::repair {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t context = 3;
constexpr std::size_t most_rounds = 2000;  // edits beyond which one big change is told instead

// With their newlines, so that a missing one at the end counts.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy one: rounds[d][k]
// is how far one gets in `a` on diagonal k with d edits.
class Differ {
 public:
  Differ(const Lines& a, const Lines& b, std::size_t skipped)
      : a_(a),
        b_(b),
        size_a_(static_cast<long>(a.size())),
        size_b_(static_cast<long>(b.size())),
        skipped_(skipped) {}

  std::vector<Changed> run() {
    const long most = std::min(size_a_ + size_b_, static_cast<long>(most_rounds));
    std::vector<long> reached(static_cast<std::size_t>(2 * most + 3), 0);
    std::vector<std::vector<long>> rounds;
    const auto at = [&](long k) -> long& {
      return reached[static_cast<std::size_t>(k + most + 1)];
    };
    for (long d = 0; d <= most; ++d) {
      for (long k = -d; k <= d; k += 2) {
        const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
        long x = down ? at(k + 1) : at(k - 1) + 1;
        while (x < size_a_ && x - k < size_b_ && same(x, x - k)) ++x;
        at(k) = x;
        if (x >= size_a_ && x - k >= size_b_) return walk_back(rounds, most, d);
      }
      rounds.push_back(reached);
    }
    return {{skipped_, skipped_ + a_.size(), skipped_, skipped_ + b_.size()}};
  }

 private:
  bool same(long x, long y) const {
    return a_[static_cast<std::size_t>(x)] == b_[static_cast<std::size_t>(y)];
  }

  std::vector<Changed> walk_back(const std::vector<std::vector<long>>& rounds, long most, long d) {
    std::vector<Changed> changes;
    long x = size_a_;
    long y = size_b_;
    for (; d > 0; --d) {
      const auto& before = rounds[static_cast<std::size_t>(d - 1)];
      const auto at = [&](long k) { return before[static_cast<std::size_t>(k + most + 1)]; };
      const long k = x - y;
      const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
      const long from_k = down ? k + 1 : k - 1;
      const long from_x = at(from_k);
      const long from_y = from_x - from_k;
      add(changes, from_x, from_y, down);
      x = from_x;
      y = from_y;
    }
    std::reverse(changes.begin(), changes.end());
    return changes;
  }

  // One line more, in front of the changes that are known.
  void add(std::vector<Changed>& changes, long x, long y, bool down) const {
    const auto old_at = static_cast<std::size_t>(x) + skipped_;
    const auto new_at = static_cast<std::size_t>(y) + skipped_;
    const Changed one{old_at, old_at + (down ? 0 : 1), new_at, new_at + (down ? 1 : 0)};
    if (!changes.empty() && changes.back().old_begin == one.old_end &&
        changes.back().new_begin == one.new_end) {
      changes.back().old_begin = one.old_begin;
      changes.back().new_begin = one.new_begin;
    } else {
      changes.push_back(one);
    }
  }

  const Lines& a_;
  const Lines& b_;
  long size_a_;
  long size_b_;
  std::size_t skipped_;
};

void print_line(char sign, std::string_view line, std::string& to) {
  to += sign;
  to += line;
  if (!line.ends_with('\n')) to += "\n\\ No newline at end of file\n";
}

std::string range(std::size_t begin, std::size_t end) {
  // An empty range names the line before it.
  const auto first = begin == end ? begin : begin + 1;
  return end - begin == 1 ? std::to_string(first) : fmt::format("{},{}", first, end - begin);
}

// One `@@` with the changes [first, last) and the lines around them.
std::string hunk(const Lines& before, const Lines& after, const Changed* first,
                 const Changed* last) {
  const auto lead = std::min(context, first->old_begin);
  const auto old_begin = first->old_begin - lead;
  const auto new_begin = first->new_begin - lead;
  const auto old_end = std::min(before.size(), (last - 1)->old_end + context);
  const auto new_end = (last - 1)->new_end + (old_end - (last - 1)->old_end);
  auto text = fmt::format("@@ -{} +{} @@\n", range(old_begin, old_end), range(new_begin, new_end));
  auto line = old_begin;
  for (const auto* change = first; change != last; ++change) {
    for (; line < change->old_begin; ++line) print_line(' ', before[line], text);
    for (; line < change->old_end; ++line) print_line('-', before[line], text);
    for (auto i = change->new_begin; i < change->new_end; ++i) print_line('+', after[i], text);
  }
  for (; line < old_end; ++line) print_line(' ', before[line], text);
  return text;
}

}  // namespace

std::vector<Changed> changed_lines(std::string_view before, std::string_view after) {
  auto a = lines_of(before);
  auto b = lines_of(after);
  std::size_t same = 0;
  while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
  while (a.size() > same && b.size() > same && a.back() == b.back()) {
    a.pop_back();
    b.pop_back();
  }
  if (a.size() == same && b.size() == same) return {};
  a.erase(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(same));
  b.erase(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(same));
  return Differ(a, b, same).run();
}

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  const auto changes = changed_lines(before, after);
  if (changes.empty()) return {};
  const auto a = lines_of(before);
  const auto b = lines_of(after);
  auto text = fmt::format("--- a/{}\n+++ b/{}\n", name, name);
  for (std::size_t first = 0; first < changes.size();) {
    auto last = first + 1;
    while (last < changes.size() &&
           changes[last].old_begin - changes[last - 1].old_end <= 2 * context) {
      ++last;
    }
    text += hunk(a, b, changes.data() + first, changes.data() + last);
    first = last;
  }
  return text;
}

}  // namespace relayproof::repair
