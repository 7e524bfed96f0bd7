#include "dialects/exim/config.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace relayproof::exim {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_word(text[end])) ++end;
  const auto word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

// The escapes of a quoted string (specification, section 6.16).
std::string dequoted(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  std::string result;
  for (std::size_t at = 1; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      result += text[at];
      continue;
    }
    ++at;
    constexpr std::string_view escapes = "nrtbfv";
    constexpr std::string_view meant = "\n\r\t\b\f\v";
    const auto found = escapes.find(text[at]);
    result += found == std::string_view::npos ? text[at] : meant[found];
  }
  return result;
}

constexpr auto verbs = std::to_array<std::string_view>(
    {"accept", "defer", "deny", "discard", "drop", "require", "warn"});

constexpr auto conditions = std::to_array<std::string_view>({"acl",          "add_header",
                                                             "arc_status",   "authenticated",
                                                             "bmi_optin",    "condition",
                                                             "continue",     "control",
                                                             "dcc",          "decode",
                                                             "delay",        "demime",
                                                             "dkim_signers", "dkim_status",
                                                             "dmarc_status", "dnslists",
                                                             "domains",      "encrypted",
                                                             "endpass",      "hosts",
                                                             "local_parts",  "log_message",
                                                             "logwrite",     "log_reject_target",
                                                             "malware",      "message",
                                                             "mime_regex",   "queue",
                                                             "ratelimit",    "recipients",
                                                             "regex",        "remove_header",
                                                             "seen",         "sender_domains",
                                                             "senders",      "set",
                                                             "spam",         "spf",
                                                             "spf_guess",    "udpsend",
                                                             "verify"});

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A macro's definition may stand between the lines of a section.
bool is_macro(std::string_view text) {
  if (text.empty() || std::isupper(static_cast<unsigned char>(text.front())) == 0) return false;
  take_word(text);
  return text.starts_with('=');
}

class Parser {
 public:
  explicit Parser(Config& config) : config_(config) {}

  void parse() {
    for (const auto& line : config_.read.lines) {
      if (is_macro(line.text)) continue;
      if (starts_with_ignoring_case(line.text, "begin ")) {
        begin(line);
      } else {
        take(line);
      }
    }
  }

 private:
  enum class Section : std::uint8_t {
    main,
    acl,
    authenticators,
    local_scan,
    retry,
    rewrite,
    routers,
    transports,
    unknown
  };

  void begin(const Line& line) {
    static constexpr std::array<std::pair<std::string_view, Section>, 7> names = {
        {{"acls", Section::acl},
         {"authenticators", Section::authenticators},
         {"local_scans", Section::local_scan},
         {"retrys", Section::retry},
         {"rewrites", Section::rewrite},
         {"routers", Section::routers},
         {"transports", Section::transports}}};
    std::string name = to_lower(trim(line.text.substr(6)));
    if (!name.ends_with('s')) name += 's';
    section_ = Section::unknown;
    for (const auto& [known, section] : names) {
      if (known == name) section_ = section;
    }
    if (section_ == Section::unknown) {
      problem(line, "\"" + name + "\" is not a known configuration section name");
    } else if (std::find(had_.begin(), had_.end(), section_) != had_.end()) {
      problem(line, "\"" + name + "\" section is repeated in the configuration file");
    }
    had_.push_back(section_);
    if (section_ == Section::local_scan) config_.has_local_scan = true;
  }

  void take(const Line& line) {
    switch (section_) {
      case Section::main:
        return take_main(line);
      case Section::acl:
        return take_acl(line);
      case Section::authenticators:
        return take_instance(line, config_.authenticators);
      case Section::routers:
        return take_instance(line, config_.routers);
      case Section::transports:
        return take_instance(line, config_.transports);
      case Section::rewrite:
        return take_rewrite(line);
      case Section::local_scan:
      case Section::retry:
      case Section::unknown:
        break;
    }
  }

