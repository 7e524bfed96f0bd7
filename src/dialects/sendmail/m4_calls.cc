// How a macro is called: its arguments, and what it becomes.
#include <utility>

#include "dialects/sendmail/m4_engine.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t deepest_call = 100;

bool is_blank(int byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

}  // namespace

bool M4Engine::is_macro(const std::string& name) const {
  const auto found = macros_.find(name);
  if (found != macros_.end()) return !found->second.empty();
  if (library_is_here_ && vocabulary_.is_recorded(name)) return true;
  return m4_builtin(name) != nullptr;
}

bool M4Engine::expands(const Token& name) const {
  if (!is_macro(name.text)) return false;
  const auto* builtin = m4_builtin(name.text);
  const bool own = builtin != nullptr && macros_.find(name.text) == macros_.end();
  return !own || !builtin->only_with_arguments || input_.peek() == '(';
}

void M4Engine::expand(const Token& name) {
  const bool hash = hash_;
  if (++depth_ > deepest_call) {
    result_.too_large = true;
    steps_ = most_steps;
    --depth_;
    return;
  }
  auto arguments = arguments_of(name);
  --depth_;
  if (!arguments) return;
  hash_ = hash;
  call_ = name.where;
  const auto found = macros_.find(name.text);
  if (found != macros_.end() && !found->second.empty()) {
    input_.push_back(filled(name.text, found->second.back().text, *arguments), name.where);
  } else if (library_is_here_ && vocabulary_.is_recorded(name.text)) {
    record(name, *std::move(arguments));
  } else if (const auto* builtin = m4_builtin(name.text)) {
    input_.push_back(builtin->run(*this, *arguments), name.where);
  }
}

std::optional<M4Engine::Arguments> M4Engine::arguments_of(const Token& name) {
  Arguments arguments;
  if (input_.peek() != '(') return arguments;
  input_.take();
  for (bool more = true; more;) {
    while (is_blank(input_.peek())) input_.take();
    std::string text;
    more = argument(text);
    arguments.push_back(std::move(text));
    if (input_.peek() == M4Input::end && more) {
      result_.problems.push_back({"end of file in argument list of " + name.text, name.where});
      return std::nullopt;
    }
    if (is_exhausted()) return std::nullopt;
  }
  return arguments;
}

// True if a comma ended it.
bool M4Engine::argument(std::string& text) {
  std::size_t parentheses = 0;
  while (!is_exhausted() && text.size() <= most_bytes) {
    const int byte = input_.peek();
    if (byte == M4Input::end) return true;
    const bool plain = !input_.starts_with(open_) && !input_.starts_with(comment_);
    if (plain && parentheses == 0 && (byte == ',' || byte == ')')) return input_.take() == ',';
    if (plain && byte == '(') ++parentheses;
    if (plain && byte == ')') --parentheses;
    const auto token = next();
    if (token.kind == Token::Kind::name && expands(token)) {
      expand(token);
    } else {
      text += token.text;
    }
  }
  return false;
}

std::string M4Engine::filled(const std::string& name, const std::string& body,
                             const Arguments& arguments) const {
  std::string text;
  for (std::size_t at = 0; at < body.size() && text.size() <= most_bytes; ++at) {
    const char next = at + 1 < body.size() ? body[at + 1] : ' ';
    if (body[at] != '$') {
      text += body[at];
    } else if (next >= '0' && next <= '9') {
      const auto index = static_cast<std::size_t>(next - '0');
      if (index == 0) text += name;
      if (index > 0 && index <= arguments.size()) text += arguments[index - 1];
      ++at;
    } else if (next == '#') {
      text += std::to_string(arguments.size());
      ++at;
    } else if (next == '*' || next == '@') {
      for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index > 0) text += ',';
        text += next == '@' ? quoted(arguments[index]) : arguments[index];
      }
      ++at;
    } else {
      text += '$';
    }
  }
  return text;
}

void M4Engine::record(const Token& name, Arguments arguments) {
  for (auto& argument : arguments) std::erase_if(argument, [](char c) { return c == '`'; });
  for (auto& argument : arguments) std::erase_if(argument, [](char c) { return c == '\''; });
  if (const int* diversion = vocabulary_.begins(name.text)) diversion_ = *diversion;
  result_.calls.push_back({name.text, std::move(arguments), name.where, hash_});
}

}  // namespace relayproof::sendmail
