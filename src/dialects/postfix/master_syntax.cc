#include "dialects/postfix/master_syntax.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/endpoint.h"

namespace relayproof::postfix {
namespace {

constexpr std::size_t shown = 60;

bool is_separator(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A word of a line; `{ ... }` is one word.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<Token> next_token(std::string_view text, std::size_t& at, bool braces) {
  while (at < text.size() && is_separator(text[at])) ++at;
  if (at == text.size()) return std::nullopt;
  Token token{at, at};
  int level = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (braces && c == '{') {
      ++level;
    } else if (level > 0 && c == '}') {
      --level;
    } else if (level == 0 && is_separator(c)) {
      break;
    }
  }
  token.end = at;
  return token;
}

// `{ text }` without its braces and the blanks inside; what Postfix says if it is not all of it.
std::string strip_braces(std::string_view text, Token& token) {
  const std::string_view word = text.substr(token.begin, token.end - token.begin);
  int level = 0;
  std::size_t close = std::string_view::npos;
  for (std::size_t i = 0; i < word.size() && close == std::string_view::npos; ++i) {
    if (word[i] == '{') ++level;
    if (word[i] == '}' && --level == 0) close = i;
  }
  const std::string quoted = '"' + escape_foreign(word, shown) + '"';
  if (close == std::string_view::npos) return "missing '}' in " + quoted;
  if (close + 1 != word.size()) return "syntax error after '}' in " + quoted;
  ++token.begin;
  --token.end;
  while (token.begin < token.end && is_blank(text[token.begin])) ++token.begin;
  while (token.end > token.begin && is_blank(text[token.end - 1])) --token.end;
  return {};
}

struct TypeName {
  std::string_view name;
  Service::Type type;
};

constexpr TypeName type_names[] = {
    {"inet", Service::Type::inet},
    {"unix", Service::Type::unix_stream},
    {"unix-dgram", Service::Type::unix_datagram},
    {"fifo", Service::Type::fifo},
    {"pass", Service::Type::pass},
};

// Options of Postfix's server programs that have an argument (GETOPT in src/master/*_server.c).
constexpr std::string_view options_with_argument = "imnorst";
constexpr std::string_view options_alone = "cdDlSuvVz";

// Reads one line; stops at the first thing that the master daemon would stop at.
class LineReader {
 public:
  LineReader(const LogicalLine& line, const MasterRules& rules) : line_(line), rules_(rules) {}

  // The service, or nullopt with the reason in `problem`.
  std::optional<Service> read(std::optional<Problem>& problem) {
    if (!read_columns() || !read_arguments()) {
      problem = std::move(problem_);
      return std::nullopt;
    }
    return std::move(service_);
  }

 private:
  bool fail(std::size_t at, std::string says) {
    problem_ = Problem{Problem::Kind::fatal, line_.locate(at), std::move(says)};
    return false;
  }

  // A column; `-` stands for its default, which not every column has.
  bool column(std::string_view name, std::string_view& value,
              std::optional<std::string_view> or_else) {
    const auto token = next_token(line_.text, at_, false);
    if (!token) return fail(line_.text.size(), "missing \"" + std::string(name) + "\" field");
    begin_ = token->begin;
    value = std::string_view(line_.text).substr(token->begin, token->end - token->begin);
    if (value != "-") return true;
    if (!or_else) {
      return fail(begin_, "field \"" + std::string(name) + "\" has no default value");
    }
    value = *or_else;
    return true;
  }

  bool bad(std::string_view name, std::string_view value) {
    return fail(begin_, "field \"" + std::string(name) + "\": bad value: \"" +
                            escape_foreign(value, shown) + '"');
  }

  bool yes_or_no(std::string_view name, bool or_else, bool& result) {
    std::string_view value;
    if (!column(name, value, or_else ? "y" : "n")) return false;
    if (value != "y" && value != "n") return bad(name, value);
    result = value == "y";
    return true;
  }

  // As atoi(3): digits count up to the first other character (`60?`).
  bool number(std::string_view name, std::optional<int>& result) {
    std::string_view value;
    if (!column(name, value, "")) return false;
    if (value.empty()) return true;
    int parsed = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (value.front() < '0' || value.front() > '9' || error != std::errc()) return bad(name, value);
    result = parsed;
    return true;
  }

  bool read_type(std::string_view text) {
    const auto* known = std::find_if(std::begin(type_names), std::end(type_names),
                                     [&](const TypeName& type) { return type.name == text; });
    if (known == std::end(type_names) ||
        (known->type == Service::Type::unix_datagram && !rules_.unix_datagram)) {
      return fail(begin_, "bad transport type: " + escape_foreign(text, shown));
    }
    service_.type = known->type;
    return true;
  }

  bool read_endpoint(std::size_t at) {
    ParsedEndpoint parsed = parse_endpoint(service_.name);
    if (!parsed.endpoint) {
      return fail(at, parsed.refused + " in \"" + escape_foreign(service_.name, shown) + '"');
    }
    service_.endpoint = std::move(parsed.endpoint);
    return true;
  }

