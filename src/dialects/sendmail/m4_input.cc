#include "dialects/sendmail/m4_input.h"

#include <algorithm>
#include <utility>

namespace relayproof::sendmail {

void M4Input::push_text(std::string text, const std::string& file) {
  Source source;
  source.text = std::move(text);
  source.where = {file, 1, 1};
  sources_.push_back(std::move(source));
}

void M4Input::push_back(std::string text, const SourceRange& where) {
  if (text.empty()) return;
  drop_finished();
  Source source;
  source.text = std::move(text);
  source.where = where;
  source.rescanned = true;
  source.hash = behind_hash();
  source.blank = false;
  sources_.push_back(std::move(source));
}

// Texts that are read to their end go, so that rescanning without end stays small.
void M4Input::drop_finished() const {
  while (!sources_.empty() && sources_.back().next >= sources_.back().text.size()) {
    sources_.pop_back();
  }
}

int M4Input::peek() const {
  drop_finished();
  if (sources_.empty()) return end;
  return static_cast<unsigned char>(sources_.back().text[sources_.back().next]);
}

int M4Input::take() {
  const int byte = peek();
  if (byte == end) return end;
  auto& source = sources_.back();
  ++source.next;
  if (source.rescanned) return byte;
  if (byte == '\n') {
    ++source.where.line;
    source.where.column = 1;
    source.hash = false;
    source.blank = true;
  } else {
    ++source.where.column;
    if (byte == '#' && source.blank) source.hash = true;
    if (byte != ' ' && byte != '\t') source.blank = false;
  }
  return byte;
}

// Delimiters do not reach over the end of a text.
bool M4Input::starts_with(std::string_view word) const {
  if (word.empty() || peek() == end) return false;
  const auto& source = sources_.back();
  return std::string_view(source.text).substr(source.next).starts_with(word);
}

void M4Input::skip(std::size_t count) {
  for (std::size_t taken = 0; taken < count; ++taken) take();
}

SourceRange M4Input::where() const {
  drop_finished();
  return sources_.empty() ? SourceRange() : sources_.back().where;
}

bool M4Input::behind_hash() const {
  const auto text = std::find_if(sources_.rbegin(), sources_.rend(),
                                 [](const Source& source) { return !source.rescanned; });
  return text != sources_.rend() && text->hash;
}

}  // namespace relayproof::sendmail
