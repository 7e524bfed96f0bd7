#include "logs/stamp.h"

#include <array>
#include <charconv>
#include <optional>

#include "logs/civil_time.h"

namespace relayproof::logs {
namespace {

constexpr std::size_t traditional_minute = 12;  // `Nov 22 07:01`
constexpr std::size_t dated_minute = 16;        // `2026-11-22T07:01`
constexpr Time day_seconds = 86400;

std::optional<int> number(std::string_view text) {
  int value = 0;
  while (text.size() > 1 && text.front() == ' ') text.remove_prefix(1);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

std::optional<int> month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int>(i + 1);
  }
  return std::nullopt;
}

// Two digits, as stamps have them for seconds; they need no more checking than that.
Time two_digits(std::string_view text) { return (text[0] - '0') * 10 + (text[1] - '0'); }
bool are_digits(std::string_view text) {
  return text[0] >= '0' && text[0] <= '6' && text[1] >= '0' && text[1] <= '9';
}

// `Z`, `+01:00`, `+0100` in seconds; nullopt for anything else.
std::optional<Time> offset_of(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 5 || text.size() > 6 || (text[0] != '+' && text[0] != '-')) {
    return std::nullopt;
  }
  const auto hours = number(text.substr(1, 2));
  const auto minutes = number(text.substr(text.size() - 2));
  if (!hours || !minutes) return std::nullopt;
  const Time seconds = *hours * 3600 + *minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

// What stands behind the seconds and their fraction.
std::string_view offset_text(std::string_view stamp) {
  auto rest = stamp.substr(dated_minute + 3);
  if (!rest.empty() && (rest.front() == '.' || rest.front() == ',')) {
    const auto end = rest.find_first_not_of("0123456789", 1);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  return rest;
}

}  // namespace

Time StampReader::read(std::string_view stamp) {
  const bool dated = stamp.size() >= dated_minute + 3 &&
                     (stamp[10] == 'T' || (stamp[10] == ' ' && stamp[4] == '-'));
  const auto length = dated ? dated_minute : traditional_minute;
  if (stamp.size() < length + 3 || !are_digits(stamp.substr(length + 1))) return latest_;
  Time minute = minute_begins_;
  if (stamp.substr(0, length) != minute_ || (dated && offset_text(stamp) != offset_)) {
    minute = dated ? slow_dated(stamp) : slow_traditional(stamp);
    if (minute == no_time) return latest_;
    minute_ = stamp.substr(0, length);
    offset_ = dated ? offset_text(stamp) : std::string_view{};
    minute_begins_ = minute;
  }
  return latest_ = minute + two_digits(stamp.substr(length + 1));
}

Time StampReader::slow_dated(std::string_view stamp) {
  const auto year = number(stamp.substr(0, 4));
  const auto month = number(stamp.substr(5, 2));
  const auto day = number(stamp.substr(8, 2));
  const auto hour = number(stamp.substr(11, 2));
  const auto minute = number(stamp.substr(14, 2));
  if (!year || !month || !day || !hour || !minute || *month < 1 || *month > 12) return no_time;
  const Time local = seconds_of({*year, *month, *day, *hour, *minute, 0});
  const auto text = offset_text(stamp);
  if (text.empty()) return zone_(local);
  const auto offset = offset_of(text);
  return offset ? local - *offset : no_time;
}

Time StampReader::slow_traditional(std::string_view stamp) {
  const auto month = month_of(stamp.substr(0, 3));
  const auto day = number(stamp.substr(4, 2));
  const auto hour = number(stamp.substr(7, 2));
  const auto minute = number(stamp.substr(10, 2));
  if (!month || !day || !hour || !minute) return no_time;
  const auto in_year = [&](int year) {
    return zone_(seconds_of({year, *month, *day, *hour, *minute, 0}));
  };
  if (latest_ == no_time) {
    const int year = civil_of(written_).year + 1;
    for (int back = 0; back < 2; ++back) {
      if (in_year(year - back) <= written_ + day_seconds) return in_year(year - back);
    }
    return in_year(year - 2);
  }
  // Lines may be a little out of order, but never go back by months; nor into the future.
  const int year = civil_of(latest_).year;
  for (int y = year - 1; y <= year + 1; ++y) {
    const Time time = in_year(y);
    if (time >= latest_ - day_seconds && time <= written_ + day_seconds) return time;
  }
  return in_year(year);
}

}  // namespace relayproof::logs
