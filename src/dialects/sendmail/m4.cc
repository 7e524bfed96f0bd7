#include "dialects/sendmail/m4.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/m4_engine.h"

namespace relayproof::sendmail {
namespace {

bool begins_name(int byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

bool goes_on_name(int byte) { return begins_name(byte) || (byte >= '0' && byte <= '9'); }

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
