#include "dialects/postfix/table_rows.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

using Results = std::vector<std::uint32_t>;

bool has_upper(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::shared_ptr<const std::string> share(const std::shared_ptr<const Table>& table,
                                         const std::string& text) {
  return {table, &text};
}

SourceRange place(const Table& table, std::uint32_t line) {
  return {table.file, line, line == 0 ? 0U : 1U};
}

// The results of rows in their order, asking for each distinct text but once.
class RowResults {
 public:
  RowResults(const Table& table, const ResultOf& result_of, Literals literals)
      : table_(table), result_of_(result_of), literals_(literals) {}

  std::uint32_t of(const Row& row) {
    if (literals_ == Literals::alike) {
      if (!alike_) alike_ = ask(row);
      return *alike_;
    }
    if (last_ && last_->first == row.value) return last_->second;
    const auto known = by_text_.find(row.value);
    last_ = {row.value, known == by_text_.end() ? ask(row) : known->second};
    if (known == by_text_.end()) by_text_.insert(*last_);
    return last_->second;
  }

 private:
  std::uint32_t ask(const Row& row) const {
    return result_of_(
        {row.value, table_.name.text, place(table_, row.line), nullptr, std::nullopt});
  }

  const Table& table_;
  const ResultOf& result_of_;
  Literals literals_;
  std::optional<std::uint32_t> alike_;
  std::optional<std::pair<std::string_view, std::uint32_t>> last_;
  std::unordered_map<std::string_view, std::uint32_t> by_text_;
};

// Keys in lower case, as they are asked; most are so already and stay where they are.
std::shared_ptr<const std::string> folded_keys(const std::vector<Row>& rows) {
  auto folded = std::make_shared<std::string>();
  std::size_t size = 0;
  for (const auto& row : rows) size += has_upper(row.key) ? row.key.size() : 0;
  folded->reserve(size);
  for (const auto& row : rows) {
    if (has_upper(row.key)) folded->append(to_lower(row.key));
  }
  return folded;
}

Results results_of_rows(const Table& table, const ResultOf& result_of, Literals literals) {
  RowResults asked(table, result_of, literals);
  Results results;
  results.reserve(table.rows->rows.size());
  for (const auto& row : table.rows->rows) results.push_back(asked.of(row));
  return results;
}

void fill_literals(policy::Table& lowered, const std::shared_ptr<const Table>& table,
                   const Results& results) {
  const auto& rows = table->rows->rows;
  const auto folded = folded_keys(rows);
  lowered.storage = {share(table, *table->rows->text->content), folded};
  lowered.literals.reserve(rows.size());
  std::size_t used = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string_view key = rows[i].key;
    if (has_upper(key)) {
      key = std::string_view(*folded).substr(used, key.size());
      used += key.size();
    }
    const policy::Row row{results[i], rows[i].line, rows[i].value};
    if (table->duplicates == RowIndex::Duplicates::last) {
      lowered.literals.insert_or_assign(key, row);
    } else {
      lowered.literals.try_emplace(key, row);
    }
  }
}

std::optional<patterns::Pattern> compiled(const PatternText& text) {
  auto pattern = patterns::Pattern::compile(text.text, text.flavour, text.options);
  if (!pattern) return std::nullopt;
  return *std::move(pattern);
}

// A pattern's rows in their order; blocks become conditions of the rows inside them.
class PatternRows {
 public:
  PatternRows(PolicyBuilder& builder, const Table& table, const ResultOf& result_of)
      : builder_(builder), table_(table), result_of_(result_of) {}

