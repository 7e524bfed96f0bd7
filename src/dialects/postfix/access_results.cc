#include "dialects/postfix/access_results.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/postfix/table_name.h"

namespace relayproof::postfix {
namespace {

using Kind = AccessAction::Kind;
using Code = AccessAction::Code;

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

// `5.7.1 go away`: the enhanced code in front, or the usual one.
AccessAction refusal(Code code, std::string_view usual, std::string_view text) {
  AccessAction action{.kind = Kind::refuse, .code = code};
  action.answer = {0, enhanced_in(text, usual)};
  return action;
}

AccessAction with_text(Kind kind, std::string_view text) {
  return {.kind = kind, .text = std::string(text)};
}

AccessAction dunno_because(std::string because) {
  AccessAction action;
  action.because = std::move(because);
  return action;
}

struct Word {
  std::string_view name;
  AccessAction (*read)(std::string_view text);
  Version since{2, 10};
};

AccessAction read_filter(std::string_view text) {
  if (text.find(':') == std::string_view::npos)
    return dunno_because("FILTER needs transport:destination");
  return with_text(Kind::filter, text);
}

AccessAction read_redirect(std::string_view text) {
  if (text.find('@') == std::string_view::npos) return dunno_because("REDIRECT needs user@domain");
  return with_text(Kind::redirect, text);
}

AccessAction dunno(std::string_view) { return {}; }
AccessAction permit(std::string_view) { return {.kind = Kind::permit}; }

AccessAction hang_up(std::string_view) {
  return {.kind = Kind::refuse, .answer = {421, ""}, .because = "the connection is closed"};
}

AccessAction deferral(Kind kind, std::string_view text) {
  AccessAction action{.kind = kind, .code = Code::map_defer};
  action.answer = {0, enhanced_in(text, "4.7.1")};
  return action;
}

constexpr std::array result_words = std::to_array<Word>({
    {"DUNNO", dunno},
    {"REJECT", [](std::string_view text) { return refusal(Code::map_reject, "5.7.1", text); }},
    {"DEFER", [](std::string_view text) { return refusal(Code::map_defer, "4.7.1", text); }},
    {"HANGUP", hang_up, {3, 0}},
    {"INFO", dunno, {3, 0}},
    {"WARN", dunno},
    {"FILTER", read_filter},
    {"HOLD", [](std::string_view) -> AccessAction { return {.kind = Kind::hold}; }},
    {"DISCARD", [](std::string_view) -> AccessAction { return {.kind = Kind::discard}; }},
    {"REDIRECT", read_redirect},
    {"BCC", dunno, {3, 0}},
    {"DEFER_IF_PERMIT",
     [](std::string_view text) { return deferral(Kind::defer_if_permit, text); }},
    {"DEFER_IF_REJECT",
     [](std::string_view text) { return deferral(Kind::defer_if_reject, text); }},
    {"PREPEND", dunno},
    {"OK", permit},
    {"RELAY", permit},
});

// `450 text`, `554 5.7.1 text`: three digits alone are an OK like any other number.
bool is_reply(std::string_view word, std::string_view text) {
  return word.size() == 3 && all_digits(word) && (word[0] == '4' || word[0] == '5') &&
         !text.empty();
}

// The literal text of a row with captures; `holed` says whether the first word depends on one.
std::string without_holes(const ResultTemplate& holes, bool& word_is_open) {
  std::string text;
  for (const auto& part : holes.parts) {
    if (part.group == 0) {
      text += part.text;
      continue;
    }
    if (trim(text).find_first_of(" \t") == std::string_view::npos &&
        text.find_last_of(" \t") == std::string::npos) {
      word_is_open = true;
    }
    text += "$" + std::to_string(part.group);
  }
  return text;
}

AccessAction read_words(std::string_view text, const Version& version) {
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, end);
  const auto rest = trim(text.substr(end));
  for (const auto& known : result_words) {
    if (version >= known.since && equals_ignoring_case(word, known.name)) return known.read(rest);
  }
  if (all_digits(text)) return {.kind = Kind::permit};
  if (is_reply(word, rest)) {
    AccessAction action{.kind = Kind::refuse};
    const std::string usual = std::string(1, word[0]) + ".7.1";
    action.answer = {std::stoi(std::string(word)), enhanced_in(rest, usual)};
    return action;
  }
  if (text.find(':') != std::string_view::npos) {
    return {.kind = Kind::server_error, .because = "lookup tables are not allowed in a table"};
  }
  if (list_words(text, version).empty()) return {.kind = Kind::permit, .because = "empty value"};
  return with_text(Kind::restrictions, text);
}

}  // namespace

