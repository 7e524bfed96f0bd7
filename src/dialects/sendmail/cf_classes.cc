// Classes: `C`, `T` and `F` lines, and what the program puts into them by itself.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/sendmail/cf_reader.h"
#include "dialects/sendmail/cf_text.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {
namespace {

// A scanf(3) format for one string: `%s`, or `%[…]` with a set of characters.
struct Format {
  bool first_word = false;
  bool inverted = false;
  std::string characters;
};

std::optional<Format> read_format(std::string_view format) {
  if (format.empty() || format == "%s") return Format{true, false, {}};
  if (format.size() < 4 || format.substr(0, 2) != "%[") return std::nullopt;
  Format found;
  std::size_t at = 2;
  if (format[at] == '^') {
    found.inverted = true;
    ++at;
  }
  const std::size_t end = format.find(']', at + 1);
  if (end != format.size() - 1 || format.find('-', at) < end - 1) return std::nullopt;
  found.characters = format.substr(at, end - at);
  return found;
}

// What sscanf(3) takes of a line.
std::string_view scanned(std::string_view line, const Format& format) {
  if (format.first_word) {
    const auto found = std::find_if_not(line.begin(), line.end(), is_blank);
    const auto end = std::find_if(found, line.end(), is_blank);
    return line.substr(static_cast<std::size_t>(found - line.begin()),
                       static_cast<std::size_t>(end - found));
  }
  std::size_t length = 0;
  while (length < line.size() &&
         (format.characters.find(line[length]) == std::string::npos) == format.inverted) {
    ++length;
  }
  return line.substr(0, length);
}

// The file's name, in which a quote or a backslash saves a space; what follows is in `rest`.
std::string file_name(std::string_view text, std::string_view& rest) {
  std::string name;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
    } else if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == ' ') {
      name += text[++at];
    } else if (!quoted && text[at] == ' ') {
      break;
    } else {
      name += text[at];
    }
  }
  rest = trim(text.substr(at));
  return name;
}

}  // namespace

void CfReader::add_member(MacroId id, std::string_view word, const SourceRange& where) {
  if (id == 0 || word.empty()) return;
  if (word.front() == op::in_class && word.size() > 1) {
    // `$=x`: what is in the other class by now.
    const auto other = cf_.classes.find(static_cast<MacroId>(word[1]));
    if (other == cf_.classes.end() || other->first == id) return;
    const CfClass copied = other->second;
    CfClass& into = cf_.classes[id];
    into.members.insert(copied.members.begin(), copied.members.end());
    into.sources.insert(into.sources.end(), copied.sources.begin(), copied.sources.end());
    return;
  }
  cf_.classes[id].members.emplace(word, where);
}

void CfReader::add_words(MacroId id, std::string_view words, const SourceRange& where) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t begin = at;
    while (at < words.size() && !is_blank(words[at])) ++at;
    if (at > begin) add_member(id, words.substr(begin, at - begin), where);
    while (at < words.size() && is_blank(words[at])) ++at;
  }
}

void CfReader::read_class(const Line& line) {
  std::vector<std::string> complaints;
  std::size_t at = 0;
  const MacroId id = read_macro_name(line.text, at, cf_.names, complaints);
  for (std::string& each : complaints) problem(std::move(each), line.where);
  if (id == 0) return;
  cf_.classes[id].sources.push_back({line.where, ClassSource::Kind::words, {}, false, {}});
  add_words(id, expand(std::string_view(line.text).substr(at), cf_.macros), line.where);
}

void CfReader::read_trusted(const Line& line) {
  cf_.classes['t'].sources.push_back({line.where, ClassSource::Kind::words, {}, false, {}});
  add_words('t', line.text, line.where);
}