  std::vector<policy::PatternRow> lower() {
    const auto& rows = table_.patterns->rows;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      while (!blocks_.empty() && blocks_.back().end <= i) blocks_.pop_back();
      if (rows[i].op == PatternRow::Op::block) enter(rows[i]);
      if (rows[i].op == PatternRow::Op::match) add(rows[i]);
    }
    return std::move(lowered_);
  }

 private:
  struct Block {
    std::uint32_t end = 0;
    bool negated = false;
    std::optional<patterns::Pattern> pattern;
  };

  void enter(const PatternRow& row) {
    blocks_.push_back({row.end, row.pattern.negated, compiled(row.pattern)});
  }

  void add(const PatternRow& native) {
    auto pattern = compiled(native.pattern);
    if (!pattern) return;  // Postfix skips what its engine does not take
    policy::PatternRow row{*pattern, native.pattern.negated, {}, {}, {}};
    for (const auto& block : blocks_) {
      if (block.pattern) (block.negated ? row.unless : row.only_if).push_back(*block.pattern);
    }
    if (native.also) {
      auto also = compiled(*native.also);
      if (!also) return;
      (native.also->negated ? row.unless : row.only_if).push_back(*std::move(also));
    }
    row.row = result(native, *pattern);
    lowered_.push_back(std::move(row));
  }

  policy::Row result(const PatternRow& native, const patterns::Pattern& pattern) {
    const bool has_holes = native.result.groups > 0;
    const auto& parts = native.result.parts;
    // `$$` is a dollar in the text of a part.
    const std::string_view text =
        !has_holes && parts.size() == 1 ? std::string_view(parts[0].text) : native.text;
    RowValue value{text, table_.name.text, place(table_, native.line), nullptr, std::nullopt};
    if (has_holes) {
      value.holes = &native.result;
      value.pattern = builder_.pattern(pattern);
    }
    return {result_of_(value), native.line, text};
  }

  PolicyBuilder& builder_;
  const Table& table_;
  const ResultOf& result_of_;
  std::vector<Block> blocks_;
  std::vector<policy::PatternRow> lowered_;
};

Results results_of_patterns(const std::vector<policy::PatternRow>& rows) {
  Results results;
  for (const auto& row : rows) results.push_back(row.row.result);
  return results;
}

policy::Table named(const Table& table) {
  policy::Table lowered;
  lowered.name = table.name.text;
  lowered.file = table.file;
  return lowered;
}

// The table that is there already, or the one that `make` makes.
template <class Make>
std::uint32_t known_or_made(PolicyBuilder& builder, const Table& table, Results results,
                            const Make& make) {
  auto& known = builder.known_tables[table.name.text];
  const auto same = std::find_if(known.begin(), known.end(),
                                 [&](const auto& one) { return one.results == results; });
  if (same != known.end()) return same->table;
  const auto index = builder.table(make(results));
  known.push_back({std::move(results), index});
  return index;
}

}  // namespace

bool has_rows(const Table& table) {
  return table.standing == Standing::read &&
         (table.rows || table.patterns || table.name.table_class == TableClass::value);
}

RowKinds row_kinds(const Table& table) {
  RowKinds kinds;
  kinds.patterns = table.patterns != nullptr;
  kinds.bare = table.name.table_class == TableClass::value;
  if (!table.rows) return kinds;
  for (const auto& row : table.rows->rows) {
    kinds.bare = kinds.bare || row.key.find('@') == std::string_view::npos;
    kinds.quoted = kinds.quoted || row.key.starts_with('"');
  }
  return kinds;
}

std::uint32_t lower_rows(PolicyBuilder& builder, const std::shared_ptr<const Table>& table,
                         const ResultOf& result_of, Literals literals) {
  if (table->rows) {
    return known_or_made(builder, *table, results_of_rows(*table, result_of, literals),
                         [&](const Results& results) {
                           auto lowered = named(*table);
                           fill_literals(lowered, table, results);
                           return lowered;
                         });
  }
  if (table->patterns) {
    auto rows = PatternRows(builder, *table, result_of).lower();
    auto results = results_of_patterns(rows);
    return known_or_made(builder, *table, std::move(results), [&](const Results&) {
      auto lowered = named(*table);
      lowered.patterns = std::move(rows);
      lowered.storage = {share(table, table->name.text)};
      return lowered;
    });
  }
  const std::string_view value = table->values.at(0);
  const auto result = result_of({value, table->name.text, {}, nullptr, std::nullopt});
  return known_or_made(builder, *table, {result}, [&](const Results&) {
    auto lowered = named(*table);
    lowered.everything = policy::Row{result, 0, value};
    lowered.storage = {share(table, table->values.at(0))};
    return lowered;
  });
}

}  // namespace relayproof::postfix