std::string enhanced_in(std::string_view text, std::string_view usual) {
  const auto word = text.substr(0, text.find_first_of(" \t"));
  const auto parts = split(word, '.');
  const bool is_code = parts.size() == 3 && parts[0].size() == 1 &&
                       std::string_view("245").find(parts[0][0]) != std::string_view::npos &&
                       all_digits(parts[1]) && all_digits(parts[2]) && parts[1].size() <= 3 &&
                       parts[2].size() <= 3;
  return std::string(is_code ? word : usual);
}

std::string enhanced_for(const std::string& enhanced, std::optional<policy::Field> refused) {
  if (enhanced.size() < 5 || enhanced.substr(1, 3) != ".1.") return enhanced;
  struct Pair {
    std::string_view detail;
    std::string_view sender;
    std::string_view recipient;
  };
  static constexpr std::array pairs{
      Pair{"1", "1.7", "1.1"}, Pair{"2", "1.8", "1.2"}, Pair{"3", "1.7", "1.3"},
      Pair{"4", "1.7", "1.4"}, Pair{"5", "1.0", "1.5"}, Pair{"6", "1.7", "1.6"},
      Pair{"7", "1.7", "1.3"}, Pair{"8", "1.8", "1.2"},
  };
  const auto known = std::ranges::find(pairs, std::string_view(enhanced).substr(4), &Pair::detail);
  const auto otherwise = std::string_view("1.0");
  std::string_view rest = "0.0";
  if (refused == policy::Field::sender) rest = known == pairs.end() ? otherwise : known->sender;
  if (refused == policy::Field::recipient) {
    rest = known == pairs.end() ? otherwise : known->recipient;
  }
  return enhanced.substr(0, 2) + std::string(rest);
}

AccessAction parse_access_result(std::string_view text, const ResultTemplate* holes,
                                 const Version& version) {
  if (holes == nullptr || holes->groups == 0) return read_words(text, version);
  bool word_is_open = false;
  const auto filled = without_holes(*holes, word_is_open);
  if (word_is_open) return with_text(Kind::chosen, filled);
  auto action = read_words(filled, version);
  action.has_holes = action.kind == Kind::redirect || action.kind == Kind::filter;
  // A name of a restriction that a capture is a part of.
  if (action.kind == Kind::restrictions) action.kind = Kind::chosen;
  return action;
}

std::string key_of(const AccessAction& action) {
  return std::to_string(static_cast<int>(action.kind)) + " " +
         std::to_string(static_cast<int>(action.code)) + " " + std::to_string(action.answer.code) +
         " " + action.answer.enhanced + " " + action.text;
}

std::string to_string(const AccessAction& action) {
  switch (action.kind) {
    case Kind::dunno:
      return "DUNNO";
    case Kind::permit:
      return "OK";
    case Kind::refuse:
      if (action.code == Code::map_reject) return "REJECT";
      if (action.code == Code::map_defer) return "DEFER";
      return std::to_string(action.answer.code);
    case Kind::discard:
      return "DISCARD";
    case Kind::hold:
      return "HOLD";
    case Kind::filter:
      return "FILTER " + action.text;
    case Kind::redirect:
      return "REDIRECT " + action.text;
    case Kind::defer_if_permit:
      return "DEFER_IF_PERMIT";
    case Kind::defer_if_reject:
      return "DEFER_IF_REJECT";
    case Kind::restrictions:
    case Kind::chosen:
      return action.text;
    case Kind::server_error:
      return "server error";
  }
  return {};
}

}  // namespace relayproof::postfix
