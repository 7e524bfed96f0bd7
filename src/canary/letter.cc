#include "canary/letter.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "base/text.h"

namespace relayproof::canary {
namespace {

constexpr std::string_view token_field = "X-Relayproof-Token";
constexpr std::string_view target_field = "X-Relayproof-Target";
constexpr std::string_view technique_field = "X-Relayproof-Technique";
constexpr std::size_t longest_errand = 300;

// RFC 5322 3.3.
std::string date_of(Time when) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

// Nothing of ours may begin a field of its own.
std::string in_field(std::string_view text) {
  std::string out(text.substr(0, longest_errand));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, '?');
  return out;
}

struct Field {
  std::string_view name;
  std::string value;  // unfolded, bounded
};

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// RFC 5322 2.2.3: lines that begin with a blank go on with the field. nullopt behind the header.
std::optional<Field> take_field(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::string_view line = take_line(rest);
  if (line.empty()) return std::nullopt;
  const std::size_t colon = line.find(':');
  Field field;
  if (colon != std::string_view::npos) {
    field.name = trim(line.substr(0, colon));
    field.value = std::string(trim(line.substr(colon + 1)).substr(0, longest_hop));
  }
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
    const std::string_view more = trim(take_line(rest));
    if (field.value.size() < longest_hop) {
      field.value += " " + std::string(more.substr(0, longest_hop - field.value.size()));
    }
  }
  return field;
}

void put(ReadLetter& letter, const Field& field) {
  if (equals_ignoring_case(field.name, "Received")) {
    if (letter.received.size() >= most_hops) return;
    letter.received.push_back(field.value.substr(0, longest_hop));
  } else if (equals_ignoring_case(field.name, token_field)) {
    if (is_token(field.value)) letter.token = field.value;
  } else if (equals_ignoring_case(field.name, target_field)) {
    letter.errand.target = field.value.substr(0, longest_errand);
  } else if (equals_ignoring_case(field.name, technique_field)) {
    letter.errand.technique = field.value.substr(0, longest_errand);
  }
}

}  // namespace

std::string write_letter(const Letter& letter) {
  const std::string from = letter.from.empty() ? "postmaster@" + letter.our_name : letter.from;
  const std::string target = in_field(letter.errand.target);
  const std::string technique = in_field(letter.errand.technique);
  return fmt::format(
      "Date: {}\r\nFrom: <{}>\r\nTo: <{}>\r\nMessage-ID: <{}@relayproof.invalid>\r\n"
      "Subject: relayproof: does {} relay?\r\nAuto-Submitted: auto-generated\r\n"
      "{}: {}\r\n{}: {}\r\n{}: {}\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
      "A test whether the mail server {} relays for strangers, by the technique\r\n"
      "\"{}\". It was sent from {}, in the name of {}.\r\n"
      "If this reached you by mistake, please tell that address; there will be no other.\r\n",
      date_of(letter.when), in_field(from), in_field(letter.to), letter.token, target, token_field,
      letter.token, target_field, target, technique_field, technique, target, technique,
      in_field(letter.our_name), in_field(from));
}

ReadLetter read_letter(std::string_view message) {
  ReadLetter letter;
  std::string_view rest = message;
  while (const auto field = take_field(rest)) put(letter, *field);
  if (!letter.token.empty()) return letter;
  // The header of what a bounce returns stands in its body.
  while (!rest.empty()) {
    const std::string_view line = trim(take_line(rest));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    put(letter, {trim(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  }
  letter.quoted = !letter.token.empty();
  return letter;
}

}  // namespace relayproof::canary
