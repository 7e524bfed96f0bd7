#include "logs/stamp.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "logs/civil_time.h"

namespace relayproof::logs {
namespace {

Time as_utc(Time local) { return local; }
Time an_hour_behind(Time local) { return local - 3600; }

std::vector<std::string> told(const std::vector<std::string>& stamps, Time written,
                              const ZoneRule& zone = as_utc) {
  StampReader reader(zone, written);
  std::vector<std::string> out;
  for (const auto& stamp : stamps) {
    const auto time = reader.read(stamp);
    out.push_back(time == no_time ? "-" : utc_text(time));
  }
  return out;
}

const Time march = seconds_of({2026, 3, 1, 12, 0, 0});
using Texts = std::vector<std::string>;

TEST(Stamp, GetsItsYearFromWhenTheFileWasWritten) {
  EXPECT_EQ(told({"Dec 31 23:59:59", "Jan  1 00:00:00", "Mar  1 11:59:00"}, march),
            (Texts{"2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-03-01T11:59:00Z"}));
  EXPECT_EQ(told({"Mar  1 12:00:01"}, march), (Texts{"2026-03-01T12:00:01Z"}));
  EXPECT_EQ(told({"Mar  3 00:00:00"}, march), (Texts{"2025-03-03T00:00:00Z"}));
}

TEST(Stamp, StaysInItsYearWhereLinesAreOutOfOrder) {
  EXPECT_EQ(told({"Jan  1 00:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01"}, march),
            (Texts{"2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"}));
  // The clock was put back by days: no later year is possible.
  EXPECT_EQ(told({"Feb 20 10:00:00", "Feb 10 10:00:00", "Feb 10 10:00:05"}, march),
            (Texts{"2026-02-20T10:00:00Z", "2026-02-10T10:00:00Z", "2026-02-10T10:00:05Z"}));
}

TEST(Stamp, CountsItsOffset) {
  EXPECT_EQ(told({"2026-11-22T07:01:27.123456+01:00", "2026-11-22T07:01:28.5+02:00",
                  "2026-11-22T07:01:29Z", "2026-11-22T07:01:30-0530", "2026-11-22T07:01:31"},
                 march, an_hour_behind),
            (Texts{"2026-11-22T06:01:27Z", "2026-11-22T05:01:28Z", "2026-11-22T07:01:29Z",
                   "2026-11-22T12:31:30Z", "2026-11-22T06:01:31Z"}));
  EXPECT_EQ(told({"Feb 20 10:00:07"}, march, an_hour_behind), (Texts{"2026-02-20T09:00:07Z"}));
}

TEST(Stamp, KeepsTheLatestTimeForWhatIsNone) {
  EXPECT_EQ(
      told({"", "Foo 20 10:00:00", "Feb 20 10:00:00", "Feb 20 10:00:x0", "2026-13-22T07:01:27Z"},
           march),
      (Texts{"-", "-", "2026-02-20T10:00:00Z", "2026-02-20T10:00:00Z", "2026-02-20T10:00:00Z"}));
}

TEST(CivilTime, GoesThereAndBack) {
  for (const Time time : {Time{0}, Time{951782400}, Time{1795331287}, Time{-1}, Time{4102444799}}) {
    EXPECT_EQ(seconds_of(civil_of(time)), time);
  }
  EXPECT_EQ(utc_text(no_time), "0000-01-01T00:00:00Z");
}

}  // namespace
}  // namespace relayproof::logs
