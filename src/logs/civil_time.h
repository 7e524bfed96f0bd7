// Dates without time zones, for pure code: seconds since 1970-01-01T00:00:00Z and back.
#pragma once

#include <cstdint>
#include <string>

namespace relayproof::logs {

struct CivilTime {
  int year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Of the proleptic Gregorian calendar, as if the fields were UTC; fields may be out of range by a
/// little, as in a leap second.
std::int64_t seconds_of(const CivilTime& time);
CivilTime civil_of(std::int64_t seconds);

/// `2026-11-22T07:01:27Z`.
std::string utc_text(std::int64_t seconds);

}  // namespace relayproof::logs
