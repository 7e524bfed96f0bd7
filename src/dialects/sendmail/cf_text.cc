#include "dialects/sendmail/cf_text.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace relayproof::sendmail {
namespace {

constexpr std::size_t longest_text = 4096;  // MACBUFSIZE: what is longer is cut
constexpr int deepest_expansion = 10;       // MaxMacroRecursion
constexpr std::size_t longest_name = 25;    // MAXMACNAMELEN

// What a `$` before these characters means; each is a macro of its own.
constexpr std::array<std::pair<char, char>, 17> operators = {{{'*', op::any},
                                                              {'+', op::some},
                                                              {'-', op::one},
                                                              {'=', op::in_class},
                                                              {'~', op::not_in_class},
                                                              {'#', op::mailer},
                                                              {'@', op::host},
                                                              {':', op::user},
                                                              {'>', op::call},
                                                              {'?', op::if_set},
                                                              {'|', op::otherwise},
                                                              {'.', op::end_if},
                                                              {'[', op::host_begin},
                                                              {']', op::host_end},
                                                              {'(', op::lookup_begin},
                                                              {')', op::lookup_end},
                                                              {'&', op::deferred}}};

bool is_name_character(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_';
}

bool is_operator(char byte) { return (static_cast<unsigned char>(byte) & 0xE0U) == 0x80U; }

// The value of a macro, operators and digits among them.
std::optional<std::string> value_of(MacroId id, const std::map<MacroId, CfMacro>& macros) {
  const auto found = macros.find(id);
  if (found != macros.end()) return found->second.value;
  const char name = static_cast<char>(id);
  if (name >= '0' && name <= '9') return std::string{op::replacement, name};
  for (const auto& [written, byte] : operators) {
    if (written == name) return std::string{byte};
  }
  return std::nullopt;
}

// `$?x … $| … $.`: whether what stands here counts.
class Conditional {
 public:
  bool skips() const { return skips_; }
  bool is_inside() const { return depth_ > 0; }
  void begin(bool is_set) {
    ++depth_;
    if (skips_) {
      ++skipped_depth_;
    } else {
      skips_ = !is_set;
    }
  }
  void otherwise() {
    if (skipped_depth_ == 0) skips_ = !skips_;
  }
  void end() {
    --depth_;
    if (skipped_depth_ == 0) skips_ = false;
    if (skips_) --skipped_depth_;
  }

 private:
  bool skips_ = false;
  int depth_ = 0, skipped_depth_ = 0;
};

// One pass; true in `again` if what was put in has operators itself.
std::string expand_once(std::string_view text, const std::map<MacroId, CfMacro>& macros,
                        bool& again) {
  std::string out;
  Conditional conditional;
  const auto put = [&](std::string_view what) {
    if (conditional.skips()) return;
    out.append(what.substr(0, longest_text - std::min(longest_text, out.size())));
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == op::if_set) {
      ++at;
      const auto value =
          at < text.size() ? value_of(static_cast<MacroId>(text[at]), macros) : std::nullopt;
      conditional.begin(value && !value->empty());
    } else if (c == op::otherwise && conditional.is_inside()) {
      conditional.otherwise();
    } else if (c == op::end_if && conditional.is_inside()) {
      conditional.end();
    } else if (c == op::expand) {
      if (++at >= text.size()) break;
      const auto value = value_of(static_cast<MacroId>(text[at]), macros);
      if (!value) continue;
      for (const char each : *value) again = again || is_operator(each);
      put(*value);
    } else {
      put(text.substr(at, 1));
    }
  }
  return out;
}

}  // namespace

bool is_blank(char character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

MacroId read_macro_name(std::string_view text, std::size_t& place, MacroNames& names,
                        std::vector<std::string>& complaints) {
  if (place >= text.size() || text.substr(place, 2) == "{}") {
    complaints.emplace_back("a macro or class needs a name");
    return 0;
  }
  if (text[place] != '{') return static_cast<MacroId>(text[place++]);
  std::string name;
  std::size_t at = place + 1;
  for (; at < text.size() && text[at] != '}' && name.size() < longest_name; ++at) {
    if (is_name_character(text[at])) {
      name += text[at];
    } else {
      complaints.emplace_back("the name of a macro or class has a character that none may have");
    }
  }
  if (at >= text.size() || text[at] != '}') {
    complaints.push_back(at >= text.size() ? "`{` without `}`" : "too long a name: {" + name);
    return 0;
  }
  place = at + 1;
  const MacroId id = name.empty() ? MacroId{0} : names.enter(name);
  if (id == 0) complaints.push_back("too many long names: {" + name + "}");
  return id;
}

std::string to_internal(std::string_view line, int level, MacroNames& names,
                        std::vector<std::string>& complaints) {
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '#' && !out.empty() && level >= 3) {
      if (out.back() == '\\') {
        out.back() = c;
        continue;
      }
      while (out.size() > 1 && is_blank(out.back()) && out.back() != '\n') out.pop_back();
      const std::size_t end = line.find('\n', at);
      if (end == std::string_view::npos) break;
      at = end - 1;
    } else if (c == '$' && at + 1 < line.size()) {
      if (line[++at] == '$') {
        out += '$';
        continue;
      }
      out += op::expand;
      if (std::string_view("=~&?").find(line[at]) != std::string_view::npos) out += line[at++];
      const MacroId id = read_macro_name(line, at, names, complaints);
      if (id != 0) out += static_cast<char>(id);
      --at;
    } else {
      out += c;
    }
  }
  while (out.size() > 1 && is_blank(out.back())) out.pop_back();
  return out;
}

std::string to_external(std::string_view internal, const MacroNames& names) {
  std::string out;
  const auto put_name = [&](std::size_t at) {
    if (at >= internal.size()) return;
    const std::string name = names.name(static_cast<MacroId>(internal[at]));
    out += name.size() == 1 ? name : "{" + name + "}";
  };
  for (std::size_t at = 0; at < internal.size(); ++at) {
    const char c = internal[at];
    if (c == op::expand) {
      out += '$';
    } else if (c == op::replacement) {
      out += '$';
    } else if (static_cast<unsigned char>(c) >= 0xA0) {
      put_name(at);
    } else if (is_operator(c)) {
      for (const auto& [written, byte] : operators) {
        if (byte == c) out += fmt::format("${}", written);
      }
      if (c == op::in_class || c == op::not_in_class || c == op::deferred || c == op::if_set) {
        put_name(++at);
      }
    } else {
      out += c;
    }
  }
  return out;
}

std::string expand(std::string_view internal, const std::map<MacroId, CfMacro>& macros) {
  std::string text(internal);
  for (int depth = 0; depth <= deepest_expansion; ++depth) {
    bool again = false;
    text = expand_once(text, macros, again);
    if (!again) break;
  }
  return text;
}

std::string unquoted(std::string_view text, std::size_t& place, char delimiter) {
  constexpr std::array<std::pair<char, char>, 4> escapes = {
      {{'r', '\r'}, {'n', '\n'}, {'f', '\f'}, {'b', '\b'}}};
  std::string out;
  bool quoted = false;
  for (; place < text.size(); ++place) {
    char c = text[place];
    if (c == '\\') {
      if (++place >= text.size()) break;
      c = text[place];
      for (const auto& [written, meant] : escapes) {
        if (c == written) {
          c = meant;
          break;
        }
      }
      out += c;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && delimiter != '\0' && c == delimiter) {
      break;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace relayproof::sendmail
