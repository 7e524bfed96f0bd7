#include "dialects/postfix/pattern_table.h"

#include <array>

#include "base/text.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

using patterns::Options;

/// A letter behind the closing delimiter turns its option round.
struct Flag {
  char letter;
  bool Options::*option;
};
constexpr std::array pcre_flags = {
    Flag{'i', &Options::ignore_case}, Flag{'m', &Options::multiline},
    Flag{'s', &Options::dot_all},     Flag{'x', &Options::extended},
    Flag{'A', &Options::anchored},    Flag{'E', &Options::dollar_endonly},
    Flag{'U', &Options::ungreedy},
};
constexpr std::array regexp_flags = {
    Flag{'i', &Options::ignore_case},
    Flag{'m', &Options::multiline},
};

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(std::string_view text, std::string_view word) {
  return starts_with_ignoring_case(text, word) &&
         (text.size() == word.size() || !is_alphanumeric(text[word.size()]));
}

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

class PatternReader {
 public:
  PatternReader(PatternTable& table, PatternSyntax syntax, const CountGroups& count_groups)
      : table_(&table), is_pcre_(syntax == PatternSyntax::pcre), count_groups_(&count_groups) {}

  void read(const TableLine& line) {
    line_ = line.line;
    if (line.misplaced) return say("a line that begins with white space is ignored");
    rest_ = trim_blanks(line.text);
    if (rest_.empty()) return;
    auto row = read_row();
    if (!row) return say(row.error().message + ": this row is skipped");
    row->line = line_;
    row->end = static_cast<std::uint32_t>(table_->rows.size());
    if (row->op == PatternRow::Op::end_of_block) {
      table_->rows[open_.back()].end = row->end;
      open_.pop_back();
    } else if (row->op == PatternRow::Op::block) {
      open_.push_back(row->end);
    }
    table_->rows.push_back(std::move(*row));
  }

  void finish() {
    for (const auto block : open_) {
      table_->rows[block].end = static_cast<std::uint32_t>(table_->rows.size());
      line_ = table_->rows[block].line;
      say("this if has no endif");
    }
  }

 private:
  Result<PatternRow> read_row() {
    if (!is_alphanumeric(rest_.front())) return read_match();
    if (is_word(rest_, "if")) return read_block();
    if (is_word(rest_, "endif")) return read_end();
    return failure("neither a pattern nor if or endif");
  }

  Result<PatternRow> read_match() {
    PatternRow row;
    auto pattern = read_pattern();
    if (!pattern) return tl::unexpected(pattern.error());
    row.pattern = *pattern;
    if (!is_pcre_ && rest_.starts_with('!')) {
      auto second = read_pattern();
      if (!second) return tl::unexpected(second.error());
      row.also = *second;
    }
    row.text = skip_blanks(rest_);
    if (row.text.empty()) say("a row without a result has an empty one");
    auto result = parse_result(row.text);
    if (!result) return tl::unexpected(result.error());
    row.result = std::move(*result);
    if (row.result.groups > 0 && row.pattern.negated) {
      return failure("a pattern with ! captures nothing for $1");
    }
    if (const auto fit = check_groups(row); !fit) return tl::unexpected(fit.error());
    return row;
  }

  Result<PatternRow> read_block() {
    rest_ = skip_blanks(rest_.substr(2));
    PatternRow row;
    row.op = PatternRow::Op::block;
    auto pattern = read_pattern();
    if (!pattern) return tl::unexpected(pattern.error());
    row.pattern = *pattern;
    if (!skip_blanks(rest_).empty()) {
      say("text behind an if is ignored; rows within a block must not be indented");
    }
    if (const auto fit = check_groups(row); !fit) return tl::unexpected(fit.error());
    return row;
  }

  Result<PatternRow> read_end() {
    if (open_.empty()) return failure("an endif without an if");
    if (!skip_blanks(rest_.substr(5)).empty()) say("text behind endif is ignored");
    PatternRow row;
    row.op = PatternRow::Op::end_of_block;
    return row;
  }

