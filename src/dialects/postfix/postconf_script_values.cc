#include "dialects/postfix/postconf_script_values.h"

#include <utility>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

using shell::Part;

constexpr std::size_t largest_value = 1u << 14;  // bytes; variables can double each other
constexpr std::size_t shown = 60;

bool is_split_at(char c) { return c == ' ' || c == '\t' || c == '\n'; }

std::string because(const Part& part) {
  const std::string quoted = escape_foreign(part.text, shown);
  if (part.text.starts_with("$(") || part.text.starts_with('`')) {
    return quoted + " is what a command prints";
  }
  if (part.text.starts_with('(')) return "an array is not followed";
  return quoted + " is not followed";
}

}  // namespace

void ScriptValue::append(std::string_view text, const SourceRange& where) {
  if (line.text.size() + text.size() > largest_value) {
    return hide("", where, "it is larger than 16 KiB");
  }
  line.lines.push_back({line.text.size(), where});
  line.text += text;
}

void ScriptValue::append(const ScriptValue& other) {
  const auto offset = line.text.size();
  if (offset + other.line.text.size() > largest_value) {
    return hide("", other.line.locate(0), "it is larger than 16 KiB");
  }
  for (const auto& each : other.line.lines)
    line.lines.push_back({offset + each.offset, each.where});
  line.text += other.line.text;
  unless.insert(other.unless.begin(), other.unless.end());
  if (other.hidden_from && !hidden_from) {
    hidden_from = offset + *other.hidden_from;
    why = other.why;
  }
}

void ScriptValue::hide(std::string_view as_written, const SourceRange& where, std::string because) {
  if (!hidden_from) {
    hidden_from = line.text.size();
    why = std::move(because);
  }
  line.lines.push_back({line.text.size(), where});
  if (line.text.size() + as_written.size() <= largest_value) line.text += as_written;
}

ScriptValue ScriptValue::part(std::size_t begin, std::size_t end) const {
  ScriptValue result;
  result.line.text = line.text.substr(begin, end - begin);
  result.line.lines = slice(line.lines, begin, end);
  result.unless = unless;
  if (hidden_from && *hidden_from < end) {
    result.hidden_from = *hidden_from > begin ? *hidden_from - begin : 0;
    result.why = why;
  }
  return result;
}

void WordReader::append_variable(ScriptValue& to, const Part& part, Unset unset) const {
  const auto where = source_.locate(part.at);
  const auto found = variables_.find(part.text);
  const bool is_set = found != variables_.end();
  const bool is_empty = is_set && found->second.is_known() && found->second.text().empty();
  const bool takes_other = part.otherwise != Part::Otherwise::none &&
                           (!is_set || (is_empty && part.otherwise == Part::Otherwise::if_empty));
  if (takes_other) {
    if (!is_set) to.unless.insert(part.text);
    for (const Part& each : part.words) append(to, each, unset);
  } else if (is_set) {
    to.append(found->second);
  } else if (unset == Unset::empty) {
    to.unless.insert(part.text);
  } else {
    to.hide('$' + part.text, where, "$" + part.text + " is not known (--env)");
  }
}

void WordReader::append(ScriptValue& to, const Part& part, Unset unset) const {
  switch (part.kind) {
    case Part::Kind::text:
      return to.append(part.text, source_.locate(part.at));
    case Part::Kind::variable:
      return append_variable(to, part, unset);
    case Part::Kind::hidden:
      return to.hide(part.text, source_.locate(part.at), because(part));
  }
}

ScriptValue WordReader::text(const shell::Word& word, Unset unset) const {
  ScriptValue value;
  for (const Part& part : word.parts) append(value, part, unset);
  if (value.line.lines.empty()) value.line.lines.push_back({0, source_.locate(word.begin)});
  return value;
}

std::vector<ScriptValue> WordReader::words(const shell::Word& word) const {
  std::vector<ScriptValue> found;
  std::optional<ScriptValue> current;
  const auto add = [&](const ScriptValue& value) {
    if (!current) current.emplace();
    current->append(value);
  };
  const auto finish = [&] {
    if (current) found.push_back(std::move(*current));
    current.reset();
  };
  for (const Part& part : word.parts) {
    ScriptValue value;
    append(value, part, Unset::hidden);
    if (part.kind != Part::Kind::variable || part.quoted || !value.is_known()) {
      add(value);
      continue;
    }
    const auto& text = value.text();
    for (std::size_t at = 0; at < text.size();) {
      auto end = at;
      while (end < text.size() && !is_split_at(text[end])) ++end;
      if (end > at) add(value.part(at, end));
      if (end < text.size()) finish();
      at = end;
      while (at < text.size() && is_split_at(text[at])) ++at;
    }
  }
  finish();
  return found;
}

}  // namespace relayproof::postfix
