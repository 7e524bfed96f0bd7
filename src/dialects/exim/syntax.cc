#include "dialects/exim/syntax.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace relayproof::exim {
namespace {

// Files nested deeper, or a line longer, than anybody writes by hand.
constexpr std::size_t include_limit = 100;
constexpr std::size_t line_limit = std::size_t{1} << 20U;
constexpr std::size_t lines_limit = 1'000'000;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void trim_end(std::string& text) {
  while (!text.empty() && is_space(text.back())) text.pop_back();
}

struct Macro {
  std::string name;
  std::string replacement;
};

// `NAME =` at the start of a logical line.
bool defines_macro(std::string_view line) {
  if (line.empty() || !is_upper(line.front())) return false;
  std::size_t at = 0;
  while (at < line.size() && is_name_char(line[at])) ++at;
  while (at < line.size() && is_space(line[at])) ++at;
  return at < line.size() && line[at] == '=';
}

// Exim's states of `.ifdef`: lines count; they do not, but a branch may yet; none will any more.
enum class Taking : std::uint8_t { yes, not_yet, no_more };

class Reader {
 public:
  Reader(const FileSystem& files, Lines& lines) : files_(files), lines_(lines) {}

  void read(const Source& source) {
    read_file(source);
    if (!stack_.empty()) {
      problem({source.file, 0, 0}, "Unexpected end of configuration file: .endif missing");
    }
    finish_line();
    for (const auto& macro : macros_) lines_.macros.emplace_back(macro.name, macro.replacement);
  }

 private:
  void read_file(const Source& source) {
    if (depth_ >= include_limit) return problem({source.file, 0, 0}, "files include each other");
    ++depth_;
    lines_.files.push_back(source.file);
    std::size_t number = 0;
    std::string_view rest = source.text;
    while (!rest.empty() && lines_.lines.size() < lines_limit) {
      const auto end = rest.find('\n');
      const auto physical = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      const auto place = number < source.places.size() ? source.places[number]
                                                       : SourceRange{source.file, number + 1, 1};
      take(std::string(physical.substr(0, line_limit)), place);
      ++number;
    }
    --depth_;
  }

