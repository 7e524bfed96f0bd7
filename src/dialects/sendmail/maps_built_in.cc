// Maps that compute, and those that ask the DNS: what they can answer.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "dialects/sendmail/cf_reader.h"
#include "dialects/sendmail/maps.h"
#include "mail/ip_address.h"
#include "patterns/pattern.h"

namespace relayproof::sendmail {
namespace {

MapResult found(std::string text) {
  return {{{MapAnswer::Kind::found, std::move(text)}}, {}, false};
}
MapResult missing() { return {{{MapAnswer::Kind::missing, {}}}, {}, false}; }

// As strtol(3) with base 0, as far as decimal numbers go.
std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  const std::string_view digits = trim(text);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::optional<std::string> computed(char sign, std::int64_t a, std::int64_t b) {
  const auto wrapped = [](std::uint64_t value) {
    return std::to_string(static_cast<std::int64_t>(value));
  };
  const auto x = static_cast<std::uint64_t>(a);
  const auto y = static_cast<std::uint64_t>(b);
  switch (sign) {
    case '+':
      return wrapped(x + y);
    case '-':
      return wrapped(x - y);
    case '*':
      return wrapped(x * y);
    case '/':
      return b == 0 || b == -1 ? std::nullopt : std::optional(std::to_string(a / b));
    case '%':
      return b == 0 || b == -1 ? std::nullopt : std::optional(std::to_string(a % b));
    case '|':
      return wrapped(x | y);
    case '&':
      return wrapped(x & y);
    case 'l':
      return a < b ? "TRUE" : "FALSE";
    case '=':
      return a == b ? "TRUE" : "FALSE";
    default:
      return std::nullopt;
  }
}

// A key without the quotes around its parts; nullopt if nothing was quoted, or what is left would
// not be an address any more.
std::optional<std::string> dequoted(std::string_view text, char space) {
  std::string out;
  int angles = 0, comments = 0, quotes = 0, spaces = 0;
  bool escaped = false;
  for (char c : text) {
    if (escaped) {
      escaped = false;
      out += c;
      continue;
    }
    if (c == ' ' && space != '\0') c = space;
    if (c == '\\') escaped = true;
    if (c == '(') ++comments;
    if (c == ')' && comments-- <= 0) return std::nullopt;
    if (c == ' ' || c == '\t') ++spaces;
    if (comments > 0) {
      out += c;
      continue;
    }
    if (c == '"') {
      ++quotes;
      continue;
    }
    if (c == '<') ++angles;
    if (c == '>' && angles-- <= 0) return std::nullopt;
    out += c;
  }
  const bool open = angles != 0 || comments != 0 || escaped || quotes % 2 != 0;
  if (open || quotes == 0 || spaces != 0) return std::nullopt;
  return out;
}

std::vector<std::size_t> fields_of(std::string_view list) {
  std::vector<std::size_t> fields;
  for (const std::string_view each : split(list, ',')) {
    fields.push_back(static_cast<std::size_t>(number_of(std::string(each))));
  }
  return fields;
}

}  // namespace

MapResult Maps::of_arithmetic(const Known& /*map*/, const std::string& key,
                              const std::vector<std::string>& arguments) const {
  if (key.empty() || arguments.size() < 2) return missing();
  if (key.front() == 'r') return {{{MapAnswer::Kind::missing, {}}}, "a random number", true};
  const auto result = computed(key.front(), number_of(arguments[0]), number_of(arguments[1]));
  return result ? found(*result) : missing();
}

MapResult Maps::of_quotes(const Known& map, const std::string& key,
                          const std::vector<std::string>& /*arguments*/) const {
  char space = map.options.space;
  const auto lower = map.options.others.find('s');
  if (lower != map.options.others.end() && !lower->second.empty()) space = lower->second.front();
  const auto result = dequoted(key, space);
  return result ? found(*result + map.options.append) : missing();
}

MapResult Maps::of_pattern(const Known& map, const std::string& key,
                           const std::vector<std::string>& arguments) const {
  const auto& options = map.options.others;
  patterns::Options how;
  how.ignore_case = options.count('f') == 0;
  const auto pattern = patterns::Pattern::compile(
      map.options.file,
      options.count('b') == 0 ? patterns::Flavour::posix_extended : patterns::Flavour::posix_basic,
      how);
  const auto matches = pattern ? pattern->matches(key) : std::nullopt;
  if (!matches) return hidden(map, key);
  const bool inverted = options.count('n') != 0;
  if (*matches == inverted) return missing();
  const auto wanted = options.find('s');
  if (inverted || wanted == options.end()) return found(filled("", key, arguments, map.options));
  std::vector<std::size_t> fields = fields_of(wanted->second);
  const auto captured = pattern->captures(key);
  if (wanted->second.empty()) {
    fields.clear();
    for (std::size_t at = 0; at < captured.size(); ++at) fields.push_back(at);
  }
  if (!arguments.empty()) fields = fields_of(arguments.front());
  const auto delimiter = options.find('d');
  std::string text;
  for (std::size_t at = 0; at < fields.size(); ++at) {
    if (at > 0) text += delimiter == options.end() ? "\x9b" : delimiter->second;
    if (fields[at] < captured.size()) text += captured[fields[at]].value_or("");
  }
  return found(filled(text, key, arguments, map.options));
}

MapResult Maps::of_user(const Known& map, const std::string& key,
                        const std::vector<std::string>& arguments) const {
  if (!users_known_) return hidden(map, key);
  auto user = users_.find(key);
  if (user == users_.end()) user = users_.find(to_lower(key));
  if (user == users_.end()) return missing();
  const auto column = map.options.others.find('v');
  std::size_t number = 0;
  if (column != map.options.others.end()) {
    constexpr std::array<std::string_view, 7> names = {"name",  "passwd", "uid",  "gid",
                                                       "gecos", "dir",    "shell"};
    while (number < names.size() && names[number] != column->second) ++number;
    if (number == names.size()) number = static_cast<std::size_t>(number_of(column->second)) - 1;
  }
  const auto fields = split(user->second, ':');
  if (number >= fields.size()) return hidden(map, key);
  return found(filled(fields[number], key, arguments, map.options));
}

// The canonical name of a host, by the DNS and /etc/hosts. A name that leads to another one is
// taken for one that leads to itself.
MapResult Maps::of_host(const Known& map, const std::string& key,
                        const std::vector<std::string>& arguments) const {
  if (key.empty()) return missing();
  const MapAnswer nothing{MapAnswer::Kind::missing, {}}, fails{MapAnswer::Kind::fails, {}};
  if (key.front() == '[') {
    const std::size_t end = key.find(']');
    std::string_view address =
        std::string_view(key).substr(1, end == std::string::npos ? 0 : end - 1);
    if (starts_with_ignoring_case(address, "IPv6:")) address.remove_prefix(5);
    if (!mail::IpAddress::parse(address)) return missing();
    return {{nothing,
             {MapAnswer::Kind::found, filled("host.invalid", key, arguments, map.options)},
             fails},
            fmt::format("the name of {}", key),
            false};
  }
  const bool has_dot = key.find('.') != std::string::npos;
  const std::string name = has_dot ? key : key + "." + cf_.macro("m");
  return {{{MapAnswer::Kind::found, filled(name, key, arguments, map.options)}, nothing, fails},
          fmt::format("DNS of {}", key),
          false};
}

// The best MX of a domain: none, somebody else, or this host; names come with a dot at their end.
// That nobody answers is left out: the client comes again.
MapResult Maps::of_exchangers(const Known& map, const std::string& key,
                              const std::vector<std::string>& arguments) const {
  const auto found_as = [&](std::string_view name) {
    return MapAnswer{MapAnswer::Kind::found, filled(name, key, arguments, map.options)};
  };
  return {{{MapAnswer::Kind::missing, {}}, found_as("mx.invalid."), found_as(cf_.macro("j") + ".")},
          fmt::format("MX of {}", key),
          false};
}

MapResult Maps::of_reverse(const Known& map, const std::string& key,
                           const std::vector<std::string>& arguments) const {
  const bool tagged = starts_with_ignoring_case(key, "IPv6:");
  const auto address = mail::IpAddress::parse(tagged ? key.substr(5) : key);
  if (!address || address->is_v6() != tagged) return missing();
  const std::string name = address->reverse_name();
  const std::string_view suffix = tagged ? ".ip6.arpa" : ".in-addr.arpa";
  return found(filled(name.substr(0, name.size() - suffix.size()), key, arguments, map.options));
}

// A block list or any other name: it is listed with an address of no meaning, or it is not.
MapResult Maps::of_dns(const Known& map, const std::string& key,
                       const std::vector<std::string>& arguments) const {
  MapResult result{{{MapAnswer::Kind::missing, {}},
                    {MapAnswer::Kind::found, filled("127.0.0.2", key, arguments, map.options)},
                    {MapAnswer::Kind::fails, {}}},
                   fmt::format("DNS of {}", key),
                   false};
  const auto type = map.options.others.find('R');
  result.opaque = type != map.options.others.end() && !equals_ignoring_case(type->second, "A");
  return result;
}

}  // namespace relayproof::sendmail
