// Left hand sides: a match is searched from the left, each wildcard first with as little as it can
// take, and what was matched last is tried longer first.
#include <algorithm>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/rewriting.h"

namespace relayproof::sendmail {
namespace {

class Matcher {
 public:
  Matcher(const Tokens& pattern, const Tokens& tokens, const Matching& with, MacroId& doubtful)
      : pattern_(pattern), tokens_(tokens), with_(with), doubtful_(doubtful) {}

  std::optional<Matched> run() {
    while (at_ < tokens_.size() || in_pattern_ < pattern_.size()) {
      if (!spend(1)) return std::nullopt;
      if (fits()) {
        ++in_pattern_;
      } else if (!back_up()) {
        return std::nullopt;
      }
    }
    Matched found;
    for (const Bound& each : bounds_) found.spans.push_back({each.first, each.end});
    return found;
  }

 private:
  struct Bound {
    std::size_t first, end, pattern;
  };

  // The pattern's next piece, on the tokens from here on.
  bool fits() {
    if (in_pattern_ >= pattern_.size()) return false;
    const std::string& piece = pattern_[in_pattern_];
    const char kind = piece.front();
    if (at_ >= tokens_.size() && kind != op::any && kind != op::host) return false;
    switch (kind) {
      case op::in_class:
        return extend_class(at_, at_);
      case op::not_in_class:
        return !is_in_class(tokens_[at_], piece) && bind(at_, at_ + 1);
      case op::one:
      case op::some:
        return bind(at_, at_ + 1);
      case op::any:
        return bind(at_, at_);
      case op::host:  // `$@` on the left: no token at all
        return true;
      case op::deferred:
        return fits_macro(piece);
      default:
        return equals_ignoring_case(piece, tokens_[at_]) && ++at_ > 0;
    }
  }

  bool spend(std::size_t pieces) {
    with_.budget -= std::min(with_.budget, pieces);
    return with_.budget > 0;
  }

  bool bind(std::size_t first, std::size_t end) {
    bounds_.push_back({first, end, in_pattern_});
    at_ = end;
    return true;
  }

  // As many tokens from `first` on, one beyond `end` at least, as make a member of the class.
  bool extend_class(std::size_t first, std::size_t end) {
    for (; end < tokens_.size() && spend(end + 1 - first); ++end) {
      const std::string phrase =
          with_.tokenizer.join(tokens_.data() + first, tokens_.data() + end + 1, with_.space);
      if (is_in_class(phrase, pattern_[in_pattern_])) return bind(first, end + 1);
    }
    return false;
  }

  bool is_in_class(const std::string& word, const std::string& piece) {
    if (piece.size() < 2) return false;
    const auto found = with_.cf.classes.find(static_cast<MacroId>(piece[1]));
    if (found == with_.cf.classes.end()) return false;
    if (found->second.has(word)) return true;
    if (!found->second.is_complete()) doubtful_ = found->first;
    return false;
  }

  // `$&x` on the left: the tokens are the macro's value, whatever tokens that would be cut into.
  bool fits_macro(const std::string& piece) {
    const auto found =
        piece.size() < 2 ? with_.macros.end() : with_.macros.find(static_cast<MacroId>(piece[1]));
    if (found == with_.macros.end()) return true;
    std::string_view rest = found->second.value;
    const std::size_t begin = at_;
    while (!rest.empty()) {
      if (at_ >= tokens_.size() || !starts_with_ignoring_case(rest, tokens_[at_])) {
        at_ = begin;
        return false;
      }
      rest.remove_prefix(tokens_[at_++].size());
    }
    return true;
  }

  bool back_up() {
    while (!bounds_.empty()) {
      const Bound last = bounds_.back();
      bounds_.pop_back();
      in_pattern_ = last.pattern;
      at_ = last.end;
      if (at_ >= tokens_.size()) continue;
      const char kind = pattern_[in_pattern_].front();
      const bool longer = kind == op::any || kind == op::some
                              ? bind(last.first, last.end + 1)
                              : kind == op::in_class && extend_class(last.first, last.end);
      if (longer) {
        ++in_pattern_;
        return true;
      }
    }
    return false;
  }

  const Tokens& pattern_;
  const Tokens& tokens_;
  const Matching& with_;
  MacroId& doubtful_;
  std::size_t at_ = 0, in_pattern_ = 0;
  std::vector<Bound> bounds_;
};

}  // namespace

std::optional<Matched> match(const Tokens& pattern, const Tokens& tokens, const Matching& with,
                             MacroId& doubtful) {
  return Matcher(pattern, tokens, with, doubtful).run();
}

}  // namespace relayproof::sendmail
