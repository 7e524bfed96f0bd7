#include "dialects/postfix/postconf_script_edits.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {
namespace {

using Kind = ScriptEdit::Kind;

constexpr std::size_t shown = 60;
constexpr std::string_view options_with_value = "cCo";

// The options that change something: -e -M -F -P, -X and -# with or without -M -P.
struct Options {
  std::string letters;
  std::optional<ScriptValue> folder;  // of -c
  std::size_t first = 0;              // argument behind them

  bool has(char letter) const { return letters.find(letter) != std::string::npos; }
};

Options options_of(const std::vector<ScriptValue>& arguments) {
  Options options;
  auto& next = options.first;
  for (; next < arguments.size(); ++next) {
    const auto& argument = arguments[next];
    const auto& text = argument.text();
    if (argument.known_start().size() < 2 || text.front() != '-') break;
    if (text == "--") {
      ++next;
      break;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (options_with_value.find(text[i]) == std::string_view::npos) {
        options.letters += text[i];
        continue;
      }
      const bool is_behind = i + 1 == text.size();
      if (is_behind && next + 1 < arguments.size()) ++next;
      if (text[i] == 'c') {
        options.folder = is_behind ? arguments[next] : argument.part(i + 1, text.size());
      }
      break;
    }
  }
  return options;
}

std::size_t skip_blanks(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

ScriptEdit edit_of(Kind kind, const ScriptValue& argument) {
  ScriptEdit edit;
  edit.kind = kind;
  edit.value = argument;
  edit.written = argument.text();
  return edit;
}

ScriptEdit refused(const ScriptValue& argument, std::string why) {
  auto edit = edit_of(Kind::refused, argument);
  edit.why = std::move(why);
  return edit;
}

ScriptEdit unknown(const ScriptValue& argument, std::string why, bool of_master) {
  auto edit = edit_of(Kind::unknown, argument);
  edit.why = std::move(why);
  edit.of_master = of_master;
  return edit;
}

// src/postconf/postconf_edit.c: what it stops at.
std::optional<std::string> refusal_of(const ScriptValue& argument) {
  const auto text = argument.known_start();
  if (text.find('\n') != std::string_view::npos) return "postconf takes no line break, and stops";
  const auto begin = skip_blanks(text);
  if (begin < text.size() && text[begin] == '#') return "postconf takes no comment, and stops";
  return std::nullopt;
}

ScriptEdit main_edit(const ScriptValue& argument) {
  if (auto why = refusal_of(argument)) return refused(argument, *why);
  const auto text = argument.known_start();
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    if (!argument.is_known()) return unknown(argument, argument.why, false);
    return refused(argument, "postconf misses the \"=\", and stops");
  }
  auto edit = edit_of(Kind::set, argument);
  edit.target = trim(text.substr(0, equals));
  if (edit.target.empty()) return refused(argument, "postconf misses the name, and stops");
  return edit;
}

ScriptEdit unset_edit(const ScriptValue& argument) {
  if (!argument.is_known()) return unknown(argument, argument.why, false);
  auto edit = edit_of(Kind::unset, argument);
  edit.target = trim(argument.text());
  return edit;
}

// `smtp/inet`, behind which a `=`, or a `/` and more, may stand.
std::size_t end_of_service(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return slash;
  return std::min(text.find_first_of("/=", slash + 1), text.size());
}

ScriptEdit service_edit(const ScriptValue& argument, bool removes) {
  if (auto why = refusal_of(argument)) return refused(argument, *why);
  const auto text = argument.known_start();
  const auto equals = text.find('=');
  if (removes && argument.is_known()) {
    auto edit = edit_of(Kind::no_service, argument);
    edit.target = trim(text);
    edit.of_master = true;
    return edit;
  }
  if (removes || equals == std::string_view::npos || !argument.is_known()) {
    return unknown(argument, argument.is_known() ? "no service stands here" : argument.why, true);
  }
  auto edit = edit_of(Kind::service, argument.part(equals + 1, text.size()));
  edit.target = trim(text.substr(0, equals));
  edit.written = argument.text();
  edit.of_master = true;
  return edit;
}

ScriptEdit option_edit(const ScriptValue& argument, bool removes) {
  if (auto why = refusal_of(argument)) return refused(argument, *why);
  const auto text = argument.known_start();
  const auto end = end_of_service(text);
  const bool has_name = end != std::string_view::npos && end < text.size() && text[end] == '/';
  const auto equals = text.find('=');
  if (removes || !has_name || equals == std::string_view::npos || equals < end) {
    return unknown(argument, argument.is_known() ? "is not followed" : argument.why, true);
  }
  auto edit = edit_of(Kind::option, argument.part(end + 1, argument.text().size()));
  edit.target = text.substr(0, end);
  edit.written = argument.text();
  edit.of_master = true;
  return edit;
}

// Columns of master.cf behind which nobody hides (master(5)).
constexpr std::array<std::string_view, 5> idle_fields{"private", "unprivileged", "chroot", "wakeup",
                                                      "process_limit"};

ScriptEdit field_edit(const ScriptValue& argument) {
  auto edit = unknown(argument, argument.is_known() ? "is not followed" : argument.why, true);
  const auto text = argument.known_start();
  const auto equals = std::min(text.find('='), text.size());
  const auto slash = text.substr(0, equals).rfind('/');
  const auto field =
      slash == std::string_view::npos ? "" : trim(text.substr(slash + 1, equals - slash - 1));
  edit.is_idle = std::ranges::find(idle_fields, field) != idle_fields.end();
  if (edit.is_idle) edit.why = "it does not decide who may relay";
  return edit;
}

ScriptEdit edit_of(const Options& options, const ScriptValue& argument) {
  const bool removes = options.has('X') || options.has('#');
  if (options.has('M')) return service_edit(argument, removes);
  if (options.has('P')) return option_edit(argument, removes);
  if (options.has('F')) return field_edit(argument);
  return removes ? unset_edit(argument) : main_edit(argument);
}

bool is_usual_folder(const ScriptValue& folder) {
  auto text = folder.known_start();
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  return !folder.is_known() || text.ends_with("/postfix");
}

}  // namespace

