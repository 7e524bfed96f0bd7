#include "report/layout.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.h"
#include "report/foreign.h"

namespace relayproof::report {
namespace {

bool continues(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

std::string ascii_only(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 0xF];
    }
  }
  return out;
}

// A piece that must stay on one line, and the spaces that stand before it.
struct Word {
  std::size_t gap = 0;
  std::string text;
};

void push_in_pieces(std::vector<Word>& words, std::size_t gap, std::string_view text,
                    std::size_t widest) {
  while (columns(text) > widest) {
    std::size_t cut = 0;
    for (std::size_t seen = 0; cut < text.size(); ++cut) {
      if (!continues(text[cut]) && ++seen > widest) break;
    }
    words.push_back({gap, std::string(text.substr(0, cut))});
    text.remove_prefix(cut);
    gap = 0;
  }
  words.push_back({gap, std::string(text)});
}

std::vector<Word> words_of(std::string_view text, std::size_t widest) {
  std::vector<Word> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    push_in_pieces(words, begin, text.substr(begin, end - begin), widest);
    text.remove_prefix(end);
  }
}

// Spaces inside '...' belong to the word; shell_quote() uses no other quotes.
std::vector<Word> shell_words(std::string_view command) {
  std::vector<Word> words;
  bool quoted = false;
  bool escaped = false;  // shell_quote() writes a quote as '\''
  bool fresh = true;
  std::size_t gap = 0;
  for (const char c : command) {
    if (c == ' ' && !quoted) {
      fresh = true;
      ++gap;
      continue;
    }
    if (fresh) words.push_back({gap, ""});
    fresh = false;
    gap = 0;
    words.back().text += c;
    if (c == '\'' && !escaped) quoted = !quoted;
    escaped = c == '\\' && !quoted && !escaped;
  }
  return words;
}

std::string filled(std::string_view label, const std::vector<Word>& words, std::size_t hanging,
                   std::string_view line_end) {
  std::string out(label);
  std::size_t used = columns(label);
  bool at_start = true;
  for (const Word& word : words) {
    const std::size_t gap = at_start ? 0 : word.gap;
    if (!at_start && used + gap + columns(word.text) + line_end.size() > line_columns) {
      out += std::string(line_end) + "\n" + std::string(hanging, ' ') + word.text;
      used = hanging + columns(word.text);
    } else {
      out += std::string(gap, ' ') + word.text;
      used += gap + columns(word.text);
    }
    at_start = false;
  }
  return out + "\n";
}

}  // namespace

std::string shown(std::string_view bytes, std::size_t limit, const TextOptions& options) {
  const std::string harmless = escape_foreign(bytes, limit);
  return options.utf8 ? harmless : ascii_only(harmless);
}

std::string said(std::string_view text, std::size_t limit, const TextOptions& options) {
  const std::string harmless = sentence(text, limit);
  return options.utf8 ? harmless : ascii_only(harmless);
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string paragraph(std::string_view label, std::string_view text, std::size_t hanging) {
  const std::size_t widest = line_columns - std::max(hanging, columns(label));
  return filled(label, words_of(text, widest), hanging, "");
}

std::string command_lines(std::string_view label, std::string_view command, std::size_t hanging) {
  return filled(label, shell_words(command), hanging, " \\");
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

}  // namespace relayproof::report
