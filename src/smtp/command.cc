#include "smtp/command.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::smtp {
namespace {

struct VerbWords {
  std::string_view name;
  std::string_view before_argument;
};

constexpr std::array<VerbWords, 12> verb_words = {{{"greeting", ""},
                                                   {"EHLO", "EHLO "},
                                                   {"HELO", "HELO "},
                                                   {"STARTTLS", "STARTTLS"},
                                                   {"prelude", ""},
                                                   {"MAIL", "MAIL FROM:"},
                                                   {"the first RCPT", "RCPT TO:"},
                                                   {"RCPT", "RCPT TO:"},
                                                   {"DATA", "DATA"},
                                                   {"the message", ""},
                                                   {"RSET", "RSET"},
                                                   {"QUIT", "QUIT"}}};

const VerbWords& words_of(Verb verb) { return verb_words.at(static_cast<std::size_t>(verb)); }

std::string to_upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

}  // namespace

std::string_view to_string(Verb verb) { return words_of(verb).name; }

std::string command_line(Verb verb, std::string_view argument) {
  return std::string(words_of(verb).before_argument).append(argument);
}

std::string stuffed(std::string_view content) {
  std::string wire;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find_first_of("\r\n"), content.size());
    const std::string_view line = content.substr(0, end);
    if (line.starts_with('.')) wire += '.';
    wire += std::string(line) + "\r\n";
    content.remove_prefix(end);
    if (content.starts_with("\r\n")) {
      content.remove_prefix(2);
    } else if (!content.empty()) {
      content.remove_prefix(1);
    }
  }
  return wire + ".\r\n";
}

bool is_sendable(std::string_view argument) {
  return argument.find_first_of("\r\n") == std::string_view::npos;
}

std::vector<std::string> extensions_of(const mail::Reply& ehlo) {
  std::vector<std::string> extensions;
  // The first line is the server's name and greeting.
  for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
    std::string extension;
    for (const std::string_view word : words(ehlo.lines[i])) {
      extension += extension.empty() ? to_upper(word) : " " + std::string(word);
    }
    if (!extension.empty()) extensions.push_back(std::move(extension));
  }
  return extensions;
}

std::string in_one_line(const mail::Reply& reply) {
  std::string line = std::to_string(reply.code);
  for (const std::string& text : reply.lines) {
    if (!text.empty()) line += " " + text;
  }
  return line;
}

}  // namespace relayproof::smtp
