#include "dialects/sendmail/cf_tokens.h"

#include <optional>
#include <utility>

#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t most_tokens = 1000;      // MAXATOM
constexpr std::size_t longest_token = 256;     // MAXNAME
constexpr std::size_t longest_address = 1250;  // PSBUFSIZE, less what is kept free

}  // namespace

// Reads one text. A character that ends a token is kept until the next one begins.
class TokenScanner {
 public:
  using Kind = Tokenizer::Kind;

  TokenScanner(std::string_view text, const Tokenizer::Table& kinds,
               const Tokenizer::Options& options)
      : text_(text), kinds_(kinds), options_(options) {}

  Tokenizer::Result run() {
    while (!ended_) {
      token_.clear();
      if (!read_token()) return too_long("553 5.1.1 Address too long");
      if (token_.empty()) continue;
      ++used_;
      if (found_.tokens.size() >= most_tokens)
        return too_long("553 5.1.0 prescan: too many tokens");
      if (token_.size() > longest_token) return too_long("553 5.1.0 prescan: token too long");
      found_.tokens.push_back(token_);
    }
    found_.end = at_ > 0 ? at_ - 1 : 0;
    return std::move(found_);
  }

 private:
  enum class Step : std::uint8_t { drop, take, stop };

  // False if the address is too long.
  bool read_token() {
    for (;;) {
      if (held_ && !after_backslash_) {
        if (used_ >= longest_address) return false;
        ++used_;
        token_ += *held_;
      }
      if (!next()) return true;
      const Step step = special();
      if (step == Step::drop) continue;
      if (step == Step::stop) {
        ended_ = true;
        return true;
      }
      if (advance(kinds_[static_cast<unsigned char>(*held_)])) return true;
    }
  }

  // The next character; false at the end. What is open then is closed, and complained about.
  bool next() {
    if (at_ < text_.size() && text_[at_] != '\0') {
      held_ = text_[at_++];
      return !is_delimiter();
    }
    ++at_;
    held_.reset();
    if (options_.forgive || !(held_ = missing_end())) {
      ended_ = true;
      return false;
    }
    --at_;
    return true;
  }

  bool is_delimiter() {
    if (*held_ != options_.delimiter || options_.delimiter == '\0' || comments_ > 0 || quoted()) {
      return false;
    }
    if (angles_ <= 0) {
      ended_ = true;
      return true;
    }
    if (options_.delimiter == ',' && !route_ && !options_.forgive) {
      complain("Unbalanced '<'");
      held_ = '>';
      --at_;
    }
    return false;
  }

  std::optional<char> missing_end() {
    if (quoted()) {
      complain("Unbalanced '\"'");
      return '"';
    }
    if (comments_ > 0) {
      complain("Unbalanced '('");
      return ')';
    }
    if (angles_ > 0) {
      complain("Unbalanced '<'");
      return '>';
    }
    return std::nullopt;
  }

  // Backslashes, comments, angle brackets.
  Step special() {
    if (after_backslash_) {
      after_backslash_ = false;
      if (comments_ > 0) return drop();
      if (*held_ != '!' || quoted()) {
        ++used_;
        token_ += '\\';
        return Step::drop;  // the character itself is stored next
      }
    }
    const char c = *held_;
    const bool comments = kinds_[static_cast<unsigned char>('(')] == Kind::space;
    if (c == '\\') {
      after_backslash_ = true;
    } else if (quoted()) {
      // Everything is as written.
    } else if (c == '(' && comments) {
      ++comments_;
      return drop();
    } else if (c == ')' && comments) {
      return end_comment();
    } else if (comments_ > 0) {
      return drop();
    } else if (c == '<') {
      begin_angle();
    } else if (c == '>') {
      if (!end_angle()) return drop();
    } else if (options_.delimiter == ' ' && is_blank(c)) {
      held_ = ' ';
    }
    const bool ends = options_.delimiter != '\0' && *held_ == options_.delimiter;
    return ends && angles_ <= 0 && !quoted() ? Step::stop : Step::take;
  }

  Step drop() {
    held_.reset();
    return Step::drop;
  }

