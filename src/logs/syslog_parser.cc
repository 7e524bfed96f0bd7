#include "logs/syslog_parser.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace relayproof::logs {
namespace {

constexpr std::size_t traditional_stamp = 15;  // `Nov 22 07:01:27`
constexpr std::size_t longest_stamp = 40;
constexpr std::size_t longest_name = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `2026-11-22 07:01:27`, with what log_selector and log_timezone add: `.123`, ` +0100`.
std::size_t exim_stamp_length(std::string_view text) {
  if (text.size() < 20 || text[13] != ':' || text[16] != ':') return 0;
  auto end = std::min(text.find_first_not_of("0123456789.", 17), text.size());
  if (end + 6 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-') &&
      text[end + 6] == ' ' && is_digit(text[end + 2]) && is_digit(text[end + 5])) {
    end += 6;
  }
  return end < text.size() && text[end] == ' ' && end <= longest_stamp ? end : 0;
}

// How long the stamp at the beginning of `text` is; 0 if there is none.
std::size_t stamp_length(std::string_view text) {
  if (text.size() <= traditional_stamp) return 0;
  if (text[3] == ' ' && text[6] == ' ' && text[9] == ':' && text[12] == ':' && text[15] == ' ') {
    return traditional_stamp;
  }
  if (!is_digit(text[0]) || text[4] != '-' || text[7] != '-') return 0;
  if (text[10] == ' ') return exim_stamp_length(text);
  if (text[10] != 'T') return 0;
  const auto end = text.substr(0, longest_stamp).find(' ');
  return end == std::string_view::npos || end < 19 ? 0 : end;
}

void skip_priority(std::string_view& text) {
  if (text.empty() || text.front() != '<') return;
  const auto end = text.substr(0, 5).find('>');
  if (end != std::string_view::npos) text.remove_prefix(end + 1);
}

// Gives the last of them: docker's, which is the line's, stands before that of the program.
std::string_view take_stamps(std::string_view& text, LogLine& out) {
  auto length = stamp_length(text);
  out.stamp = text.substr(0, length);
  auto last = out.stamp;
  while (length > 0) {
    last = text.substr(0, length);
    text.remove_prefix(length + 1);
    length = stamp_length(text);
  }
  return last;
}

// The next word without the space behind it; empty if it is too long or nothing follows.
std::string_view take_word(std::string_view& text) {
  if (text.empty()) return {};
  const auto* end = static_cast<const char*>(std::memchr(text.data(), ' ', text.size()));
  if (end == nullptr) return {};
  const auto length = static_cast<std::size_t>(end - text.data());
  if (length > longest_name) return {};
  const auto word = text.substr(0, length);
  text.remove_prefix(length + 1);
  return word;
}

// `postfix/smtpd[123]:` gives the program; false for anything else.
bool read_tag(std::string_view word, LogLine& out) {
  if (word.size() < 2 || word.back() != ':') return false;
  word.remove_suffix(1);
  out.process = {};
  if (word.back() == ']') {
    auto bracket = word.size() - 1;
    while (bracket > 0 && is_digit(word[bracket - 1])) --bracket;
    if (bracket < 2 || word[bracket - 1] != '[') return false;
    out.process = word.substr(bracket, word.size() - bracket - 1);
    word = word.substr(0, bracket - 1);
  }
  out.program = word;
  return true;
}

// What Exim writes to its own files has no program's name: a message's ID, a host or a process.
bool is_exims(std::string_view stamp, std::string_view text) {
  if (stamp.size() < 19 || stamp[10] != ' ') return false;
  if (text.starts_with("H=") || text.starts_with('[')) return true;
  return text.size() > 18 && text[6] == '-' && (text[13] == '-' || text[18] == '-');
}

}  // namespace

bool read_syslog_line(std::string_view line, LogLine& out) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  skip_priority(line);
  const auto own_stamp = take_stamps(line, out);
  out.host = {};
  if (is_exims(own_stamp, line)) {
    out.program = "exim";
    out.process = {};
    out.text = line;
    return true;
  }
  auto word = take_word(line);
  if (!read_tag(word, out)) {
    out.host = word;
    word = take_word(line);
    if (!read_tag(word, out)) return false;
  }
  out.text = line;
  return true;
}

}  // namespace relayproof::logs
