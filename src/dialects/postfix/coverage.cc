#include "dialects/postfix/coverage.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

struct Judgement {
  Support support;
  std::string why;
};

struct Reason {
  std::string_view name;
  std::string_view why;
};

constexpr Reason unsupported_because[] = {
    {"masquerade_classes", "it can change the domain of recipients behind the checks"},
    {"milter_header_checks", "it can redirect mail by what a milter adds"},
    {"rewrite_service_name", "another service reads addresses"},
    {"smtpd_command_filter", "it changes what clients say before it is checked"},
    {"smtpd_dns_reply_filter", "it changes names and addresses that checks look up"},
};

// Names behind ldap:NAME and the like, when the table is defined in main.cf itself (ldap_table(5),
// mysql_table(5), pgsql_table(5), sqlite_table(5), memcache_table(5)): NAME_query, NAME_hosts.
constexpr std::string_view table_kinds[] = {"ldap:", "mysql:", "pgsql:", "sqlite:", "memcache:"};

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Every word that stands behind `mark` in a text and reads as a parameter's name.
void collect_behind(std::string_view text, std::string_view mark, std::set<std::string>& names) {
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at)) {
    at += mark.size();
    while (at < text.size() && (text[at] == '{' || text[at] == '(' || text[at] == ' ')) ++at;
    std::size_t end = at;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end > at) names.emplace(text.substr(at, end - at));
  }
}

// What the configuration itself mentions: `$name`, restriction classes, tables.
class Mentions {
 public:
  explicit Mentions(const Config& config) {
    for (const SettingPtr& setting : config.settings()) collect(setting->text);
    for (const Service& service : config.services()) {
      for (const SettingPtr& setting : service.overrides) collect(setting->text);
      add_classes(config.effective(service, "smtpd_restriction_classes").text);
    }
    add_classes(config.effective("smtpd_restriction_classes").text);
  }

  bool refers_to(const std::string& name) const { return names_.contains(name); }
  bool is_class(const std::string& name) const { return classes_.contains(name); }
  bool defines_table(std::string_view name) const {
    return std::ranges::any_of(tables_, [&](const std::string& table) {
      return name.size() > table.size() + 1 && name.starts_with(table) && name[table.size()] == '_';
    });
  }

 private:
  void collect(std::string_view text) {
    collect_behind(text, "$", names_);
    for (const std::string_view kind : table_kinds) collect_behind(text, kind, tables_);
  }
  void add_classes(std::string text) {
    std::ranges::replace(text, ',', ' ');
    for (const std::string_view word : words(text)) classes_.emplace(word);
  }

  std::set<std::string> names_;
  std::set<std::string> classes_;
  std::set<std::string> tables_;
};

std::string reason(std::string_view name) {
  const auto* known = std::ranges::find(unsupported_because, name, &Reason::name);
  return known == std::end(unsupported_because) ? std::string() : std::string(known->why);
}

std::string in_version(const Version& version) {
  return "Postfix " + std::to_string(version.major) + '.' + std::to_string(version.minor);
}

Judgement judge_known(const Config& config, const Setting& setting, const Parameter& parameter) {
  if (parameter.support == Support::unsupported) {
    if (setting.text == parameter.default_text) return {Support::irrelevant, "it is the default"};
    return {Support::unsupported, reason(parameter.name)};
  }
  if (find_parameter(setting.name, config.version()) == nullptr) {
    return {Support::irrelevant, in_version(config.version()) + " has no such parameter"};
  }
  return {parameter.support, {}};
}

// An old name that a default still asks for: virtual_maps, behind virtual_alias_maps.
const Parameter* asked_for_by(const std::string& name) {
  for (const Parameter& parameter : all_parameters()) {
    std::set<std::string> names;
    collect_behind(parameter.default_text, "$", names);
    if (names.contains(name)) return &parameter;
  }
  return nullptr;
}

Judgement judge_unknown(const Setting& setting, const Mentions& mentions) {
  if (const Parameter* parameter = asked_for_by(setting.name)) {
    return {parameter->support, "the old name of " + std::string(parameter->name)};
  }
  if (mentions.is_class(setting.name)) return {Support::understood, "a restriction class"};
  if (mentions.refers_to(setting.name)) return {Support::understood, "a name of your own"};
  if (is_per_service_name(setting.name)) return {Support::irrelevant, "it limits a transport"};
  if (mentions.defines_table(setting.name)) {
    return {Support::irrelevant, "it says where a table is to be asked"};
  }
  if (const auto nearest = nearest_parameter(setting.name)) {
    return {Support::unrecognised, "did you mean " + std::string(*nearest) + "?"};
  }
  return {Support::unrecognised, "no parameter of Postfix, and nothing refers to it"};
}