  // A parenthesis that closes nothing stays where that is forgiven; else it counts as a space.
  Step end_comment() {
    if (comments_ > 0) {
      --comments_;
      return Step::take;
    }
    if (options_.forgive) return Step::take;
    complain("Unbalanced ')'");
    return drop();
  }

  void begin_angle() {
    ++angles_;
    std::size_t ahead = at_;
    while (ahead < text_.size() && is_blank(text_[ahead])) ++ahead;
    if (ahead < text_.size() && text_[ahead] == '@') route_ = true;
  }

  bool end_angle() {
    route_ = false;
    if (angles_ > 0) {
      --angles_;
      return true;
    }
    if (options_.forgive) return true;
    complain("Unbalanced '>'");
    return false;
  }

  // The state machine of the tokens: true if a token ends before this character.
  bool advance(Kind kind) {
    const Kind before = state_;
    if (before == Kind::quote) {
      state_ = kind == Kind::quote ? Kind::operator_ : Kind::quote;
      return false;
    }
    if (before == Kind::single) {
      state_ = Kind::operator_;
      return false;
    }
    state_ = kind;
    if (kind == Kind::space) {
      held_.reset();
      return before != Kind::space;
    }
    return before == Kind::operator_ || (before == Kind::atom && kind != Kind::atom);
  }

  Tokenizer::Result too_long(std::string what) {
    found_.tokens.clear();
    found_.complaints.push_back(std::move(what));
    return std::move(found_);
  }
  bool quoted() const { return state_ == Kind::quote; }
  void complain(std::string_view what) { found_.complaints.push_back("553 " + std::string(what)); }

  std::string_view text_;
  const Tokenizer::Table& kinds_;
  Tokenizer::Options options_;
  Tokenizer::Result found_;
  std::string token_;
  std::optional<char> held_;
  std::size_t at_ = 0, used_ = 0;
  Kind state_ = Kind::atom;
  int comments_ = 0, angles_ = 0;
  bool after_backslash_ = false, route_ = false, ended_ = false;
};

Tokenizer::Tokenizer(std::string_view operator_characters) {
  for (Table& table : tables_) {
    table.fill(Kind::atom);
    for (const char blank : {' ', '\t', '\n', '\v', '\f', '\r', '(', ')'}) {
      table[static_cast<unsigned char>(blank)] = Kind::space;
    }
    table[static_cast<unsigned char>('"')] = Kind::quote;
  }
  for (const Scan scan : {Scan::rule, Scan::with_comments}) {
    Table& table = tables_[static_cast<std::size_t>(scan)];
    for (unsigned byte = 0x80; byte < 0xA0; ++byte) table[byte] = Kind::operator_;
    for (const char each : {op::deferred, op::in_class, op::not_in_class, op::replacement}) {
      table[static_cast<unsigned char>(each)] = Kind::single;
    }
  }
  Table& kept = tables_[static_cast<std::size_t>(Scan::with_comments)];
  kept[static_cast<unsigned char>('(')] = kept[static_cast<unsigned char>(')')] = Kind::operator_;
  // These delimit in every configuration.
  const std::string all = std::string(operator_characters.substr(0, 39)) + "()<>,;\r\n";
  for (const char each : all) {
    for (Table& table : tables_) {
      Kind& kind = table[static_cast<unsigned char>(each)];
      if (kind == Kind::atom) kind = Kind::operator_;
    }
  }
}

Tokenizer::Result Tokenizer::cut(std::string_view text, const Options& options) const {
  return TokenScanner(text, tables_[static_cast<std::size_t>(options.scan)], options).run();
}

std::string Tokenizer::join(const std::string* first, const std::string* last, char space) const {
  const Table& kinds = tables_[static_cast<std::size_t>(Scan::rule)];
  std::string out;
  bool after_word = false;
  for (const std::string* each = first; each != last; ++each) {
    const char begin = each->empty() ? '\0' : each->front();
    const bool word = kinds[static_cast<unsigned char>(begin)] == Kind::atom;
    if (word && after_word) out += space;
    out += *each;
    after_word = word;
  }
  return out;
}

}  // namespace relayproof::sendmail
