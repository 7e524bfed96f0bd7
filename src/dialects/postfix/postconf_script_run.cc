#include "dialects/postfix/postconf_script_run.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

using shell::Node;

constexpr std::size_t most_steps = 100'000;
constexpr std::size_t deepest_call = 10;
constexpr std::size_t shown = 100;

}  // namespace

std::size_t ScriptRun::add_branch(ScriptBranch branch) {
  reading_.branches.push_back(std::move(branch));
  return reading_.branches.size() - 1;
}

void ScriptRun::run(const LogicalLine& source, std::size_t branch) {
  source_ = std::make_shared<const LogicalLine>(source);
  script_ = std::make_shared<const shell::Script>(shell::parse(*source_));
  functions_.clear();
  is_over_ = false;
  charge_copy();
  Context context;
  context.branch = branch;
  walk(script_->root, context);
  note_stop();
  walk_uncalled();
}

void ScriptRun::note_stop() {
  if (script_->stopped) {
    const auto at = script_->stopped->at;
    stop(source_->locate(at), line_at(at), script_->stopped->says);
  }
  if (steps_ <= most_steps || has_noted_size_) return;
  has_noted_size_ = true;
  stop(source_->locate(0), line_at(0), "it is too large");
}

// Variables are copied for whoever may change them for himself.
void ScriptRun::charge_copy() {
  for (const auto& [name, value] : variables_) steps_ += 1 + value.text().size() / 64;
}

void ScriptRun::run(std::vector<ScriptValue> words, const LogicalLine& source, std::size_t branch) {
  source_ = std::make_shared<const LogicalLine>(source);
  script_ = std::make_shared<const shell::Script>();
  functions_.clear();
  is_over_ = false;
  Context context;
  context.branch = branch;
  command(std::move(words), Node{}, context);
}

// What nobody is seen to call may be called all the same: by trap, by "$@".
void ScriptRun::walk_uncalled() {
  is_over_ = false;
  auto functions = functions_;
  for (const auto& [name, function] : functions) {
    if (function.was_called) continue;
    Context context;
    const auto where = source_->locate(function.body->at);
    context.branch =
        add_branch({where, "the function " + name + ", which nothing is seen to call", {}});
    walk(*function.body, context);
    is_over_ = false;
  }
}

std::string ScriptRun::line_at(std::size_t at) const {
  const std::string_view text = source_->text;
  at = std::min(at, text.size());
  const auto newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const auto begin = newline == std::string_view::npos ? 0 : newline + 1;
  const auto end = std::min(text.find('\n', at), text.size());
  const auto line = trim(text.substr(begin, end - begin));
  return std::string(line.substr(0, 4 * shown));
}

void ScriptRun::walk(const Node& node, Context context) {
  if (is_over_ || ++steps_ > most_steps) return;
  switch (node.kind) {
    case Node::Kind::simple:
      return walk_simple(node, context);
    case Node::Kind::pipeline:
      return walk_pipeline(node, context);
    case Node::Kind::and_or:
      return walk_and_or(node, context);
    case Node::Kind::sequence:
      return walk_sequence(node, context);
    case Node::Kind::group:
      return walk_group(node, context);
    case Node::Kind::choice:
      return walk_choice(node, context);
    case Node::Kind::loop:
      return walk_loop(node, context);
    case Node::Kind::cases:
      return walk_cases(node, context);
    case Node::Kind::function:
      if (!node.children.empty()) functions_[node.name] = {&node.children.front(), false};
      return;
  }
}

void ScriptRun::walk_sequence(const Node& node, const Context& context) {
  for (const Node& child : node.children) walk(child, context);
}

ScriptRun::Context ScriptRun::under(const Node& node, const Context& context,
                                    std::set<std::string> unless) {
  Context below = context;
  below.branch = add_branch({source_->locate(node.at), line_at(node.at), std::move(unless)});
  return below;
}

void ScriptRun::walk_and_or(const Node& node, const Context& context) {
  using Kind = Outcome::Kind;
  Context certain = context;
  walk(node.children.front(), certain);
  Outcome before = outcome(node.children.front());
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    const bool is_and = node.links[i - 1] == '&';
    const Node& child = node.children[i];
    certain.unless.insert(before.unless.begin(), before.unless.end());
    const Kind wanted = is_and ? Kind::yes : Kind::no;
    const bool runs = before.kind == wanted || (is_and && before.kind == Kind::success);
    const bool is_settled = before.kind == Kind::yes || before.kind == Kind::no;
    if (runs) {
      walk(child, certain);
      before = outcome(child);
    } else if (is_settled) {
      if (!before.unless.empty()) walk(child, under(child, context, before.unless));
    } else {
      walk(child, under(child, context));
      if (before.kind == Kind::unknown) before.kind = Kind::unknown;
    }
  }
}

void ScriptRun::walk_pipeline(const Node& node, const Context& context) {
  charge_copy();
  const auto kept = variables_;
  const bool was_over = is_over_;
  std::optional<ScriptValue> output;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    Context part = context;
    part.input = output ? &*output : nullptr;
    const bool is_last = i + 1 == node.children.size();
    if (!is_last) part.sink.reset();
    walk(child, part);
    std::optional<ScriptValue> next;
    if (child.kind == Node::Kind::simple) next = output_of(words_of(child), child, part);
    output = std::move(next);
    if (node.children.size() > 1) is_over_ = was_over;
  }
  if (node.children.size() > 1) variables_ = kept;
}

