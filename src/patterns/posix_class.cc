#include "patterns/bracket.h"

namespace relayproof::patterns {
namespace {

/// Bytes whose place in ranges does not depend on the locale.
bool is_ascii(unsigned char value) { return value < 128; }

class ClassReader {
 public:
  ClassReader(Cursor& cursor, bool ignore_case) : cursor_(cursor), ignore_case_(ignore_case) {}

  /// The members before negation, in capitals where case is ignored.
  std::optional<ByteSet> members();

 private:
  std::optional<unsigned char> single();
  std::optional<ByteSet> named();
  bool add(ByteSet& set);

  Cursor& cursor_;
  bool ignore_case_;
};

std::optional<ByteSet> ClassReader::members() {
  ByteSet set;
  bool first = true;
  for (; first || !cursor_.take("]"); first = false) {
    if (!cursor_.more()) return std::nullopt;
    // Only the first, the last and the end of a range may be a dash.
    const bool dash = cursor_.peek() == '-' && cursor_.peek(1) != ']';
    if (dash && !first) return std::nullopt;
    if (!add(set)) return std::nullopt;
  }
  return set;
}

/// Adds one element. False if it is not understood.
bool ClassReader::add(ByteSet& set) {
  if (cursor_.take("[:")) {
    const auto members = named();
    if (!members) return false;
    set |= *members;
    return true;
  }
  const auto from = single();
  if (!from) return false;
  set |= byte(*from);
  if (cursor_.peek() != '-' || cursor_.peek(1) == ']') return true;
  ++cursor_.at;
  if (cursor_.sees("[:")) return false;
  const auto to = single();
  if (!to || *to < *from || !is_ascii(*to)) return false;
  set |= byte_range(*from, *to);
  return true;
}

/// A byte as it stands, or as `[.x.]` or `[=x=]`.
std::optional<unsigned char> ClassReader::single() {
  if (!cursor_.more()) return std::nullopt;
  auto value = static_cast<unsigned char>(cursor_.next());
  const char kind = cursor_.peek();
  if (value == '[' && (kind == '.' || kind == '=')) {
    const bool closed = cursor_.peek(2) == kind && cursor_.peek(3) == ']';
    if (!closed) return std::nullopt;
    value = static_cast<unsigned char>(cursor_.peek(1));
    cursor_.at += 4;
  }
  return ignore_case_ ? to_upper(value) : value;
}

std::optional<ByteSet> ClassReader::named() {
  const auto end = cursor_.rest().find(":]");
  if (end == std::string_view::npos) return std::nullopt;
  auto name = cursor_.rest().substr(0, end);
  cursor_.at += end + 2;
  if (ignore_case_ && (name == "upper" || name == "lower")) name = "alpha";
  // PCRE's own.
  if (name == "word" || name == "ascii") return std::nullopt;
  const ByteSet members = named_class(name);
  return members.none() ? std::nullopt : std::optional(members);
}

}  // namespace

std::optional<ByteSet> posix_class(Cursor& cursor, bool ignore_case, const ByteSet& never_negated) {
  const bool negated = cursor.take("^");
  const auto members = ClassReader(cursor, ignore_case).members();
  if (!members) return std::nullopt;
  ByteSet set;
  // glibc turns the pattern and the subject to capitals, so ranges are those of the capitals.
  for (std::size_t value = 0; value < set.size(); ++value) {
    const auto compared = static_cast<unsigned char>(value);
    set[value] = (*members)[ignore_case ? to_upper(compared) : compared];
  }
  return negated ? ~(set | never_negated) : set;
}

}  // namespace relayproof::patterns
