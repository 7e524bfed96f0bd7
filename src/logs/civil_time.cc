#include "logs/civil_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace relayproof::logs {
namespace {

constexpr std::int64_t day_seconds = 86400;
// Years 0 to 9999: what RFC 3339 can write.
constexpr std::int64_t first_second = -62167219200;
constexpr std::int64_t last_second = 253402300799;

}  // namespace

std::int64_t seconds_of(const CivilTime& time) {
  using namespace std::chrono;
  const sys_days days = year{time.year} / month{static_cast<unsigned>(time.month)} /
                        day{static_cast<unsigned>(time.day)};
  return days.time_since_epoch().count() * day_seconds + time.hour * 3600 + time.minute * 60 +
         time.second;
}

CivilTime civil_of(std::int64_t seconds) {
  using namespace std::chrono;
  const auto bounded = std::min(std::max(seconds, first_second), last_second);
  auto days = bounded / day_seconds;
  auto rest = bounded % day_seconds;
  if (rest < 0) {
    --days;
    rest += day_seconds;
  }
  const year_month_day date{sys_days{std::chrono::days{days}}};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(rest / 3600),
          static_cast<int>(rest / 60 % 60),
          static_cast<int>(rest % 60)};
}

std::string utc_text(std::int64_t seconds) {
  const auto time = civil_of(seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", time.year, time.month, time.day,
                     time.hour, time.minute, time.second);
}

}  // namespace relayproof::logs
