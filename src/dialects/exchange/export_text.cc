#include "dialects/exchange/export_text.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace relayproof::exchange {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20U;
constexpr std::size_t longest_excerpt = 200;
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr char32_t replacement = 0xFFFD;

void append_utf8(char32_t c, std::string& to) {
  const auto add = [&](char32_t byte) { to += static_cast<char>(byte); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xC0 | (c >> 6U));
    return add(0x80 | (c & 0x3FU));
  }
  if (c < 0x10000) {
    add(0xE0 | (c >> 12U));
  } else {
    add(0xF0 | (c >> 18U));
    add(0x80 | ((c >> 12U) & 0x3FU));
  }
  add(0x80 | ((c >> 6U) & 0x3FU));
  add(0x80 | (c & 0x3FU));
}

class Utf16 {
 public:
  Utf16(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::string as_utf8() const {
    std::string text;
    text.reserve(bytes_.size() / 2);
    for (std::size_t at = 0; at + 1 < bytes_.size(); at += 2) {
      char32_t c = unit(at);
      if (is_high(c) && at + 3 < bytes_.size() && is_low(unit(at + 2))) {
        c = 0x10000 + ((c - 0xD800) << 10U) + (unit(at + 2) - 0xDC00);
        at += 2;
      } else if (is_high(c) || is_low(c)) {
        c = replacement;
      }
      append_utf8(c, text);
    }
    return text;
  }

 private:
  static bool is_high(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
  static bool is_low(char32_t c) { return c >= 0xDC00 && c < 0xE000; }
  char32_t unit(std::size_t at) const {
    const auto first = static_cast<unsigned char>(bytes_[at]);
    const auto second = static_cast<unsigned char>(bytes_[at + 1]);
    return static_cast<char32_t>(big_endian_ ? (first << 8U) | second : (second << 8U) | first);
  }

  std::string_view bytes_;
  bool big_endian_;
};

// PowerShell redirection writes UTF-16 with a mark; some tools leave the mark out.
enum class Encoding : std::uint8_t { utf8, utf16_little, utf16_big };

Encoding encoding_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return Encoding::utf16_little;
  if (bytes.starts_with("\xFE\xFF")) return Encoding::utf16_big;
  if (bytes.size() >= 4 && bytes[0] != 0 && bytes[1] == 0 && bytes[3] == 0) {
    return Encoding::utf16_little;
  }
  return Encoding::utf8;
}

}  // namespace

Result<ExportText> ExportText::decode(const std::string& file, std::string_view bytes) {
  if (bytes.size() > largest) return failure("the export is larger than 64 MiB", {file, 0, 0});
  ExportText made;
  made.file_ = file;
  const auto encoding = encoding_of(bytes);
  if (encoding == Encoding::utf8) {
    if (bytes.starts_with(utf8_mark)) bytes.remove_prefix(utf8_mark.size());
    made.text_ = std::string(bytes);
  } else {
    if (bytes.size() % 2 != 0)
      return failure("the file breaks off within a character", {file, 0, 0});
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) bytes.remove_prefix(2);
    made.text_ = Utf16(bytes, encoding == Encoding::utf16_big).as_utf8();
  }
  made.lines_.push_back(0);
  for (std::size_t at = 0; at < made.text_.size(); ++at) {
    if (made.text_[at] == '\n') made.lines_.push_back(at + 1);
  }
  return made;
}

SourceRange ExportText::place(std::size_t offset) const {
  const auto next = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const auto line = static_cast<std::size_t>(next - lines_.begin());
  return {file_, line, offset - lines_[line - 1] + 1};
}

std::string excerpt(std::string_view text) {
  const auto shown = trim(text);
  return std::string(shown.substr(0, longest_excerpt)) +
         (shown.size() > longest_excerpt ? " ..." : "");
}

}  // namespace relayproof::exchange
