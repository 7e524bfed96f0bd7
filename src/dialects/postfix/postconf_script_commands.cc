// Single commands of a script: which of them change main.cf or master.cf, and what others print.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/postconf_script_run.h"

namespace relayproof::postfix {
namespace {

using shell::Node;
using shell::Redirection;

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Run a program that they are given: `sudo postconf`, `docker exec relay postconf`.
constexpr std::array<std::string_view, 24> wrappers{
    "sudo", "command", "exec",    "env",     "nice",    "nohup",   "busybox",        "builtin",
    "time", "chroot",  "docker",  "podman",  "kubectl", "lxc",     "docker-compose", "ssh",
    "su",   "runuser", "nsenter", "setpriv", "gosu",    "su-exec", "timeout",        "xargs"};

// Only look at the files that they are given, or at what is beside the text.
constexpr std::array<std::string_view, 26> readers{
    "cat",   "grep",  "egrep", "fgrep",   "head", "tail",   "less",   "more",     "ls",
    "test",  "[",     "[[",    "stat",    "wc",   "diff",   "cmp",    "file",     "chmod",
    "chown", "chgrp", "touch", "postmap", "echo", "printf", "md5sum", "sha256sum"};

constexpr std::array<std::string_view, 6> copiers{"cp", "mv", "install", "ln", "rsync", "rm"};

constexpr std::array<std::string_view, 5> shells{"sh", "bash", "ash", "dash", "ksh"};

constexpr std::array<std::string_view, 5> declarers{"export", "local", "declare", "readonly",
                                                    "typeset"};

constexpr std::size_t deepest_shell = 10;

// Words of a command that edits a file in its own way, by which it can close a relay.
constexpr std::array<std::string_view, 7> telling{"mynetworks", "restrictions", "inet", "smtpd",
                                                  "loopback",   "transport",    "relay"};

}  // namespace

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
  const auto name = base_name(words.front().text());
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

void ScriptRun::command(std::vector<ScriptValue> words, const Node& node, Context context) {
  if (words.empty()) return;
  auto name = std::string(base_name(words.front().text()));
  const bool ends_here = name == "exec" && words.size() > 1;
  if (is_one_of(wrappers, name)) {
    const auto program = std::find_if(words.begin(), words.end(), [](const ScriptValue& word) {
      return word.is_known() && base_name(word.text()) == "postconf";
    });
    const bool looks = name == "command" && words.size() > 1 && words[1].text().starts_with('-');
    if (program != words.end() && !looks) {
      words.erase(words.begin(), program);
      if (name == "xargs") {
        ScriptValue more;
        more.hide("...", source_->locate(node.at), "what xargs adds is not known");
        words.push_back(std::move(more));
      }
      name = "postconf";
    }
  }
  if (is_one_of(shells, name) && words.size() > 2 && words[1].text().ends_with('c')) {
    return run_text(words[2], context);
  }
  auto sink = sink_of(node);
  if (!sink) sink = context.sink;
  if (name == "postconf") {
    run_postconf({words.begin() + 1, words.end()}, node, context);
  } else if (call(name, context) || built_in(name, words, context)) {
    return;
  } else if (name == "tee") {
    tee(words, node, context);
  } else if (sink) {
    const auto output = output_of(words, node, context);
    if (output) {
      write(&*output, *sink, node, context);
    } else {
      auto made = edit(ScriptEdit::Kind::unknown, node);
      made.of_master = sink->of_master;
      made.replaces = sink->replaces;
      made.why = "what is written there is not known";
      note(std::move(made), context);
    }
  } else {
    other_program(name, words, node, context);
  }
  if (ends_here && context.branch == 0) is_over_ = true;
}

// `sh -c TEXT`: another shell.
void ScriptRun::run_text(const ScriptValue& text, Context context) {
  if (++context.calls > deepest_shell) return;
  if (!text.is_known()) {
    if (text.text().find("postconf") == std::string::npos) return;
    ScriptEdit made;
    made.where = text.line.locate(0);
    made.written = text.text();
    made.why = text.why;
    return note(std::move(made), context);
  }
  const auto source = std::exchange(source_, std::make_shared<const LogicalLine>(text.line));
  const auto script =
      std::exchange(script_, std::make_shared<const shell::Script>(shell::parse(*source_)));
  const auto variables = variables_;
  auto functions = std::exchange(functions_, {});
  context.input = nullptr;
  walk(script_->root, context);
  note_stop();
  is_over_ = false;
  variables_ = variables;
  functions_ = std::move(functions);
  script_ = script;
  source_ = source;
}

bool ScriptRun::built_in(std::string_view name, const std::vector<ScriptValue>& words,
                         const Context& context) {
  if (name == "exit") {
    if (context.branch == 0) is_over_ = true;
    return true;
  }
  if (is_one_of(declarers, name)) {
    declare(words, context);
    return true;
  }
  if (name == "unset") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (context.branch == 0) variables_.erase(words[i].text());
    }
    return true;
  }
  if (name != "read") return false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto& variable = words[i].text();
    if (!shell::is_name(variable)) continue;
    ScriptValue value;
    value.hide('$' + variable, words[i].line.locate(0), "$" + variable + " is read from a file");
    variables_.insert_or_assign(variable, std::move(value));
  }
  return true;
}

