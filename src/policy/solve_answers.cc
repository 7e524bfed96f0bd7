#include "policy/solve_answers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace relayproof::policy {
namespace {

using patterns::Bounds;
using patterns::Language;

Bounds exactly(const Language& language) { return {language, language}; }
Bounds nothing() { return exactly(Language::none()); }
Bounds perhaps(const Language& language) { return {Language::none(), language}; }

Bounds operator~(const Bounds& bounds) { return {~bounds.upper, ~bounds.lower}; }
Bounds operator&(const Bounds& one, const Bounds& other) {
  return {one.lower & other.lower, one.upper & other.upper};
}

// Rows in the order in which they are asked; neighbours with one result are one.
class Answers {
 public:
  void add(std::uint32_t result, const Bounds& texts) {
    if (runs_.empty() || runs_.back().result != result) runs_.push_back({result, {}, {}});
    runs_.back().lower.push_back(texts.lower);
    runs_.back().upper.push_back(texts.upper);
  }

  // The texts for which a row with the result comes first; without result: any row.
  Bounds giving(std::optional<std::uint32_t> result) const {
    std::vector<Language> lower;
    std::vector<Language> upper;
    Bounds before = nothing();  // rows with other results
    for (const auto& run : runs_) {
      const Bounds texts = {Language::union_of(run.lower), Language::union_of(run.upper)};
      if (!result || run.result == *result) {
        lower.push_back(texts.lower & ~before.upper);
        upper.push_back(texts.upper & ~before.lower);
      } else {
        before = {before.lower | texts.lower, before.upper | texts.upper};
      }
    }
    return {Language::union_of(lower), Language::union_of(upper)};
  }

  // The same for every result that occurs.
  template <class Visit>
  void each(const Visit& visit) const {
    std::map<std::uint32_t, bool> seen;
    for (const auto& run : runs_) {
      if (seen.emplace(run.result, true).second) visit(run.result, giving(run.result));
    }
  }

 private:
  struct Run {
    std::uint32_t result;
    std::vector<Language> lower;
    std::vector<Language> upper;
  };
  std::vector<Run> runs_;
};

Bounds matching(const PatternRow& row) {
  const Bounds& found = row.pattern.language();
  Bounds texts = row.negated ? ~found : found;
  for (const auto& pattern : row.only_if) texts = texts & pattern.language();
  for (const auto& pattern : row.unless) texts = texts & ~pattern.language();
  return texts;
}

bool asks_many(Key kind) {
  return kind == Key::parents || kind == Key::dotted_parents || kind == Key::host_parents ||
         kind == Key::dotted_host_parents;
}

// Whether the key of this kind can be the whole text, which pattern rows are asked for.
bool can_be_whole(Key kind) {
  return kind == Key::whole || kind == Key::local || kind == Key::local_at ||
         kind == Key::at_domain;
}

// Collects the rows of a lookup in the order in which they are asked.
class Asked {
 public:
  Asked(std::span<const Table> tables, const Lookup& lookup)
      : tables_(tables),
        lookup_(lookup),
        whole_first_(!lookup.keys.empty() && lookup.keys.front() == Key::whole) {
    for (const Key kind : lookup.keys) add_kind(kind);
  }
  const Answers& answers() const { return answers_; }

 private:
  // Of one length first, since the longer parent is asked first, and then of one table. Keys of
  // one length and one table are never asked of the same text.
  using Groups =
      std::map<std::pair<std::size_t, std::uint32_t>, std::map<std::uint32_t, std::vector<Shape>>>;

  void add_kind(Key kind) {
    for (const auto index : lookup_.tables) {
      const Table& table = tables_[index];
      if (table.everything) {
        add_everything(*table.everything, kind);
      } else if (!table.patterns.empty()) {
        add_patterns(table, kind);
      } else if (!asks_many(kind)) {
        add_literals({index}, kind);
      }
    }
    if (asks_many(kind)) add_literals(lookup_.tables, kind);
  }

  void add_everything(const Row& row, Key kind) {
    const bool sure = whole_first_ && kind == Key::whole;
    answers_.add(row.result,
                 {sure ? anything() & ~Language::text("") : Language::none(), anything()});
  }

  void add_patterns(const Table& table, Key kind) {
    const bool sure = whole_first_ && kind == Key::whole;
    if (!can_be_whole(kind) || (whole_first_ && !sure)) return;
    Answers rows;
    for (const auto& row : table.patterns) rows.add(row.row.result, matching(row));
    rows.each([&](std::uint32_t result, const Bounds& texts) {
      // No key is empty.
      const auto asked = exactly(~Language::text(""));
      answers_.add(result, sure ? texts & asked : perhaps(texts.upper));
    });
  }