void ScriptRun::walk_group(const Node& node, const Context& context) {
  if (node.children.empty()) return;
  charge_copy();
  const auto kept = variables_;
  const bool was_over = is_over_;
  Context inner = context;
  if (auto sink = sink_of(node)) {
    if (sink->replaces) write(nullptr, *sink, node, context);
    inner.sink = Sink{sink->of_master, false};
  }
  walk(node.children.front(), inner);
  if (!node.is_subshell) return;
  variables_ = kept;
  is_over_ = was_over;
}

// `if`: conditions run until one holds.
void ScriptRun::walk_choice(const Node& node, const Context& context) {
  using Kind = Outcome::Kind;
  Context here = context;
  bool is_settled = false;  // a body before this one runs for certain
  std::set<std::string> unless;
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    const bool has_condition = i + 1 < node.children.size();
    const Node& body = node.children[has_condition ? i + 1 : i];
    if (has_condition && !is_settled) walk(node.children[i], here);
    auto found = has_condition ? outcome(node.children[i]) : Outcome{Kind::yes, {}};
    if (found.kind == Kind::success) found.kind = Kind::unknown;
    unless.insert(found.unless.begin(), found.unless.end());
    const bool runs = !is_settled && found.kind == Kind::yes;
    const bool cannot = is_settled || found.kind == Kind::no;
    if (runs) {
      Context inside = here;
      inside.unless.insert(unless.begin(), unless.end());
      walk(body, inside);
      is_settled = true;
    } else if (!cannot) {
      const auto& shown_at = has_condition ? node.children[i] : node;
      walk(body, under(shown_at, here));
      // What comes next runs only if this did not.
      here = under(shown_at, here);
    } else if (!unless.empty()) {
      walk(body, under(has_condition ? node.children[i] : node, context, unless));
    }
  }
}

void ScriptRun::walk_loop(const Node& node, const Context& context) {
  if (node.children.empty()) return;
  if (node.children.size() > 1) walk(node.children.front(), context);
  const auto inside = under(node, context);
  if (!node.name.empty()) {
    ScriptValue each;
    each.hide('$' + node.name, source_->locate(node.at), "$" + node.name + " changes in a loop");
    variables_[node.name] = std::move(each);
  }
  walk(node.children.back(), inside);
}

void ScriptRun::walk_cases(const Node& node, const Context& context) {
  for (const Node& body : node.children) walk(body, under(node, context));
}

std::vector<ScriptValue> ScriptRun::words_of(const Node& node) const {
  std::vector<ScriptValue> words;
  for (const shell::Word& word : node.words) {
    for (auto& value : reader().words(word)) words.push_back(std::move(value));
  }
  return words;
}

// `: ${NAME:=value}`
void ScriptRun::assign_defaults(const Node& node, const Context& context) {
  for (const auto& word : node.words) {
    for (const auto& part : word.parts) {
      if (!part.assigns || variables_.contains(part.text)) continue;
      assign(part.text, reader().text({{part}, part.at, part.at}), context);
    }
  }
}

void ScriptRun::walk_simple(const Node& node, const Context& context) {
  assign_defaults(node, context);
  auto words = words_of(node);
  for (const auto& word : words) steps_ += word.text().size() / 64;
  if (words.empty()) {
    for (const auto& assignment : node.assignments) assign(assignment, context);
    return;
  }
  if (node.assignments.empty()) return command(std::move(words), node, context);
  // In front of a command they are that command's.
  charge_copy();
  const auto kept = variables_;
  for (const auto& assignment : node.assignments) assign(assignment, context);
  command(std::move(words), node, context);
  variables_ = kept;
}

void ScriptRun::assign(const shell::Assignment& assignment, const Context& context) {
  auto value = reader().text(assignment.value);
  if (assignment.appends) {
    const auto before = variables_.find(assignment.name);
    auto whole = before == variables_.end() ? ScriptValue{} : before->second;
    whole.append(value);
    value = std::move(whole);
  }
  assign(assignment.name, std::move(value), context);
}

void ScriptRun::assign(std::string name, ScriptValue value, const Context& context) {
  if (context.branch != 0) {
    const auto where = value.line.locate(0);
    value = ScriptValue{};
    value.hide('$' + name, where,
               "line " + std::to_string(where.line) + " sets $" + name + " under a condition only");
  }
  value.unless.insert(context.unless.begin(), context.unless.end());
  variables_.insert_or_assign(std::move(name), std::move(value));
}

bool ScriptRun::call(const std::string& name, const Context& context) {
  const auto found = functions_.find(name);
  if (found == functions_.end()) return false;
  found->second.was_called = true;
  if (context.calls >= deepest_call) return true;
  Context inside = context;
  ++inside.calls;
  walk(*found->second.body, inside);
  return true;
}

ScriptEdit ScriptRun::edit(ScriptEdit::Kind kind, const Node& node) const {
  ScriptEdit edit;
  edit.kind = kind;
  edit.where = source_->locate(node.at);
  edit.written = line_at(node.at);
  return edit;
}

void ScriptRun::note(ScriptEdit edit, const Context& context) {
  edit.branch = context.branch;
  edit.value.unless.insert(context.unless.begin(), context.unless.end());
  reading_.edits.push_back(std::move(edit));
}

}  // namespace relayproof::postfix
