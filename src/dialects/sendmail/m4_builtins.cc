#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/text.h"
#include "dialects/sendmail/m4_engine.h"

namespace relayproof::sendmail {
namespace {

using Arguments = M4Engine::Arguments;

const std::string& at(const Arguments& arguments, std::size_t index) {
  static const std::string none;
  return index < arguments.size() ? arguments[index] : none;
}

std::optional<long> number(std::string_view text) {
  text = trim(text);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string run_define(M4Engine& engine, const Arguments& arguments) {
  engine.define(at(arguments, 0), at(arguments, 1), false);
  return {};
}

std::string run_pushdef(M4Engine& engine, const Arguments& arguments) {
  engine.define(at(arguments, 0), at(arguments, 1), true);
  return {};
}

std::string run_undefine(M4Engine& engine, const Arguments& arguments) {
  for (const auto& name : arguments) engine.undefine(name, false);
  return {};
}

std::string run_popdef(M4Engine& engine, const Arguments& arguments) {
  for (const auto& name : arguments) engine.undefine(name, true);
  return {};
}

std::string run_ifdef(M4Engine& engine, const Arguments& arguments) {
  return at(arguments, engine.is_macro(at(arguments, 0)) ? 1 : 2);
}

std::string run_ifelse(M4Engine&, const Arguments& arguments) {
  std::size_t from = 0;
  while (from + 2 < arguments.size()) {
    if (arguments[from] == arguments[from + 1]) return arguments[from + 2];
    if (from + 4 >= arguments.size()) return at(arguments, from + 3);
    from += 3;
  }
  return {};
}

std::string run_defn(M4Engine& engine, const Arguments& arguments) {
  std::string text;
  for (const auto& name : arguments) {
    if (const auto body = engine.definition(name)) text += engine.quoted(*body);
  }
  return text;
}

std::string run_include(M4Engine& engine, const Arguments& arguments) {
  engine.include(at(arguments, 0), false);
  return {};
}

std::string run_sinclude(M4Engine& engine, const Arguments& arguments) {
  engine.include(at(arguments, 0), true);
  return {};
}

std::string run_divert(M4Engine& engine, const Arguments& arguments) {
  engine.divert(static_cast<int>(std::clamp(number(at(arguments, 0)).value_or(0), -1L, 10000L)));
  return {};
}

std::string run_divnum(M4Engine& engine, const Arguments&) {
  return std::to_string(engine.diversion());
}

std::string run_dnl(M4Engine& engine, const Arguments&) {
  engine.drop_line();
  return {};
}

std::string run_changequote(M4Engine& engine, const Arguments& arguments) {
  engine.change_quotes(at(arguments, 0), at(arguments, 1));
  return {};
}

std::string run_changecom(M4Engine& engine, const Arguments& arguments) {
  engine.change_comments(at(arguments, 0));
  return {};
}

std::string run_len(M4Engine&, const Arguments& arguments) {
  return std::to_string(at(arguments, 0).size());
}

std::string run_index(M4Engine&, const Arguments& arguments) {
  const auto found = at(arguments, 0).find(at(arguments, 1));
  return found == std::string::npos ? "-1" : std::to_string(found);
}

std::string run_substr(M4Engine&, const Arguments& arguments) {
  const auto& text = at(arguments, 0);
  const auto from = number(at(arguments, 1)).value_or(0);
  const auto size = number(at(arguments, 2));
  if (from < 0 || static_cast<std::size_t>(from) > text.size()) return {};
  const auto count = size && *size >= 0 ? static_cast<std::size_t>(*size) : std::string::npos;
  return text.substr(static_cast<std::size_t>(from), count);
}

std::string run_translit(M4Engine&, const Arguments& arguments) {
  const auto& from = at(arguments, 1);
  const auto& to = at(arguments, 2);
  std::string text;
  for (const char byte : at(arguments, 0)) {
    const auto place = from.find(byte);
    if (place == std::string::npos) text += byte;
    if (place < to.size()) text += to[place];
  }
  return text;
}

std::string run_shift(M4Engine& engine, const Arguments& arguments) {
  std::string text;
  for (std::size_t index = 1; index < arguments.size(); ++index) {
    if (index > 1) text += ',';
    text += engine.quoted(arguments[index]);
  }
  return text;
}

std::string run_nothing(M4Engine&, const Arguments&) { return {}; }

// What only a run of m4 could tell.
std::string run_unsupported(M4Engine& engine, const Arguments&) {
  engine.complain("this is for m4 itself to work out");
  return {};
}

constexpr std::array<M4Builtin, 31> builtins = {{
    {"define", run_define},
    {"pushdef", run_pushdef},
    {"undefine", run_undefine},
    {"popdef", run_popdef},
    {"ifdef", run_ifdef},
    {"ifelse", run_ifelse},
    {"defn", run_defn},
    {"include", run_include},
    {"sinclude", run_sinclude},
    {"divert", run_divert, false},
    {"divnum", run_divnum, false},
    {"dnl", run_dnl, false},
    {"changequote", run_changequote, false},
    {"changecom", run_changecom, false},
    {"len", run_len},
    {"index", run_index},
    {"substr", run_substr},
    {"translit", run_translit},
    {"shift", run_shift, false},
    {"errprint", run_nothing},
    {"undivert", run_nothing, false},
    {"m4wrap", run_unsupported},
    {"eval", run_unsupported},
    {"syscmd", run_unsupported},
    {"esyscmd", run_unsupported},
    {"regexp", run_unsupported},
    {"patsubst", run_unsupported},
    {"indir", run_unsupported},
    {"builtin", run_unsupported},
    {"m4exit", run_unsupported, false},
    {"traceon", run_nothing, false},
}};

}  // namespace

const M4Builtin* m4_builtin(std::string_view name) {
  const auto* const found = std::find_if(builtins.begin(), builtins.end(),
                                         [&](const M4Builtin& each) { return each.name == name; });
  return found == builtins.end() ? nullptr : found;
}

}  // namespace relayproof::sendmail
