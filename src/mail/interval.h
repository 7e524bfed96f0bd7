// Sets of unsigned numbers as sorted intervals that neither overlap nor touch. Each function takes
// and gives such lists, in time linear in them unless it says otherwise.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace relayproof::mail {

/// The numbers from `first` to `last`, both included.
template <class Number>
struct Interval {
  Number first;
  Number last;

  bool operator==(const Interval&) const = default;
};

template <class Number>
using Intervals = std::vector<Interval<Number>>;

namespace intervals {

// std::numeric_limits does not know 128 bits in strict C++.
template <class Number>
constexpr Number highest = static_cast<Number>(~Number{0});

template <class Number>
Intervals<Number> everything() {
  return {{Number{0}, highest<Number>}};
}

/// Appends an interval that starts no earlier than the last one, and joins the two if they touch.
template <class Number>
void append(Intervals<Number>& to, const Interval<Number>& next) {
  if (!to.empty() && (next.first <= to.back().last || next.first - 1 == to.back().last)) {
    to.back().last = std::max(to.back().last, next.last);
  } else {
    to.push_back(next);
  }
}

template <class Number>
Intervals<Number> unite(const Intervals<Number>& a, const Intervals<Number>& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  Intervals<Number> result;
  result.reserve(std::max(a.size(), b.size()));
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    const bool from_left = right == b.end() || (left != a.end() && left->first < right->first);
    append(result, from_left ? *left++ : *right++);
  }
  return result;
}

template <class Number>
Intervals<Number> intersect(const Intervals<Number>& a, const Intervals<Number>& b) {
  Intervals<Number> result;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    const Number first = std::max(left->first, right->first);
    const Number last = std::min(left->last, right->last);
    if (first <= last) result.push_back({first, last});
    if (left->last < right->last) {
      ++left;
    } else {
      ++right;
    }
  }
  return result;
}

template <class Number>
Intervals<Number> complement(const Intervals<Number>& intervals) {
  Intervals<Number> result;
  result.reserve(intervals.size() + 1);
  Number next = 0;
  for (const auto& interval : intervals) {
    if (next < interval.first) {
      result.push_back({next, static_cast<Number>(interval.first - 1)});
    }
    if (interval.last == highest<Number>) return result;
    next = interval.last + 1;
  }
  result.push_back({next, highest<Number>});
  return result;
}

/// The interval that holds the number, or null.
template <class Number>
const Interval<Number>* find(const Intervals<Number>& intervals, Number number) {
  const auto after =
      std::upper_bound(intervals.begin(), intervals.end(), number,
                       [](Number value, const auto& interval) { return value < interval.first; });
  if (after == intervals.begin() || std::prev(after)->last < number) return nullptr;
  return &*std::prev(after);
}

template <class Number>
bool is_subset(const Intervals<Number>& inner, const Intervals<Number>& outer) {
  return std::all_of(inner.begin(), inner.end(), [&](const auto& interval) {
    const auto* holder = find(outer, interval.first);
    return holder != nullptr && interval.last <= holder->last;
  });
}

/// How many numbers, less one, so that all of them can be counted; `intervals` is not empty.
template <class Number>
Number size_less_one(const Intervals<Number>& intervals) {
  Number size = static_cast<Number>(intervals.size() - 1);
  for (const auto& [first, last] : intervals) size += last - first;
  return size;
}

/// From intervals in any order that may overlap, in O(n log n).
template <class Number>
Intervals<Number> normalised(Intervals<Number> pieces) {
  const auto starts_earlier = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(pieces.begin(), pieces.end(), starts_earlier)) {
    std::sort(pieces.begin(), pieces.end(), starts_earlier);
  }
  Intervals<Number> result;
  result.reserve(pieces.size());
  for (const auto& piece : pieces) append(result, piece);
  return result;
}

}  // namespace intervals
}  // namespace relayproof::mail