  void take(std::string line, SourceRange where) {
    const auto indent = static_cast<std::size_t>(
        std::find_if_not(line.begin(), line.end(), is_space) - line.begin());
    where.column += indent;
    line.erase(0, indent);
    const bool found = expand(line);
    line.erase(0, static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_space) -
                                           line.begin()));
    if (line.starts_with('#')) return;
    if (line.starts_with('.') && directive(line, found, where)) return;
    if (taking_ != Taking::yes) return;
    if (line.starts_with(".include") && include(line, where)) return;
    if (logical_.text.empty()) logical_.where = where;
    logical_.text += line;
    trim_end(logical_.text);
    if (logical_.text.empty()) return;
    if (logical_.text.size() > line_limit) {
      return problem(where, "the line is longer than 1 MiB");
    }
    if (logical_.text.back() == '\\') {
      logical_.text.pop_back();
    } else {
      finish_line();
    }
  }

  void finish_line() {
    if (!logical_.text.empty()) {
      if (defines_macro(logical_.text)) {
        define(logical_);
      }
      lines_.lines.push_back(std::move(logical_));
    }
    logical_ = {};
  }

  // Replaces macros; true if there was any. Each is looked for once, in the order of definition;
  // what one put there is searched for those behind it.
  bool expand(std::string& line) {
    std::size_t begin = 0;
    if (logical_.text.empty() && defines_macro(line)) begin = line.find('=');
    bool found = expand_builtin(line, begin);
    for (const auto& macro : macros_) {
      std::size_t at = begin;
      while (at < line.size() && line.size() < line_limit &&
             (at = line.find(macro.name, at)) != std::string::npos) {
        line.replace(at, macro.name.size(), macro.replacement);
        at += macro.replacement.size();
        found = true;
      }
    }
    return found;
  }

  // They stand for `y`, and are asked for in .ifdef only.
  static bool expand_builtin(std::string_view line, std::size_t begin) {
    if (!line.starts_with(".if") && !line.starts_with(".elif")) return false;
    for (const auto word : words(line.substr(begin))) {
      if (word.starts_with('_') && is_builtin_macro(word)) return true;
    }
    return false;
  }

  bool directive(std::string_view line, bool found, const SourceRange& where) {
    const auto word = line.substr(1, line.find_first_of(" \t") - 1);
    if (word == "ifdef" || word == "ifndef") {
      stack_.push_back(taking_);
      if (taking_ == Taking::yes) {
        taking_ = found == (word == "ifdef") ? Taking::yes : Taking::not_yet;
      } else {
        taking_ = Taking::no_more;
      }
      return true;
    }
    if (word != "elifdef" && word != "elifndef" && word != "else" && word != "endif") return false;
    if (stack_.empty()) {
      problem(where, "." + std::string(word) + " without matching .ifdef");
    } else if (word == "endif") {
      taking_ = stack_.back();
      stack_.pop_back();
    } else {
      const bool holds = word == "else" || found == (word == "elifdef");
      if (taking_ == Taking::not_yet) {
        taking_ = holds ? Taking::yes : Taking::not_yet;
      } else {
        taking_ = Taking::no_more;
      }
    }
    return true;
  }

  bool include(std::string_view line, const SourceRange& where) {
    constexpr std::string_view always = ".include";
    constexpr std::string_view if_exists = ".include_if_exists";
    const bool optional = line.starts_with(if_exists);
    auto name = line.substr(optional ? if_exists.size() : always.size());
    if (name.empty() || !is_space(name.front())) return false;
    name = trim(name);
    if (name.size() > 1 && name.front() == '"' && name.back() == '"') {
      name = name.substr(1, name.size() - 2);
    }
    std::string path(name);
    if (!path.starts_with('/')) path = path_in(path_in(where.file, ".."), path);
    const auto content = files_.read(path);
    if (content) {
      read_file({path, **content, {}});
    } else if (!optional) {
      lines_.gaps.push_back({where, std::string(line), "the included file is not there"});
    }
    return true;
  }

  void define(const Line& line) {
    const std::string_view text = line.text;
    std::size_t at = 0;
    while (at < text.size() && is_name_char(text[at])) ++at;
    const std::string name(text.substr(0, at));
    auto value = trim(text.substr(at));
    value.remove_prefix(1);
    const bool again = value.starts_with('=');
    if (again) value.remove_prefix(1);
    value = trim(value);
    for (auto& macro : macros_) {
      if (macro.name == name) {
        if (!again) {
          problem(line.where, "macro \"" + name +
                                  "\" is already defined (use \"==\" if you want to redefine it)");
        }
        macro.replacement = value;
        return;
      }
      if (macro.name.size() < name.size() && name.find(macro.name) != std::string::npos) {
        return problem(line.where, "\"" + name +
                                       "\" cannot be defined as a macro because previously "
                                       "defined macro \"" +
                                       macro.name + "\" is a substring");
      }
    }
    if (again) {
      return problem(line.where, "can't redefine an undefined macro \"" + name + "\"");
    }
    macros_.push_back({name, std::string(value)});
  }

  void problem(const SourceRange& where, std::string says) {
    lines_.problems.push_back({where, std::move(says)});
  }

  const FileSystem& files_;
  Lines& lines_;
  std::vector<Macro> macros_;
  std::vector<Taking> stack_;
  Taking taking_ = Taking::yes;
  Line logical_;
  std::size_t depth_ = 0;
};

}  // namespace

Lines read_lines(const FileSystem& files, const Source& source) {
  Lines lines;
  Reader(files, lines).read(source);
  return lines;
}

bool is_builtin_macro(std::string_view name) {
  static constexpr std::array<std::string_view, 4> families = {"_OPT_", "_DRIVER_", "_LOG_",
                                                               "_CMDNAME_"};
  static constexpr std::array<std::string_view, 22> had = {
      "_HAVE_CRYPTEQ",      "_HAVE_IPV6",          "_HAVE_PAM",           "_HAVE_PERL",
      "_HAVE_TLS",          "_HAVE_GNUTLS",        "_HAVE_TRANSPORT_TLS", "_HAVE_CONTENT_SCANNING",
      "_HAVE_DKIM",         "_HAVE_DNSSEC",        "_HAVE_EVENT",         "_HAVE_I18N",
      "_HAVE_OCSP",         "_HAVE_PIPE_CONNECT",  "_HAVE_PRDR",          "_HAVE_PROXY",
      "_HAVE_SOCKS",        "_HAVE_SPF",           "_HAVE_TCP_FASTOPEN",  "_HAVE_DANE",
      "_HAVE_LOOKUP_DNSDB", "_HAVE_LOOKUP_LSEARCH"};
  if (std::find(had.begin(), had.end(), name) != had.end()) return true;
  return std::any_of(families.begin(), families.end(),
                     [&](std::string_view family) { return name.starts_with(family); });
}

}  // namespace relayproof::exim
