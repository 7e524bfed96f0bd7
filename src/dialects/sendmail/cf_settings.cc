// Macros, options, maps, mailers, the version: `D`, `O`, `K`, `M`, `V` and `X` lines.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_reader.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

// Options by the letter that versions before 8.7 wrote them with (op, section 5.6).
constexpr std::array<std::pair<char, std::string_view>, 40> letters = {
    {{'7', "SevenBitInput"},       {'8', "EightBitMode"},
     {'A', "AliasFile"},           {'B', "BlankSub"},
     {'b', "MinFreeBlocks"},       {'C', "CheckpointInterval"},
     {'c', "HoldExpensive"},       {'d', "DeliveryMode"},
     {'E', "ErrorHeader"},         {'e', "ErrorMode"},
     {'F', "TempFileMode"},        {'f', "SaveFromLine"},
     {'G', "MatchGECOS"},          {'H', "HelpFile"},
     {'h', "MaxHopCount"},         {'I', "ResolverOptions"},
     {'i', "IgnoreDots"},          {'J', "ForwardPath"},
     {'j', "SendMimeErrors"},      {'K', "ConnectionCacheTimeout"},
     {'k', "ConnectionCacheSize"}, {'L', "LogLevel"},
     {'l', "UseErrorsTo"},         {'m', "MeToo"},
     {'n', "CheckAliases"},        {'O', "DaemonPortOptions"},
     {'o', "OldStyleHeaders"},     {'P', "PostmasterCopy"},
     {'p', "PrivacyOptions"},      {'Q', "QueueDirectory"},
     {'R', "DontPruneRoutes"},     {'r', "Timeout"},
     {'S', "StatusFile"},          {'s', "SuperSafe"},
     {'T', "QueueTimeout"},        {'t', "TimeZoneSpec"},
     {'U', "UserDatabaseSpec"},    {'u', "DefaultUser"},
     {'V', "FallbackMXhost"},      {'w', "TryNullMXList"}}};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The word that begins at `at`, of letters, digits and `more`; blanks behind it are skipped.
std::string_view word_at(std::string_view text, std::size_t& at, std::string_view more) {
  const std::size_t begin = at;
  while (at < text.size() && (is_word(text[at]) || more.find(text[at]) != std::string_view::npos)) {
    ++at;
  }
  const std::string_view word = text.substr(begin, at - begin);
  if (at < text.size() && !is_blank(text[at])) ++at;
  while (at < text.size() && is_blank(text[at])) ++at;
  return word;
}

}  // namespace

std::string_view option_name(char letter) {
  for (const auto& [written, name] : letters) {
    if (written == letter) return name;
  }
  return {};
}

void CfReader::read_macro(const Line& line) {
  std::vector<std::string> complaints;
  std::size_t at = 0;
  const MacroId id = read_macro_name(line.text, at, cf_.names, complaints);
  for (std::string& each : complaints) problem(std::move(each), line.where);
  if (id == 0) return;
  cf_.macros[id] = {unquoted(line.text, at, '\0'), line.where};
}

void CfReader::read_option(const Line& line) {
  const std::string_view text = line.text;
  if (text.empty()) return problem("an option without a name", line.where);
  CfOption option;
  option.where = line.where;
  if (text.front() != ' ') {
    option.name = option_name(text.front());
    if (option.name.empty()) option.name = text.substr(0, 1);
    option.value = text.substr(1);
  } else {
    const std::size_t equals = std::min(text.find('='), text.size());
    option.name = trim(text.substr(0, equals));
    if (equals < text.size()) option.value = text.substr(equals + 1);
    if (option.name.empty()) return problem("readcf: null option name", line.where);
    const std::size_t value = option.value.find_first_not_of(' ');
    option.value.erase(0, std::min(value, option.value.size()));
  }
  cf_.options.push_back(std::move(option));
}

void CfReader::read_map(const Line& line) {
  const std::string text = expand(line.text, cf_.macros);
  std::size_t at = 0;
  while (at < text.size() && is_blank(text[at])) ++at;
  CfMap map;
  map.where = line.where;
  map.name = word_at(text, at, "_.");
  map.type = word_at(text, at, "");
  map.arguments = text.substr(std::min(at, text.size()));
  if (map.name.empty()) return problem("readcf: config K line: no map name", line.where);
  if (map.type.empty()) {
    return problem(fmt::format("readcf: config K line, map {}: no map class", map.name),
                   line.where);
  }
  cf_.maps.insert_or_assign(map.name, map);
}

void CfReader::read_version(const Line& line) {
  const std::string_view text = trim(line.text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cf_.level);
  if (error != std::errc()) return problem("invalid argument to V line", line.where);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.substr(0, 1) == "/") cf_.vendor = rest.substr(1);
  // From level 5 on $w is the host's name without its domain.
  const auto name = cf_.macros.find('w');
  if (cf_.level >= 5 && name != cf_.macros.end()) {
    name->second.value.resize(std::min(name->second.value.find('.'), name->second.value.size()));
  }
}

void CfReader::read_milter(const Line& line) { cf_.milters.push_back(line.where); }

void CfReader::read_mailer(const Line& line) {
  const std::string_view text = line.text;
  std::size_t at = 0;
  while (at < text.size() && text[at] != ',' && !is_blank(text[at])) ++at;
  CfMailer mailer;
  mailer.where = line.where;
  mailer.name = text.substr(0, at);
  if (mailer.name.empty()) return problem("name required for mailer", line.where);
  while (at < text.size()) {
    while (at < text.size() && (text[at] == ',' || is_blank(text[at]))) ++at;
    if (at >= text.size()) break;
    const char field = text[at];
    at = text.find_first_of("=,", at);
    if (at == std::string_view::npos || text[at] != '=') {
      return problem(fmt::format("mailer {}: `=' expected", escape_foreign(mailer.name, 40)),
                     line.where);
    }
    ++at;
    while (at < text.size() && is_blank(text[at])) ++at;
    const std::string value = unquoted(text, at, ',');
    if (field == 'P') mailer.program = value;
    if (field == 'F') mailer.flags = value;
    if (field == 'A') mailer.arguments = to_external(value, cf_.names);
    // `S=envelope/header`
    if (field == 'S') mailer.sender_envelope_rules = value.substr(0, value.find('/'));
    if (field == 'R') mailer.recipient_envelope_rules = value.substr(0, value.find('/'));
  }
  if (mailer.program.empty()) {
    return problem(fmt::format("M{}: P= argument required", escape_foreign(mailer.name, 40)),
                   line.where);
  }
  cf_.mailers.push_back(std::move(mailer));
}

}  // namespace relayproof::sendmail