  /// Takes `!/text/flags` off the rest.
  Result<PatternText> read_pattern() {
    PatternText pattern;
    for (; !rest_.empty() && (rest_.front() == '!' || is_blank(rest_.front()));
         rest_.remove_prefix(1)) {
      if (rest_.front() == '!') pattern.negated = !pattern.negated;
    }
    if (rest_.empty()) return failure("no pattern");
    const char delimiter = rest_.front();
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != delimiter) end += rest_[end] == '\\' ? 2 : 1;
    // regexp: takes a backslash that ends the line for the closing delimiter.
    if (!is_pcre_ && end == rest_.size() + 1) end = rest_.size() - 1;
    if (end >= rest_.size()) return failure(std::string("no closing ") + delimiter);
    pattern.text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (const auto flags = read_flags(pattern); !flags) return tl::unexpected(flags.error());
    return pattern;
  }

  Result<bool> read_flags(PatternText& pattern) {
    pattern.flavour = is_pcre_ ? patterns::Flavour::pcre : patterns::Flavour::posix_extended;
    pattern.options.ignore_case = true;
    pattern.options.dot_all = is_pcre_;
    for (; !rest_.empty() && !is_blank(rest_.front()); rest_.remove_prefix(1)) {
      if (!is_pcre_ && rest_.front() == '!') break;
      if (!flip(pattern, rest_.front())) {
        return failure(std::string("an unknown flag ") + rest_.front());
      }
    }
    return true;
  }

  bool flip(PatternText& pattern, char letter) {
    const Flag* begin = is_pcre_ ? pcre_flags.data() : regexp_flags.data();
    const Flag* end = begin + (is_pcre_ ? pcre_flags.size() : regexp_flags.size());
    for (const Flag* flag = begin; flag != end; ++flag) {
      if (flag->letter != letter) continue;
      pattern.options.*(flag->option) = !(pattern.options.*(flag->option));
      return true;
    }
    if (is_pcre_ && letter == 'X') {
      say("the flag X means nothing to PCRE2");
      return true;
    }
    if (is_pcre_ || letter != 'x') return false;
    pattern.flavour = pattern.flavour == patterns::Flavour::posix_basic
                          ? patterns::Flavour::posix_extended
                          : patterns::Flavour::posix_basic;
    return true;
  }

  Result<bool> check_groups(const PatternRow& row) const {
    if (!*count_groups_) return true;
    const auto groups = (*count_groups_)(row.pattern);
    if (!groups) return tl::unexpected(groups.error());
    if (row.result.groups > *groups) {
      return failure("the pattern has no group " + std::to_string(row.result.groups));
    }
    if (!row.also) return true;
    if (const auto second = (*count_groups_)(*row.also); !second) {
      return tl::unexpected(second.error());
    }
    return true;
  }

  void say(std::string_view what) { note(table_->problems, {table_->text->file, line_, 1}, what); }

  PatternTable* table_;
  bool is_pcre_;
  const CountGroups* count_groups_;
  std::vector<std::uint32_t> open_;
  std::string_view rest_;
  std::uint32_t line_ = 0;
};

}  // namespace

PatternTable parse_pattern_table(std::string file, std::shared_ptr<const std::string> content,
                                 PatternSyntax syntax, const TableOptions&,
                                 const CountGroups& count_groups) {
  PatternTable table;
  const auto text = make_table_text(std::move(file), std::move(content));
  table.text = text;
  PatternReader reader(table, syntax, count_groups);
  TableLines lines(*text);
  for (TableLine line; lines.next(line);) reader.read(line);
  reader.finish();
  return table;
}

namespace {

/// Whether the row's condition holds. What makes the engine give up never holds, negated or not.
bool holds(const PatternText& pattern, std::string_view key, const Finds& finds) {
  const auto found = finds(pattern, key);
  return found && *found != pattern.negated;
}

}  // namespace

const PatternRow* find_row(const PatternTable& table, std::string_view key, const Finds& finds) {
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const PatternRow& row = table.rows[i];
    if (row.op == PatternRow::Op::end_of_block) continue;
    const bool applies =
        holds(row.pattern, key, finds) && (!row.also || holds(*row.also, key, finds));
    if (row.op == PatternRow::Op::match && applies) return &row;
    if (row.op == PatternRow::Op::block && !applies) i = row.end;
  }
  return nullptr;
}

}  // namespace relayproof::postfix
