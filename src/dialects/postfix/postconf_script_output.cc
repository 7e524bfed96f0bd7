// What commands of a script print, and into which file of Postfix they write it.
#include <algorithm>
#include <utility>

#include "dialects/postfix/postconf_script_run.h"

namespace relayproof::postfix {

using shell::Node;
using shell::Redirection;

std::optional<ScriptRun::Sink> ScriptRun::sink_of(const Node& node) const {
  std::optional<Sink> sink;
  for (const auto& redirection : node.redirections) {
    const bool writes = redirection.kind == Redirection::Kind::write ||
                        redirection.kind == Redirection::Kind::append;
    if (!writes || (redirection.descriptor != -1 && redirection.descriptor != 1)) continue;
    const auto master = names_master(reader().text(redirection.target));
    sink.reset();
    if (master) sink = Sink{*master, redirection.kind == Redirection::Kind::write};
  }
  return sink;
}

std::optional<ScriptValue> ScriptRun::here_document_of(const Node& node) const {
  for (const auto& redirection : node.redirections) {
    if (redirection.kind != Redirection::Kind::here) continue;
    if (redirection.here >= script_->here_documents.size()) return std::nullopt;
    return reader().text(script_->here_documents[redirection.here]);
  }
  return std::nullopt;
}

namespace {

// `\n` and its kin in what printf or `echo -e` is given.
ScriptValue unescaped(const ScriptValue& value) {
  constexpr std::string_view letters = "nt\\";
  constexpr std::string_view meant = "\n\t\\";
  ScriptValue result;
  const auto& text = value.text();
  std::size_t begin = 0;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const auto letter = text[at] == '\\' ? letters.find(text[at + 1]) : std::string_view::npos;
    if (letter == std::string_view::npos) continue;
    result.append(value.part(begin, at));
    result.append(meant.substr(letter, 1), value.line.locate(at));
    begin = ++at + 1;
  }
  result.append(value.part(std::min(begin, text.size()), text.size()));
  return result;
}

ScriptValue echoed(const std::vector<ScriptValue>& words) {
  std::size_t first = 1;
  bool escapes = false;
  bool ends_line = true;
  for (; first < words.size(); ++first) {
    const auto& text = words[first].text();
    const bool is_option = text.size() > 1 && text.front() == '-' &&
                           text.find_first_not_of("neE", 1) == std::string::npos;
    if (!is_option) break;
    escapes = escapes || text.find('e') != std::string::npos;
    if (text.find('n') != std::string::npos) ends_line = false;
  }
  ScriptValue result;
  for (auto at = first; at < words.size(); ++at) {
    if (at > first) result.append(" ", words[at].line.locate(0));
    result.append(escapes ? unescaped(words[at]) : words[at]);
  }
  if (ends_line) result.append("\n", words.back().line.locate(words.back().text().size()));
  return result;
}

// Formats of `%s` and text alone; with several arguments the format is used again.
std::optional<ScriptValue> formatted(const std::vector<ScriptValue>& words) {
  std::size_t next = 1;
  if (next < words.size() && words[next].text() == "--") ++next;
  if (next >= words.size()) return std::nullopt;
  const ScriptValue format = unescaped(words[next++]);
  ScriptValue result;
  const auto& text = format.text();
  do {
    std::size_t begin = 0;
    const auto given = next;
    for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', begin)) {
      result.append(format.part(begin, at));
      begin = at + 2;
      if (text.compare(at, 2, "%%") == 0) {
        result.append("%", format.line.locate(at));
      } else if (text.compare(at, 2, "%s") == 0) {
        if (next < words.size()) result.append(words[next++]);
      } else {
        result.hide("%", format.line.locate(at), "this format of printf is not followed");
        begin = at + 1;
      }
    }
    if (begin < text.size()) result.append(format.part(begin, text.size()));
    if (given == next) break;
  } while (next < words.size());
  return result;
}

}  // namespace

std::optional<ScriptValue> ScriptRun::output_of(const std::vector<ScriptValue>& words,
                                                const Node& node, const Context& context) const {
  if (words.empty()) return std::nullopt;
  const auto& program = words.front().text();
  const auto name = std::string_view(program).substr(program.rfind('/') + 1);
  if (name == "echo") return echoed(words);
  if (name == "printf") return formatted(words);
  if (name != "cat" && name != "tee") return std::nullopt;
  if (auto text = here_document_of(node)) return text;
  const bool passes_on = context.input != nullptr && (name == "tee" || words.size() == 1);
  return passes_on ? std::optional(*context.input) : std::nullopt;
}

void ScriptRun::write(const ScriptValue* text, const Sink& sink, const Node& node,
                      const Context& context) {
  const auto kind = sink.replaces ? ScriptEdit::Kind::replace_file : ScriptEdit::Kind::add_lines;
  auto made = edit(kind, node);
  made.of_master = sink.of_master;
  if (text != nullptr) made.value = *text;
  note(std::move(made), context);
}

// What a command prints goes into a file of Postfix.
void ScriptRun::write_output(const std::vector<ScriptValue>& words, const Sink& sink,
                             const Node& node, const Context& context) {
  if (const auto output = output_of(words, node, context)) {
    return write(&*output, sink, node, context);
  }
  auto made = edit(ScriptEdit::Kind::unknown, node);
  made.of_master = sink.of_master;
  made.replaces = sink.replaces;
  made.why = "what is written there is not known";
  note(std::move(made), context);
}

void ScriptRun::tee(const std::vector<ScriptValue>& words, const Node& node,
                    const Context& context) {
  bool appends = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    appends = appends || words[i].text() == "-a" || words[i].text() == "--append";
    const auto master = names_master(words[i]);
    if (master) write_output(words, {*master, !appends}, node, context);
  }
}

}  // namespace relayproof::postfix