  std::optional<Option> option_of(const Line& line) {
    std::string_view rest = line.text;
    auto name = take_word(rest);
    if (name == "hide") name = take_word(rest);
    if (name.empty()) {
      problem(line, "option setting expected: " + line.text);
      return std::nullopt;
    }
    if (rest.starts_with('=')) {
      const auto value = trim(rest.substr(1));
      return Option{std::string(name), dequoted(value), line};
    }
    if (!rest.empty()) {
      problem(line, "missing \"=\" after " + std::string(name));
      return std::nullopt;
    }
    if (name.starts_with("no_")) return Option{std::string(name.substr(3)), "false", line};
    if (name.starts_with("not_")) return Option{std::string(name.substr(4)), "false", line};
    return Option{std::string(name), "true", line};
  }

  void take_main(const Line& line) {
    static constexpr std::array<std::pair<std::string_view, NamedList::Kind>, 4> kinds = {
        {{"domainlist", NamedList::Kind::domain},
         {"hostlist", NamedList::Kind::host},
         {"addresslist", NamedList::Kind::address},
         {"localpartlist", NamedList::Kind::local_part}}};
    std::string_view rest = line.text;
    auto word = take_word(rest);
    if (word == "hide") word = take_word(rest);
    // Results are kept where `_cache` stands behind it (section 10.5): the same list.
    if (word.ends_with("_cache")) word.remove_suffix(6);
    for (const auto& [name, kind] : kinds) {
      if (word == name) return take_list(line, rest, kind);
    }
    auto option = option_of(line);
    if (!option) return;
    const auto [place, is_new] = config_.options.try_emplace(option->name, *option);
    if (!is_new && option->name != "sqlite_dbfile") {
      problem(line, "\"" + option->name + "\" option set for the second time");
    }
  }

  void take_list(const Line& line, std::string_view rest, NamedList::Kind kind) {
    const auto name = take_word(rest);
    if (name.empty() || !rest.starts_with('=')) {
      return problem(line, "missing \"=\" after \"" + std::string(name) + "\"");
    }
    if (config_.list(kind, name) != nullptr) {
      return problem(line, "named list \"" + std::string(name) + "\" is defined twice");
    }
    config_.lists.push_back({kind, std::string(name), dequoted(trim(rest.substr(1))), line});
  }

  void take_acl(const Line& line) {
    std::string_view rest = line.text;
    const bool negated = rest.starts_with('!');
    if (negated) rest = trim(rest.substr(1));
    const auto name = take_word(rest);
    if (!negated && rest == ":" && !name.empty()) {
      config_.acls.push_back({std::string(name), {}, line});
      return;
    }
    if (config_.acls.empty()) return problem(line, "malformed line in ACL section");
    auto& statements = config_.acls.back().statements;
    if (is_among(verbs, name)) {
      if (negated) return problem(line, "malformed ACL line \"" + line.text + "\"");
      statements.push_back({std::string(name), {}, line});
      if (!rest.empty()) take_item(line, rest);
      return;
    }
    if (statements.empty()) {
      return problem(line,
                     "unknown ACL verb \"" + std::string(name) + "\" in \"" + line.text + "\"");
    }
    take_item(line, line.text);
  }

  void take_item(const Line& line, std::string_view rest) {
    Item item;
    item.line = line;
    if (rest.starts_with('!')) {
      item.negated = true;
      rest = trim(rest.substr(1));
    }
    item.name = take_word(rest);
    if (!is_among(conditions, item.name)) {
      return problem(line, "unknown ACL condition/modifier in \"" + line.text + "\"");
    }
    auto& statement = config_.acls.back().statements.back();
    if (item.name == "endpass") {
      if (statement.verb != "accept" && statement.verb != "discard") {
        problem(line, "ACL error: \"endpass\" is not allowed with \"" + statement.verb + "\"");
      }
      statement.items.push_back(std::move(item));
      return;
    }
    if (item.name == "set") item.variable = take_word(rest);
    if (!rest.starts_with('=')) {
      return problem(line, "\"=\" missing after ACL \"" + item.name + "\" condition");
    }
    item.value = trim(rest.substr(1));
    statement.items.push_back(std::move(item));
  }