// `export NAME=value`
void ScriptRun::declare(const std::vector<ScriptValue>& words, const Context& context) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto start = words[i].known_start();
    const auto equals = start.find('=');
    if (equals == std::string_view::npos || !shell::is_name(start.substr(0, equals))) continue;
    assign(std::string(start.substr(0, equals)), words[i].part(equals + 1, words[i].text().size()),
           context);
  }
}

void ScriptRun::run_postconf(const std::vector<ScriptValue>& arguments, const Node& node,
                             const Context& context) {
  for (auto& made : postconf_edits(arguments)) {
    made.where = source_->locate(node.at);
    note(std::move(made), context);
  }
}

void ScriptRun::tee(const std::vector<ScriptValue>& words, const Node& node,
                    const Context& context) {
  bool appends = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    appends = appends || words[i].text() == "-a" || words[i].text() == "--append";
    const auto master = names_master(words[i]);
    if (!master) continue;
    const auto output = output_of(words, node, context);
    if (output) {
      write(&*output, {*master, !appends}, node, context);
      continue;
    }
    auto made = edit(ScriptEdit::Kind::unknown, node);
    made.of_master = *master;
    made.replaces = !appends;
    made.why = "what is written there is not known";
    note(std::move(made), context);
  }
}

// What edits or replaces the files in a way of its own.
void ScriptRun::other_program(std::string_view name, const std::vector<ScriptValue>& words,
                              const Node& node, const Context& context) {
  if (is_one_of(readers, name) || words.size() < 2) return;
  const bool copies = is_one_of(copiers, name);
  const bool only_prints = (name == "sed" || name == "perl" || name == "awk" || name == "gawk") &&
                           std::none_of(words.begin(), words.end(), [](const ScriptValue& word) {
                             return word.text().starts_with("-i") ||
                                    word.text().starts_with("--in-place") ||
                                    word.text().starts_with("-pi");
                           });
  if (only_prints) return;
  const auto& last = words.back();
  std::optional<bool> master = names_master(last);
  if (!master && copies &&
      (last.text().ends_with("/postfix") || last.text().ends_with("/postfix/"))) {
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (const auto named = names_master(words[i])) master = named;
    }
  }
  if (!master && !copies) {
    for (const auto& word : words) {
      if (const auto named = names_master(word)) master = named;
      if (word.text().ends_with("/postfix/*.cf")) master = false;
    }
  }
  if (!master) return;
  auto made = edit(ScriptEdit::Kind::unknown, node);
  made.of_master = *master;
  made.replaces = copies;
  made.why = copies ? "what is in that file is not known" : "this kind of edit is not read";
  made.is_idle = !copies && std::none_of(words.begin(), words.end(), [](const ScriptValue& word) {
    return !word.is_known() || std::any_of(telling.begin(), telling.end(), [&](auto telling_word) {
      return word.text().find(telling_word) != std::string::npos;
    });
  });
  note(std::move(made), context);
}

}  // namespace relayproof::postfix
