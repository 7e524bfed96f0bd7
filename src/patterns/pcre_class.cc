#include "patterns/bracket.h"

namespace relayproof::patterns {
namespace {

/// What stands between the brackets: a byte, which may begin a range, or a whole set.
struct Element {
  ByteSet set;
  std::optional<unsigned char> single;
};

class ClassReader {
 public:
  ClassReader(Cursor& cursor, bool ignore_case) : cursor_(cursor), ignore_case_(ignore_case) {}

  std::optional<ByteSet> read();

 private:
  std::optional<Element> element();
  std::optional<Element> escape();
  std::optional<Element> named();
  /// True where `[:` begins a class's name (or something we do not understand).
  bool at_name() const;
  void skip_quotes();

  Cursor& cursor_;
  bool ignore_case_;
  bool quoting_ = false;  ///< between \Q and \E
};

Element single(char c) {
  const auto value = static_cast<unsigned char>(c);
  return {byte(value), value};
}

std::optional<ByteSet> ClassReader::read() {
  const bool negated = cursor_.take("^");
  ByteSet set;
  bool first = true;
  for (;; first = false) {
    skip_quotes();
    if (!cursor_.more()) return std::nullopt;
    if (!first && !quoting_ && cursor_.take("]")) break;
    const auto from = element();
    if (!from) return std::nullopt;
    set |= from->set;
    skip_quotes();
    const bool dash = !quoting_ && cursor_.peek() == '-' && cursor_.peek(1) != ']';
    if (!dash) continue;
    ++cursor_.at;
    skip_quotes();
    // Behind a whole set a dash is itself in some versions and wrong in others.
    if (!from->single || !cursor_.more() || cursor_.peek() == ']') return std::nullopt;
    const auto to = element();
    if (!to || !to->single || *to->single < *from->single) return std::nullopt;
    set |= byte_range(*from->single, *to->single);
  }
  if (ignore_case_) set = with_both_cases(set);
  return negated ? ~set : set;
}

/// Takes \Q and \E.
void ClassReader::skip_quotes() {
  while (cursor_.sees("\\E") || (!quoting_ && cursor_.sees("\\Q"))) {
    quoting_ = cursor_.sees("\\Q");
    cursor_.at += 2;
  }
}

std::optional<Element> ClassReader::element() {
  if (quoting_) return single(cursor_.next());
  if (at_name()) return named();
  if (cursor_.sees("[.") || cursor_.sees("[=")) return std::nullopt;
  if (cursor_.take("\\")) return escape();
  return single(cursor_.next());
}

bool ClassReader::at_name() const {
  return cursor_.sees("[:") && cursor_.rest().find(":]") != std::string_view::npos;
}

std::optional<Element> ClassReader::named() {
  cursor_.at += 2;
  const bool negated = cursor_.take("^");
  auto name = cursor_.rest().substr(0, cursor_.rest().find(":]"));
  cursor_.at += name.size() + 2;
  if (ignore_case_ && (name == "upper" || name == "lower")) name = "alpha";
  const ByteSet members = named_class(name);
  if (members.none()) return std::nullopt;
  return Element{negated ? ~members : members, std::nullopt};
}

std::optional<Element> ClassReader::escape() {
  if (!cursor_.more()) return std::nullopt;
  const char letter = cursor_.next();
  if (const auto set = pcre_escaped_class(letter)) return Element{*set, std::nullopt};
  if (letter == 'b') return single('\b');
  const auto value = pcre_escaped_byte(cursor_, letter);
  return value ? std::optional(single(static_cast<char>(*value))) : std::nullopt;
}

}  // namespace

std::optional<ByteSet> pcre_class(Cursor& cursor, bool ignore_case) {
  return ClassReader(cursor, ignore_case).read();
}

}  // namespace relayproof::patterns
