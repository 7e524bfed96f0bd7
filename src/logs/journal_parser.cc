#include "logs/journal_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "logs/civil_time.h"

namespace relayproof::logs {
namespace {

constexpr std::size_t longest_message = 65536;

// A reader of JSON as far as an entry needs it (RFC 8259); `text` shrinks from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool take(char c) {
    skip_blanks();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  char next() {
    skip_blanks();
    return text_.empty() ? '\0' : text_.front();
  }
  bool string(std::string& out);
  bool bytes(std::string& out);
  bool skip_value();

 private:
  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) {
      text_.remove_prefix(1);
    }
  }
  bool escape(std::string& out);
  std::optional<std::uint32_t> unicode();

  std::string_view text_;
};

void append_utf8(std::uint32_t code, std::string& out) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value & 0xFF); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// The four digits of `\uXXXX`.
std::optional<std::uint32_t> Scanner::unicode() {
  std::uint32_t code = 0;
  if (text_.size() < 4) return std::nullopt;
  const auto read = std::from_chars(text_.data(), text_.data() + 4, code, 16);
  if (read.ptr != text_.data() + 4) return std::nullopt;
  text_.remove_prefix(4);
  return code;
}

bool Scanner::escape(std::string& out) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (text_.empty()) return false;
  const char letter = text_.front();
  text_.remove_prefix(1);
  if (const auto at = letters.find(letter); at != std::string_view::npos) {
    out += meanings[at];
    return true;
  }
  auto code = letter == 'u' ? unicode() : std::nullopt;
  if (!code) return false;
  if (*code >= 0xD800 && *code < 0xDC00 && text_.starts_with("\\u")) {
    text_.remove_prefix(2);
    const auto low = unicode();
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
  }
  append_utf8(*code, out);
  return true;
}

bool Scanner::string(std::string& out) {
  out.clear();
  if (!take('"')) return false;
  while (!text_.empty()) {
    const auto end = text_.find_first_of("\"\\");
    if (end == std::string_view::npos) return false;
    out += text_.substr(0, end);
    const bool closes = text_[end] == '"';
    text_.remove_prefix(end + 1);
    if (closes) return true;
    if (!escape(out)) return false;
  }
  return false;
}

// What is not UTF-8 stands there as an array of numbers.
bool Scanner::bytes(std::string& out) {
  out.clear();
  if (!take('[')) return false;
  while (!take(']')) {
    unsigned value = 0;
    skip_blanks();
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (read.ec != std::errc{} || value > 255) return false;
    text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
    out += static_cast<char>(value);
    if (next() != ']' && !take(',')) return false;
  }
  return true;
}

// Any value whose content does not matter. Arrays and objects are skipped by counting.
bool Scanner::skip_value() {
  std::string ignored;
  std::size_t depth = 0;
  do {
    const char c = next();
    if (c == '\0') return false;
    if (c == '"') {
      if (!string(ignored)) return false;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth == 0 && c != ']' && c != '}') {
      text_.remove_prefix(std::min(text_.find_first_of(",]}"), text_.size()));
      return true;
    }
    text_.remove_prefix(1);
  } while (depth > 0);
  return true;
}

struct Entry {
  std::string micros;
  std::string host;
  std::string identifier;
  std::string process;
  std::string message;
};

struct Key {
  std::string_view name;
  std::string Entry::*value;
};
constexpr std::array<Key, 5> keys{{{"__REALTIME_TIMESTAMP", &Entry::micros},
                                   {"_HOSTNAME", &Entry::host},
                                   {"SYSLOG_IDENTIFIER", &Entry::identifier},
                                   {"_PID", &Entry::process},
                                   {"MESSAGE", &Entry::message}}};

bool read_member(Scanner& scanner, Entry& entry) {
  std::string name;
  if (!scanner.string(name) || !scanner.take(':')) return false;
  for (const auto& key : keys) {
    if (key.name != name) continue;
    if (scanner.next() == '"') return scanner.string(entry.*key.value);
    if (scanner.next() == '[') return scanner.bytes(entry.*key.value);
  }
  return scanner.skip_value();
}

// One word that cannot be taken for two.
void append_word(std::string_view word, std::string& out) {
  for (const char c : word.substr(0, 255)) out += static_cast<unsigned char>(c) <= ' ' ? '_' : c;
}

}  // namespace

bool append_journal_line(std::string_view line, std::string& out) {
  Scanner scanner(line);
  Entry entry;
  if (!scanner.take('{')) return false;
  do {
    if (scanner.next() == '}') break;
    if (!read_member(scanner, entry)) return false;
  } while (scanner.take(','));
  if (entry.identifier.empty() || entry.message.empty()) return false;
  std::int64_t micros = 0;
  std::from_chars(entry.micros.data(), entry.micros.data() + entry.micros.size(), micros);
  out += utc_text(micros / 1'000'000);
  out += ' ';
  append_word(entry.host.empty() ? "-" : entry.host, out);
  out += ' ';
  append_word(entry.identifier, out);
  const auto& process = entry.process;
  const bool is_number = process.find_first_not_of("0123456789") == std::string::npos;
  if (!process.empty() && is_number && process.size() < 12) out += '[' + process + ']';
  out += ": ";
  for (const char c : std::string_view(entry.message).substr(0, longest_message)) {
    out += c == '\n' || c == '\r' || c == '\0' ? ' ' : c;
  }
  out += '\n';
  return true;
}

}  // namespace relayproof::logs