  void add_literals(const std::vector<std::uint32_t>& tables, Key kind) {
    Groups groups;
    for (std::uint32_t position = 0; position < tables.size(); ++position) {
      for (const auto& [key, row] : tables_[tables[position]].literals) {
        if (key.empty()) continue;
        const std::size_t rank = asks_many(kind) ? ~key.size() : 0;
        auto& shapes = groups[{rank, position}][row.result];
        std::ranges::move(shapes_asking(kind, key, lookup_.extension_delimiters, Part::whole),
                          std::back_inserter(shapes));
      }
    }
    for (const auto& [place, by_result] : groups) {
      const Table& table = tables_[tables[place.second]];
      for (const auto& [result, shapes] : by_result) {
        answers_.add(result, asking(shapes, table.fold_case ? Case::any : Case::exact));
      }
    }
  }

  static Bounds asking(const std::vector<Shape>& shapes, Case letters) {
    std::vector<Language> lower;
    std::vector<Language> upper;
    for (const auto& shape : shapes) {
      upper.push_back(language_of(shape, letters));
      if (!shape.wider) lower.push_back(upper.back());
    }
    return {Language::union_of(lower), Language::union_of(upper)};
  }

  std::span<const Table> tables_;
  const Lookup& lookup_;
  bool whole_first_;  ///< the first kind of key is the whole text
  Answers answers_;
};

}  // namespace

patterns::Language anything() { return Language::all(); }

patterns::Language without_at() {
  return Language::one_of([](unsigned char byte) { return byte != '@'; }).repeated(0, {});
}

patterns::Language language_of(const TextShape& shape, Case letters, bool with_at) {
  const auto text = [&](const std::string& fixed) {
    return letters == Case::any ? Language::text_ignoring_case(fixed) : Language::text(fixed);
  };
  if (shape.fixed) return text(shape.prefix);
  const auto free = Language::one_of([&](unsigned char byte) { return with_at || byte != '@'; });
  return text(shape.prefix).then(free.repeated(shape.least, {})).then(text(shape.suffix));
}

patterns::Language language_of(const Shape& shape, Case letters) {
  auto local = language_of(shape.local, letters, shape.addressed);
  if (!shape.addressed) return local;
  return local.then(Language::text("@")).then(language_of(shape.domain, letters, false));
}

namespace {

// The texts that are asked for one of the table's literal keys with the result; anything if those
// are too many.
Language possibly_asked(const Table& table, const Lookup& lookup, std::uint32_t result) {
  std::vector<Language> texts;
  const Case letters = table.fold_case ? Case::any : Case::exact;
  const auto add = [&](Key kind, std::string_view key) {
    for (const auto& shape : shapes_asking(kind, key, lookup.extension_delimiters, Part::whole)) {
      texts.push_back(language_of(shape, letters));
    }
  };
  for (const auto& [key, row] : table.literals) {
    if (row.result != result || key.empty()) continue;
    if (texts.size() > most_literals) return anything();
    for (const Key kind : lookup.keys) add(kind, key);
  }
  return Language::union_of(texts);
}

// At least the texts for which some row with the result is asked.
Language possibly_asked(std::span<const Table> tables, const Lookup& lookup, std::uint32_t result) {
  std::vector<Language> texts;
  for (const auto index : lookup.tables) {
    const Table& table = tables[index];
    if (table.everything && table.everything->result == result) return anything();
    for (const auto& row : table.patterns) {
      if (row.row.result == result) texts.push_back(matching(row).upper);
    }
    texts.push_back(possibly_asked(table, lookup, result));
  }
  return Language::union_of(texts);
}

}  // namespace

patterns::Bounds texts_finding(std::span<const Table> tables, const Lookup& lookup,
                               std::uint32_t result) {
  std::size_t literals = 0;
  for (const auto table : lookup.tables) literals += tables[table].literals.size();
  if (literals > most_literals) return perhaps(possibly_asked(tables, lookup, result));
  return Asked(tables, lookup).answers().giving(result);
}

std::vector<patterns::Language> rows_finding(std::span<const Table> tables, const Lookup& lookup,
                                             std::uint32_t result, std::size_t limit) {
  std::vector<Language> texts;
  for (const auto index : lookup.tables) {
    for (const auto& row : tables[index].patterns) {
      if (row.row.result == result && texts.size() < limit) texts.push_back(matching(row).upper);
    }
  }
  return texts;
}

}  // namespace relayproof::policy