void CfReader::read_class_file(const Line& line) {
  std::vector<std::string> complaints;
  std::size_t at = 0;
  const MacroId id = read_macro_name(line.text, at, cf_.names, complaints);
  for (std::string& each : complaints) problem(std::move(each), line.where);
  if (id == 0) return;
  std::string_view rest = trim(std::string_view(line.text).substr(at));
  ClassSource source{line.where, ClassSource::Kind::file, {}, false, {}};
  if (rest.substr(0, 2) == "-o") {
    source.optional = true;
    rest = trim(rest.substr(std::min(rest.find_first_of(" \t"), rest.size())));
  }
  const std::size_t map = rest.find('@');
  if (rest.substr(0, 1) == "|") {
    source.kind = ClassSource::Kind::program;
  } else if (rest.substr(0, 1) != "/" && map != std::string_view::npos &&
             (rest.substr(map + 1) == "LDAP" ||
              rest.find(':', map + 2) != std::string_view::npos)) {
    source.kind = ClassSource::Kind::map;
  }
  if (source.kind != ClassSource::Kind::file) {
    source.name = rest;
    source.problem =
        source.kind == ClassSource::Kind::program ? "what a program prints" : "what a map holds";
  } else {
    std::string_view format;
    source.name = file_name(rest, format);
    source.problem = read_file_of_class(id, source, format);
  }
  cf_.classes[id].sources.push_back(std::move(source));
}

std::string CfReader::read_file_of_class(MacroId id, ClassSource& source, std::string_view format) {
  const auto wanted = read_format(format);
  if (!wanted) return "the format " + std::string(format) + " is not read";
  const std::string path = path_in("/", source.name);
  if (files_.info(path).kind == FileInfo::Kind::missing) {
    if (!source.optional) {
      problem("fileclass: cannot open '" + source.name + "': no such file", source.where);
    }
    return {};
  }
  const auto content = files_.read(path);
  if (!content) return content.error().message;
  cf_.files.push_back(path);
  const std::string_view text = **content;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    add_words(id, scanned(line, *wanted), {path, number, 1});
  }
  return {};
}

void CfReader::define(std::string_view name, std::string value) {
  cf_.macros[cf_.names.enter(name)] = {std::move(value), {}};
}

void CfReader::define_host() {
  define("n", "MAILER-DAEMON");
  define("v", "8.17");
  define("opMode", "d");  // a daemon's
  const std::string name = to_lower(host_.name.empty() ? "localhost" : host_.name);
  const std::size_t dot = name.find('.');
  define("j", name);
  define("w", name);
  if (dot != std::string::npos && dot + 1 < name.size()) define("m", name.substr(dot + 1));
  define("k", name);
  add_member('w', name, {});
  add_member('k', name, {});
  for (const std::string& each : host_.names) add_member('w', to_lower(each), {});
}

void CfReader::add_address(std::string_view address) {
  const CfOption* option = cf_.option("UseCompressedIPv6Addresses");
  const bool compressed = option != nullptr && !option->value.empty() &&
                          std::string_view("tTyY").find(option->value[0]) != std::string_view::npos;
  add_member('w', address_literal(address, compressed), {});
}

std::string address_literal(std::string_view address, bool compressed) {
  const auto parsed = mail::IpAddress::parse(address);
  if (!parsed) return "[" + std::string(address) + "]";
  const mail::IpAddress plain = parsed->unmapped();
  if (!plain.is_v6()) return "[" + plain.to_string() + "]";
  if (compressed) return "[IPv6:" + plain.to_string() + "]";
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "[IPv6";
  for (std::size_t at = 0; at < plain.bytes().size(); at += 2) {
    const unsigned group = plain.bytes()[at] * 256U + plain.bytes()[at + 1];
    text += ':';
    bool begun = false;
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
      const unsigned digit = (group >> shift) & 15U;
      begun = begun || digit != 0 || shift == 0;
      if (begun) text += digits[digit];
    }
  }
  return text + "]";
}

CfHost host_of(const dialects::Host& host) {
  CfHost found;
  found.name = host.hostname.value_or("");
  for (const mail::Network& each : host.interfaces) {
    if (!each.address.is_loopback()) found.addresses.push_back(each.address.to_string());
  }
  return found;
}

}  // namespace relayproof::sendmail
