// When a line was written. Stamps without a year get theirs from the order of the lines and from
// when the file was last written; local ones become UTC by a rule that is handed in.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

namespace relayproof::logs {

/// Seconds since 1970 in UTC.
using Time = std::int64_t;
constexpr Time no_time = std::numeric_limits<Time>::min();

/// The UTC second of a second of local time (civil_time.h counts both alike).
using ZoneRule = std::function<Time(Time)>;

/// Reads the stamps of one file in their order. Lines of one minute cost a comparison each.
class StampReader {
 public:
  /// `written`: when the file was last written; the first stamp without a year belongs to the last
  /// year in which it is not later than a day behind that.
  StampReader(ZoneRule zone, Time written) : zone_(std::move(zone)), written_(written) {}

  /// The stamp's second; for one that is none, the latest one before it, else `no_time`.
  Time read(std::string_view stamp);

  /// The latest second that was read; a reader of a later part of the file goes on from there.
  Time latest() const { return latest_; }
  void go_on_from(Time latest) { latest_ = latest; }
  void set_written(Time written) { written_ = written; }

 private:
  Time slow_traditional(std::string_view stamp);
  Time slow_dated(std::string_view stamp);

  ZoneRule zone_;
  Time written_;
  Time latest_ = no_time;
  std::string minute_;  // the last stamp up to its minute
  std::string offset_;  // and its offset from UTC, if that was written
  Time minute_begins_ = no_time;
};

}  // namespace relayproof::logs