  bool read_columns() {
    std::string_view value;
    if (!column("service name", value, "-")) return false;
    service_.name = value;
    service_.where = line_.locate(begin_);
    const std::size_t name_at = begin_;
    if (!column("transport type", value, std::nullopt) || !read_type(value)) return false;
    const bool inet = service_.type == Service::Type::inet;
    if (inet && !read_endpoint(name_at)) return false;
    if (!yes_or_no("private", true, service_.is_private)) return false;
    if (inet && service_.is_private) return fail(begin_, "inet service cannot be private");
    std::optional<int> wakeup;
    if (!yes_or_no("unprivileged", true, service_.unprivileged) ||
        !yes_or_no("chroot", rules_.chroot_by_default, service_.chroot) ||
        !number("wakeup_time", wakeup) || !number("max_proc", service_.process_limit) ||
        !column("command", value, std::nullopt)) {
      return false;
    }
    service_.command = value.substr(value.rfind('/') + 1);
    return true;
  }

  bool read_arguments() {
    std::vector<Token> tokens;
    while (auto token = next_token(line_.text, at_, rules_.braces)) {
      if (rules_.braces && line_.text[token->begin] == '{') {
        std::string refused = strip_braces(line_.text, *token);
        if (!refused.empty()) return fail(token->begin, std::move(refused));
      }
      tokens.push_back(*token);
    }
    std::size_t next = 0;
    while (next < tokens.size() && read_option(tokens, next)) {
    }
    for (; next < tokens.size(); ++next) {
      service_.arguments.push_back(
          {std::string(text(tokens[next])), line_.locate(tokens[next].begin)});
    }
    return true;
  }

  std::string_view text(const Token& token) const {
    return std::string_view(line_.text).substr(token.begin, token.end - token.begin);
  }

  void refuse(std::size_t at, std::string says) {
    service_.problems.push_back({Problem::Kind::fatal, line_.locate(at), std::move(says)});
  }

  // One word of options, as getopt(3) with a leading `+` reads it; false at the first other word.
  bool read_option(const std::vector<Token>& tokens, std::size_t& next) {
    const Token word = tokens[next];
    const std::string_view all = text(word);
    if (all.size() < 2 || all.front() != '-') return false;
    ++next;
    if (all == "--") return false;
    for (std::size_t i = 1; i < all.size(); ++i) {
      const char letter = all[i];
      if (options_with_argument.find(letter) != std::string_view::npos) {
        Token argument{word.begin + i + 1, word.end};
        if (argument.begin == argument.end) {
          if (next == tokens.size()) {
            refuse(word.begin, std::string("option -") + letter + " without its value");
            return true;
          }
          argument = tokens[next++];
        }
        if (letter == 'o') read_override(argument);
        return true;
      }
      if (options_alone.find(letter) == std::string_view::npos) {
        refuse(word.begin + i, "unknown option -" + escape_foreign(std::string_view(&letter, 1)));
        return true;
      }
    }
    return true;
  }

  void read_override(const Token& token) {
    NameValue parsed = name_value(line_, token.begin, token.end, Provenance::master_cf);
    if (parsed.setting != nullptr) {
      service_.overrides.push_back(std::move(parsed.setting));
      return;
    }
    refuse(token.begin, "invalid \"-o " + escape_foreign(text(token), shown) +
                            "\" option value: " + parsed.refused);
  }

  const LogicalLine& line_;
  const MasterRules& rules_;
  Service service_;
  std::optional<Problem> problem_;
  std::size_t at_ = 0;     // where the next word is searched
  std::size_t begin_ = 0;  // of the column read last
};

// Programs that want options only; words behind them are refused at start.
constexpr std::string_view programs_without_arguments[] = {"smtpd", "qmqpd", "postscreen",
                                                           "cleanup", "trivial-rewrite"};

void refuse_arguments(Service& service) {
  if (service.arguments.empty()) return;
  const auto* begin = std::begin(programs_without_arguments);
  const auto* end = std::end(programs_without_arguments);
  if (std::find(begin, end, service.command) == end) return;
  const Service::Argument& first = service.arguments.front();
  service.problems.push_back(
      {Problem::Kind::fatal, first.where,
       "unexpected command-line argument: " + escape_foreign(first.text, shown)});
}

}  // namespace

MasterCf parse_master_cf(std::string_view bytes, const std::string& file,
                         const MasterRules& rules) {
  return parse_master_cf(logical_lines(bytes, file), rules);
}

MasterCf parse_master_cf(std::vector<LogicalLine> lines, const MasterRules& rules) {
  MasterCf result;
  for (LogicalLine& line : lines) {
    if (line.is_ignored()) {
      result.problems.push_back({Problem::Kind::warning, line.locate(0),
                                 "begins with a blank but continues no line: Postfix ignores it"});
      result.not_read.push_back(std::move(line));
      continue;
    }
    std::optional<Problem> problem;
    std::optional<Service> service = LineReader(line, rules).read(problem);
    if (service) {
      refuse_arguments(*service);
      result.services.push_back(std::move(*service));
      continue;
    }
    result.problems.push_back(std::move(*problem));
    result.not_read.push_back(std::move(line));
  }
  return result;
}

}  // namespace relayproof::postfix
