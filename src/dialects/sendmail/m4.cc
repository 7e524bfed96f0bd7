#include "dialects/sendmail/m4.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/m4_engine.h"

namespace relayproof::sendmail {
namespace {

// Beyond any real file; what m4 itself would do is to go on for ever.
constexpr std::size_t most_steps = 2'000'000;
constexpr std::size_t most_bytes = 8'000'000;
constexpr std::size_t most_texts = 500;
constexpr std::size_t deepest_call = 100;

bool begins_name(int byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

bool goes_on_name(int byte) { return begins_name(byte) || (byte >= '0' && byte <= '9'); }

bool is_blank(int byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

// A line that includes it, which nothing in front ends.
bool includes_library(std::string_view text) {
  for (const auto line : split(text, '\n')) {
    const auto include = line.find("include(");
    if (include != std::string_view::npos && line.find("cf.m4", include) != line.npos &&
        line.substr(0, include).find("dnl") == std::string_view::npos &&
        !trim(line).starts_with('#')) {
      return true;
    }
  }
  return false;
}

}  // namespace

void M4Engine::predefine(const std::string& name, const std::string& text) {
  macros_[name] = {{text, {}, true}};
}

M4Result M4Engine::run(std::string_view text, const std::string& path) {
  // Without the include it is named in front of this file, on m4's command line.
  library_is_here_ = !includes_library(text);
  if (library_is_here_) comment_.clear();
  result_.files.push_back(path);
  input_.push_text(std::string(text), path);
  read_all();
  put_lines();
  for (const auto& [name, stack] : macros_) {
    if (!stack.empty() && !stack.back().is_given) {
      result_.definitions[name] = {stack.back().text, stack.back().where};
    }
  }
  return std::move(result_);
}

void M4Engine::read_all() {
  while (!is_exhausted()) {
    const auto token = next();
    if (token.kind == Token::Kind::end) return;
    if (token.kind == Token::Kind::name && expands(token)) {
      expand(token);
    } else {
      put(token.text, token.where);
    }
  }
}

bool M4Engine::is_exhausted() {
  ++steps_;
  if (steps_ <= most_steps && written_ <= most_bytes && input_.depth() <= most_texts) return false;
  result_.too_large = true;
  return true;
}

M4Engine::Token M4Engine::next() {
  Token token;
  token.where = input_.where();
  const int byte = input_.peek();
  if (byte == M4Input::end) return token;
  token.kind = Token::Kind::text;
  if (input_.starts_with(open_)) {
    token.text = quoted_text();
  } else if (input_.starts_with(comment_)) {
    token.text = comment_text();
  } else if (begins_name(byte)) {
    token.kind = Token::Kind::name;
    hash_ = input_.behind_hash();
    while (goes_on_name(input_.peek())) token.text += static_cast<char>(input_.take());
  } else {
    token.text = static_cast<char>(input_.take());
  }
  return token;
}

std::string M4Engine::quoted_text() {
  const auto where = input_.where();
  input_.skip(open_.size());
  std::string text;
  for (std::size_t depth = 1;;) {
    if (input_.peek() == M4Input::end || text.size() > most_bytes) {
      result_.problems.push_back({"end of file in string", where});
      return text;
    }
    if (input_.starts_with(close_)) {
      input_.skip(close_.size());
      if (--depth == 0) return text;
      text += close_;
    } else if (input_.starts_with(open_)) {
      input_.skip(open_.size());
      ++depth;
      text += open_;
    } else {
      text += static_cast<char>(input_.take());
    }
  }
}

std::string M4Engine::comment_text() {
  std::string text;
  for (int byte = input_.peek(); byte != M4Input::end && byte != '\n'; byte = input_.peek()) {
    text += static_cast<char>(input_.take());
  }
  return text;
}

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

void M4Engine::put(std::string_view text, const SourceRange& where) {
  if (diversion_ < 0) return;
  written_ += text.size();
  auto& line = open_lines_[diversion_];
  for (const char byte : text) {
    if (byte == '\n') {
      if (!trim(line.text).empty()) {
        line.diversion = diversion_;
        result_.lines.push_back(line);
      }
      line = {};
      continue;
    }
    if (trim(line.text).empty()) line.where = where;
    line.text += byte;
  }
}

void M4Engine::put_lines() {
  for (auto& [diversion, line] : open_lines_) {
    if (trim(line.text).empty()) continue;
    line.diversion = diversion;
    result_.lines.push_back(line);
  }
}

void M4Engine::define(const std::string& name, const std::string& text, bool pushes) {
  auto& stack = macros_[name];
  if (pushes || stack.empty()) {
    stack.push_back({text, call_, false});
  } else {
    stack.back() = {text, call_, false};
  }
}

void M4Engine::undefine(const std::string& name, bool pops) {
  auto& stack = macros_[name];
  if (pops && !stack.empty()) {
    stack.pop_back();
  } else {
    stack.clear();
  }
}

std::optional<std::string> M4Engine::definition(const std::string& name) const {
  const auto found = macros_.find(name);
  if (found == macros_.end() || found->second.empty()) return std::nullopt;
  return found->second.back().text;
}

void M4Engine::include(const std::string& path, bool may_be_missing) {
  const auto name = path.substr(path.rfind('/') + 1);
  if (name == "cf.m4") {
    library_is_here_ = true;
    comment_.clear();  // changecom()
    diversion_ = 0;
    return;
  }
  const auto content = files_.read(path);
  if (!content) {
    if (!may_be_missing) result_.missing.push_back({path, call_});
    return;
  }
  result_.files.push_back(path);
  input_.push_text(**content, path);
}

void M4Engine::drop_line() {
  for (int byte = input_.take(); byte != M4Input::end && byte != '\n'; byte = input_.take()) {
  }
}

void M4Engine::change_quotes(const std::string& open, const std::string& close) {
  open_ = open.empty() ? "`" : open;
  close_ = close.empty() ? "'" : close;
}

void M4Engine::complain(std::string says) { result_.problems.push_back({std::move(says), call_}); }

M4Result expand_m4(std::string_view text, const std::string& path, const FileSystem& files,
                   const M4Vocabulary& vocabulary,
                   const std::map<std::string, std::string, std::less<>>& predefined) {
  M4Engine engine(files, vocabulary);
  for (const auto& [name, value] : predefined) engine.predefine(name, value);
  return engine.run(text, path);
}

}  // namespace relayproof::sendmail
