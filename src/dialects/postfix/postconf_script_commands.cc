// Single commands of a script: which of them change main.cf or master.cf, and what others print.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/parameters.h"
#include "dialects/postfix/postconf_script_run.h"

namespace relayproof::postfix {
namespace {

using shell::Node;

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

// What is worth finding behind them.
constexpr std::array<std::string_view, 13> wrapped{"postconf", "tee",     "sed", "perl", "cp",
                                                   "mv",       "install", "ln",  "sh",   "bash",
                                                   "ash",      "dash",    "ksh"};

// Only look at the files that they are given, or at what is beside the text.
constexpr std::array<std::string_view, 26> readers{
    "cat",   "grep",  "egrep", "fgrep",   "head", "tail",   "less",   "more",     "ls",
    "test",  "[",     "[[",    "stat",    "wc",   "diff",   "cmp",    "file",     "chmod",
    "chown", "chgrp", "touch", "postmap", "echo", "printf", "md5sum", "sha256sum"};

constexpr std::array<std::string_view, 6> copiers{"cp", "mv", "install", "ln", "rsync", "rm"};

// Print what they make of a file, unless they are told to write it back.
constexpr std::array<std::string_view, 4> printers{"sed", "perl", "awk", "gawk"};

constexpr std::array<std::string_view, 5> shells{"sh", "bash", "ash", "dash", "ksh"};

constexpr std::array<std::string_view, 5> declarers{"export", "local", "declare", "readonly",
                                                    "typeset"};

constexpr std::size_t deepest_shell = 10;

// Words of a command that edits a file in its own way, by which it can close a relay.
constexpr std::array<std::string_view, 7> telling{"mynetworks", "restrictions", "inet", "smtpd",
                                                  "loopback",   "transport",    "relay"};

}  // namespace

// `sudo postconf -e …` without its `sudo`.
void ScriptRun::unwrap(std::vector<ScriptValue>& words, const Node& node) const {
  const auto name = base_name(words.front().text());
  if (!is_one_of(wrappers, name)) return;
  const bool only_looks = name == "command" && words.size() > 1 && words[1].text().starts_with('-');
  const auto program = std::find_if(words.begin() + 1, words.end(), [](const ScriptValue& word) {
    return word.is_known() && is_one_of(wrapped, base_name(word.text()));
  });
  if (program == words.end() || only_looks) return;
  const bool adds_words = name == "xargs";
  words.erase(words.begin(), program);
  if (!adds_words) return;
  ScriptValue more;
  more.hide("...", source_->locate(node.at), "what xargs adds is not known");
  words.push_back(std::move(more));
}

void ScriptRun::command(std::vector<ScriptValue> words, const Node& node, Context context) {
  if (words.empty()) return;
  const bool ends_here = words.front().text() == "exec" && words.size() > 1;
  unwrap(words, node);
  const std::string name(base_name(words.front().text()));
  auto sink = sink_of(node);
  if (!sink) sink = context.sink;
  if (name == "postconf") {
    run_postconf({words.begin() + 1, words.end()}, node, context);
  } else if (is_one_of(shells, name) && words.size() > 2 && words[1].text().ends_with('c')) {
    run_text(words[2], context);
  } else if (call(name, context) || built_in(name, words, context)) {
    return;
  } else if (name == "tee") {
    tee(words, node, context);
  } else if (sink) {
    write_output(words, *sink, node, context);
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
  charge_copy();
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
  if ((name == "." || name == "source") && words.size() > 1) {
    reading_.elsewhere.push_back({words[0].line.locate(0), words[1].text(), false,
                                  "is read by the script, is not here, and may edit main.cf, too"});
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

// `mynetworks = 0.0.0.0/0` among the words of a program that edits main.cf by means of its own.
void ScriptRun::possible_settings(const std::vector<ScriptValue>& words, const Node& node,
                                  const Context& context) {
  std::size_t branch = 0;
  for (const auto& word : words) {
    const auto equals = word.known_start().find('=');
    if (equals == std::string_view::npos) continue;
    auto made = edit(ScriptEdit::Kind::set, node);
    made.target = trim(word.known_start().substr(0, equals));
    if (find_parameter(made.target) == nullptr) continue;
    if (branch == 0) branch = under(node, context).branch;
    made.where = word.line.locate(0);
    made.written = word.text();
    made.value = word;
    auto inside = context;
    inside.branch = branch;
    note(std::move(made), inside);
  }
}

namespace {

// The file of Postfix that such a command changes: true for master.cf.
std::optional<bool> edited_by(std::string_view name, const std::vector<ScriptValue>& words) {
  const auto& last = words.back().text();
  if (auto named = names_master(words.back())) return named;
  const bool into_folder = last.ends_with("/postfix") || last.ends_with("/postfix/");
  if (is_one_of(copiers, name) && !into_folder) return std::nullopt;
  std::optional<bool> master;
  for (const auto& word : words) {
    const auto& text = word.text();
    if (const auto named = names_master(word)) master = named;
    if (into_folder && (text.ends_with("main.cf") || text.ends_with("master.cf"))) {
      master = text.ends_with("master.cf");
    }
    if (text.ends_with("/postfix/*.cf")) master = false;
  }
  return master;
}

bool only_prints(std::string_view name, const std::vector<ScriptValue>& words) {
  if (!is_one_of(printers, name)) return false;
  return std::none_of(words.begin(), words.end(), [](const ScriptValue& word) {
    const auto& text = word.text();
    return text.starts_with("-i") || text.starts_with("--in-place") || text.starts_with("-pi");
  });
}

bool is_about_relaying(const ScriptValue& word) {
  return !word.is_known() ||
         std::any_of(telling.begin(), telling.end(), [&](std::string_view each) {
           return word.text().find(each) != std::string::npos;
         });
}

}  // namespace

// What edits or replaces the files in a way of its own.
void ScriptRun::other_program(std::string_view name, const std::vector<ScriptValue>& words,
                              const Node& node, const Context& context) {
  if (is_one_of(readers, name) || words.size() < 2 || only_prints(name, words)) return;
  const auto master = edited_by(name, words);
  if (!master) return;
  const bool copies = is_one_of(copiers, name);
  if (!copies && !*master) possible_settings(words, node, context);
  auto made = edit(ScriptEdit::Kind::unknown, node);
  made.of_master = *master;
  made.replaces = copies;
  made.why = copies ? "what is in that file is not known" : "this kind of edit is not read";
  made.is_idle = !copies && std::none_of(words.begin(), words.end(), is_about_relaying);
  if (made.is_idle) made.why = "it names nothing by which it is decided who may relay";
  note(std::move(made), context);
}

}  // namespace relayproof::postfix
