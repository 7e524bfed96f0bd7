#include "dialects/postfix/match_list.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

/// How many files of a value are read: more is a tree of files that name each other.
constexpr std::size_t most_files = 1000;

class ListReader {
 public:
  ListReader(MatchList& list, const FileSystem& files, const Version& version)
      : list_(&list), files_(&files), version_(version) {}

  void read_value(std::string_view value) {
    auto text = make_table_text("", std::make_shared<const std::string>(value));
    text_ = text.get();
    list_->sources.push_back({std::move(text), 0});
    TableLine line;
    line.text = *text_->content;
    line.text = line.text.substr(0, line.text.find('\0'));
    read_words(line, false);
  }

 private:
  void read_words(const TableLine& line, bool negated) {
    for (const Word& word : list_words(line.text, version_)) {
      if (list_->fatal) return;
      const Place place = place_of(line, word.offset);
      if (in_value()) named_at_ = static_cast<std::uint32_t>(word.offset);
      if (word.text.starts_with('#')) return note(list_->problems, where(place), after_comment);
      read_word(word, place, negated);
    }
  }

  struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };

  void read_word(const Word& word, Place place, bool negated) {
    std::string_view text = word.text;
    for (; text.starts_with('!'); text.remove_prefix(1)) negated = !negated;
    ListElement element;
    element.negated = negated;
    element.source = source_;
    element.line = place.line;
    element.column = place.column;
    element.text = text;
    if (text.empty()) {
      list_->fatal = Problem{Problem::Kind::fatal, where(place), "no pattern behind !"};
    } else if (text.front() == '/') {
      read_file(element, place);
    } else if (looks_like_table(text)) {
      element.kind = ListElement::Kind::table;
      element.table = static_cast<std::uint32_t>(list_->tables.size());
      const std::size_t skipped = word.text.size() - text.size();
      list_->tables.push_back(parse_table_name(text, version_, word.offset + skipped));
      const TableName& table = list_->tables.back();
      if (table.fatal) list_->fatal = Problem{Problem::Kind::fatal, where(place), table.problem};
      list_->elements.push_back(element);
    } else {
      list_->elements.push_back(element);
    }
  }

  void read_file(ListElement element, Place place) {
    const std::string path(element.text);
    const bool loop = std::find(open_.begin(), open_.end(), path) != open_.end();
    if (!loop && list_->sources.size() > most_files) {
      list_->complete = false;
      return;
    }
    const Result<std::shared_ptr<const std::string>> content =
        loop ? failure("it names itself") : files_->read(path);
    if (!content) {
      // Postfix asks a table that always fails, and loses the `!` over it.
      element.kind = ListElement::Kind::missing_file;
      element.negated = false;
      list_->elements.push_back(element);
      return note(list_->problems, where(place), path + ": " + content.error().message);
    }
    read_content(path, *content, element.negated);
  }

  void read_content(const std::string& path, std::shared_ptr<const std::string> content,
                    bool negated) {
    auto text = make_table_text(path, std::move(content));
    const auto outer = std::pair{source_, text_};
    source_ = static_cast<std::uint32_t>(list_->sources.size());
    text_ = text.get();
    list_->sources.push_back({text, named_at_});
    open_.push_back(path);
    if (version_ >= Version{3, 8}) {
      read_logical_lines(*text, negated);
    } else {
      read_physical_lines(*text->content, negated);
    }
    open_.pop_back();
    std::tie(source_, text_) = outer;
  }

  void read_logical_lines(TableText& text, bool negated) {
    TableLines lines(text);
    for (TableLine line; !list_->fatal && lines.next(line);) {
      if (line.misplaced) {
        note(list_->problems, where({line.line, 1}),
             "a line that begins with white space is ignored");
      } else {
        read_words(line, negated);
      }
    }
  }

  /// Before 3.8 no line continues another one, and a blank in front means nothing.
  void read_physical_lines(std::string_view rest, bool negated) {
    TableLine line;
    while (!list_->fatal && !rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      ++line.line;
      line.text = rest.substr(0, end);
      line.text = line.text.substr(0, line.text.find('\0'));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!line.text.starts_with('#')) read_words(line, negated);
    }
  }

  bool in_value() const { return source_ == 0; }

  Place place_of(const TableLine& line, std::size_t offset) const {
    if (in_value()) return {0, static_cast<std::uint32_t>(offset)};
    Place place{line.line, static_cast<std::uint32_t>(offset + 1)};
    for (const auto& part : line.parts) {
      if (part.offset > offset) break;
      place = {part.line, static_cast<std::uint32_t>(offset - part.offset + 1)};
    }
    return place;
  }

  SourceRange where(Place place) const {
    if (in_value()) return {"", 0, place.column + std::size_t{1}};
    return {text_->file, place.line, place.column};
  }

  static constexpr std::string_view after_comment =
      "what is behind # on this line is ignored, it cannot begin a comment here";

  MatchList* list_;
  const FileSystem* files_;
  Version version_;
  std::uint32_t source_ = 0;
  std::uint32_t named_at_ = 0;
  const TableText* text_ = nullptr;
  std::vector<std::string> open_;
};

}  // namespace

MatchList parse_match_list(const FileSystem& files, std::string_view value,
                           const Version& version) {
  MatchList list;
  ListReader(list, files, version).read_value(value);
  return list;
}

std::optional<SourceRange> MatchList::locate(const ListElement& element) const {
  if (element.line == 0) return {};
  return SourceRange{sources[element.source].text->file, element.line, element.column};
}

bool matches_domain(std::string_view pattern, std::string_view name, bool parents_match) {
  if (equals_ignoring_case(pattern, name)) return true;
  if (name.size() <= pattern.size()) return false;
  const std::size_t at = name.size() - pattern.size();
  if (!equals_ignoring_case(name.substr(at), pattern)) return false;
  return parents_match ? name[at - 1] == '.' : pattern.starts_with('.');
}

}  // namespace relayproof::postfix