  void take_instance(const Line& line, std::vector<Instance>& instances) {
    std::string_view rest = line.text;
    const auto name = take_word(rest);
    if (rest == ":" && !name.empty()) {
      const bool twice = std::any_of(instances.begin(), instances.end(),
                                     [&](const Instance& one) { return one.name == name; });
      if (twice) problem(line, "there are two drivers called \"" + std::string(name) + "\"");
      instances.push_back({std::string(name), {}, line});
      return;
    }
    if (instances.empty()) return problem(line, "malformed line: a driver's name is missing");
    auto option = option_of(line);
    if (option) instances.back().options.push_back(std::move(*option));
  }

  // `pattern replacement flags`; each of the first two may be quoted.
  void take_rewrite(const Line& line) {
    std::string_view rest = line.text;
    RewriteRule rule;
    rule.line = line;
    rule.pattern = take_part(rest);
    rule.replacement = take_part(rest);
    for (const char c : rest) {
      if (!is_space(c)) rule.flags += c;
    }
    config_.rewrites.push_back(std::move(rule));
  }

  static std::string take_part(std::string_view& rest) {
    std::size_t end = 0;
    if (rest.starts_with('"')) {
      end = 1;
      while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, rest.size());
    } else {
      while (end < rest.size() && !is_space(rest[end])) ++end;
    }
    auto part = dequoted(rest.substr(0, end));
    rest = trim(rest.substr(end));
    return part;
  }

  void problem(const Line& line, std::string says) {
    config_.read.problems.push_back({line.where, std::move(says)});
  }

  Config& config_;
  Section section_ = Section::main;
  std::vector<Section> had_;
};

template <class Things>
auto* find_named(Things& things, std::string_view name) {
  const auto found = std::find_if(things.begin(), things.end(),
                                  [&](const auto& thing) { return thing.name == name; });
  return found == things.end() ? nullptr : &*found;
}

}  // namespace

const Option* Instance::find(std::string_view option) const { return find_named(options, option); }

std::string_view Instance::value(std::string_view option) const {
  const auto* found = find(option);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

bool Instance::is_on(std::string_view option, bool otherwise) const {
  const auto* found = find(option);
  return found == nullptr ? otherwise : to_bool(found->value).value_or(otherwise);
}

const Option* Config::find(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? nullptr : &found->second;
}

std::string_view Config::value(std::string_view option, std::string_view otherwise) const {
  const auto* found = find(option);
  return found == nullptr ? otherwise : std::string_view(found->value);
}

bool Config::is_on(std::string_view option, bool otherwise) const {
  const auto* found = find(option);
  return found == nullptr ? otherwise : to_bool(found->value).value_or(otherwise);
}

const NamedList* Config::list(NamedList::Kind kind, std::string_view name) const {
  const auto found = std::find_if(lists.begin(), lists.end(), [&](const NamedList& list) {
    return list.kind == kind && list.name == name;
  });
  return found == lists.end() ? nullptr : &*found;
}

const Acl* Config::acl(std::string_view name) const { return find_named(acls, name); }
const Instance* Config::transport(std::string_view name) const {
  return find_named(transports, name);
}

Config parse(Lines lines, std::string file) {
  Config config;
  config.read = std::move(lines);
  config.file = std::move(file);
  Parser(config).parse();
  return config;
}

std::vector<std::string> items_of(std::string_view list, char separator) {
  std::vector<std::string> items;
  list = trim(list);
  if (list.size() > 1 && list[0] == '<' && std::ispunct(static_cast<unsigned char>(list[1])) != 0) {
    separator = list[1];
    list = trim(list.substr(2));
  }
  while (!list.empty()) {
    std::string item;
    std::size_t at = 0;
    for (; at < list.size(); ++at) {
      if (list[at] == separator) {
        if (at + 1 >= list.size() || list[at + 1] != separator) break;
        ++at;
      }
      item += list[at];
    }
    items.emplace_back(trim(item));
    list = at < list.size() ? trim(list.substr(at + 1)) : std::string_view();
  }
  return items;
}

std::optional<bool> to_bool(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "1"}) {
    if (equals_ignoring_case(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "0"}) {
    if (equals_ignoring_case(text, no)) return false;
  }
  return std::nullopt;
}

}  // namespace relayproof::exim