std::vector<ScriptEdit> postconf_edits(const std::vector<ScriptValue>& arguments) {
  const auto options = options_of(arguments);
  std::vector<ScriptEdit> edits;
  const bool asked = options.letters.find_first_of("eX#") != std::string::npos;
  const bool only_asks = options.letters.find_first_of("dnhHafmlpSTtBbxC") != std::string::npos;
  for (auto at = options.first; at < arguments.size(); ++at) {
    const auto& argument = arguments[at];
    // Without -e, too, since 2.8.
    const bool assigns =
        !argument.is_known() || argument.known_start().find('=') != std::string_view::npos;
    if (!asked && (only_asks || !assigns)) continue;
    edits.push_back(edit_of(options, argument));
    if (options.folder && !is_usual_folder(*options.folder)) {
      edits.back() =
          unknown(argument,
                  "is the configuration in " + escape_foreign(options.folder->text(), shown) +
                      ", another instance's",
                  false);
    }
  }
  // What stops postconf stops it before it has written anything.
  const bool stops =
      std::ranges::any_of(edits, [](const ScriptEdit& edit) { return edit.kind == Kind::refused; });
  if (!stops) return edits;
  for (ScriptEdit& edit : edits) {
    if (edit.kind == Kind::refused) continue;
    edit.kind = Kind::refused;
    edit.why = "postconf stops at another argument of the same command";
  }
  return edits;
}

std::optional<bool> names_master(const ScriptValue& file) {
  constexpr std::array<std::pair<std::string_view, bool>, 2> names{
      {{"main.cf", false}, {"master.cf", true}}};
  for (const auto& [name, is_master] : names) {
    std::string_view text = file.text();
    if (!text.ends_with(name)) continue;
    text.remove_suffix(name.size());
    if (text.empty()) return is_master;
    if (!text.ends_with('/')) continue;
    text.remove_suffix(1);
    // A copy elsewhere is another file: /backup/main.cf.
    const auto folder = text.substr(text.find_last_of("/:") + 1);
    const bool is_elsewhere = file.is_known() && text.starts_with('/') &&
                              folder.find("postfix") == std::string_view::npos;
    if (!is_elsewhere) return is_master;
  }
  return std::nullopt;
}

}  // namespace relayproof::postfix