Judgement judge(const Config& config, const Setting& setting, const Mentions& mentions) {
  const Parameter* parameter = find_parameter(setting.name, config.version());
  if (parameter == nullptr) parameter = find_parameter(setting.name);
  if (parameter != nullptr) return judge_known(config, setting, *parameter);
  return judge_unknown(setting, mentions);
}

CoverageLine line_of(const Setting& setting, Judgement judgement) {
  return {setting.declared,
          setting.name + " = " + setting.text,
          {},
          judgement.support,
          std::move(judgement.why)};
}

std::vector<CoverageLine> main_lines(const Config& config, const Mentions& mentions) {
  std::vector<CoverageLine> lines;
  for (const SettingPtr& setting : config.settings()) {
    const SettingPtr last = config.find(setting->name);
    if (last == setting) {
      lines.push_back(line_of(*setting, judge(config, *setting, mentions)));
      continue;
    }
    const std::string by = "line " + std::to_string(last->declared.line) + " sets it again";
    lines.push_back(line_of(*setting, {Support::irrelevant, by}));
  }
  return lines;
}

// Programs that take mail from the network, check it, or decide where it goes.
constexpr std::string_view followed[] = {
    "cleanup", "discard", "error", "lmtp",  "local", "pipe",  "postscreen",
    "qmgr",    "oqmgr",   "qmqpd", "smtpd", "smtp",  "spawn", "trivial-rewrite",
    "virtual", "pickup",
};

bool is_loopback_only(const Config& config, const Service& service) {
  const Addresses at = config.listens_at(service);
  return at.complete && !at.addresses.empty() &&
         std::ranges::all_of(at.addresses, &mail::IpAddress::is_loopback);
}

Judgement judge_service(const Config& config, const Service& service) {
  if (service.is_disabled) return {Support::irrelevant, "disabled by master_service_disable"};
  constexpr std::string_view listeners[] = {"smtpd", "qmqpd", "postscreen"};
  const bool inet = service.type == Service::Type::inet;
  if (inet && std::ranges::find(listeners, service.command) == std::end(listeners)) {
    if (is_loopback_only(config, service)) {
      return {Support::irrelevant, "a program that only this machine can reach"};
    }
    return {Support::unsupported, "a program of its own that others can reach"};
  }
  const bool known = std::ranges::find(followed, service.command) != std::end(followed);
  return {known ? Support::understood : Support::irrelevant, {}};
}

std::vector<CoverageLine> master_lines(const Config& config, const Mentions& mentions) {
  std::vector<CoverageLine> lines;
  if (config.master_cf().empty()) return lines;
  for (const Service& service : config.services()) {
    if (service.where.line == 0 && service.overrides.empty()) continue;  // assumed
    Judgement judgement = judge_service(config, service);
    const bool idle = judgement.support == Support::irrelevant;
    lines.push_back({service.where, service.id() + ' ' + service.command, service.id(),
                     judgement.support, judgement.why});
    for (const SettingPtr& setting : service.overrides) {
      CoverageLine line = line_of(*setting, judge(config, *setting, mentions));
      line.service = service.id();
      line.text = "-o " + line.text;
      if (idle) line = {line.where, line.text, line.service, Support::irrelevant, judgement.why};
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

CoverageLine line_of(const Unread& unread) {
  if (!unread.why.empty()) {
    const auto support = unread.may_matter ? Support::unsupported : Support::irrelevant;
    return {unread.where, unread.text, {}, support, unread.why};
  }
  if (unread.is_fatal)
    return {unread.where,
            unread.text,
            {},
            Support::unrecognised,
            "Postfix refuses this line and does not run"};
  return {unread.where, unread.text, {}, Support::irrelevant, "Postfix ignores this line"};
}

}  // namespace

std::vector<CoverageLine> coverage(const Config& config) {
  const Mentions mentions(config);
  std::vector<CoverageLine> lines = main_lines(config, mentions);
  for (CoverageLine& line : master_lines(config, mentions)) lines.push_back(std::move(line));
  for (const Unread& unread : config.not_read()) lines.push_back(line_of(unread));
  std::ranges::stable_sort(lines, [](const CoverageLine& a, const CoverageLine& b) {
    if (a.where.file != b.where.file) return a.where.file < b.where.file;
    return a.where.line < b.where.line;
  });
  return lines;
}

}  // namespace relayproof::postfix
