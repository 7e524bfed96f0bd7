#include "dialects/postfix/values.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/defaults.h"
#include "dialects/postfix/expand.h"

namespace relayproof::postfix {
namespace {

constexpr std::size_t shown = 60;

Problem refused(const Value& value, std::string says) {
  return {Problem::Kind::fatal, value.setting->where,
          std::move(says) + ": " + escape_foreign(value.setting->name, shown) + " = " +
              escape_foreign(value.text, shown)};
}

std::optional<Problem> refusal_of_number(const Value& value, std::optional<long> number,
                                         long least) {
  if (!number) return refused(value, "not a number that Postfix reads");
  if (least != 0 && *number < least) return refused(value, "less than " + std::to_string(least));
  return std::nullopt;
}

bool is_hostname_character(char c) {
  return c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// src/util/valid_hostname.c: labels of 1 to 63 of the usual characters, without a hyphen at their
// ends, and not all of it digits and dots.
bool is_hostname(std::string_view name) {
  constexpr std::size_t longest_name = 255;
  constexpr std::size_t longest_label = 63;
  if (name.empty() || name.size() > longest_name) return false;
  for (const std::string_view label : split(name, '.')) {
    if (label.empty() || label.size() > longest_label) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), is_hostname_character)) return false;
  }
  return name.find_first_not_of("0123456789.") != std::string_view::npos;
}

using Refusal = std::optional<std::string> (*)(const Config&, std::string_view);

std::optional<std::string> refuse_hostname(const Config&, std::string_view text) {
  if (is_hostname(text)) return std::nullopt;
  return "not a host name";
}

std::optional<std::string> refuse_origin(const Config&, std::string_view text) {
  if (text.find_first_of(", \t\r\n") == std::string_view::npos) return std::nullopt;
  return "more than one value";
}

std::optional<std::string> refuse_relayhost(const Config& config, std::string_view text) {
  if (!equals_ignoring_case(text, config.effective("myhostname").text)) return std::nullopt;
  return "the same as myhostname";
}

std::optional<std::string> refuse_style(const Config&, std::string_view text) {
  if (default_networks({}, text)) return std::nullopt;
  return "none of class, subnet, host";
}

std::optional<std::string> refuse_protocols(const Config&, std::string_view text) {
  if (protocols_of(text)) return std::nullopt;
  return "none of all, ipv4, ipv6";
}

std::optional<std::string> refuse_level(const Config& config, std::string_view text) {
  if (config.version() < Version{3, 0}) return std::nullopt;
  if (config.version() < Version{3, 6}) {
    if (to_integer(text)) return std::nullopt;
    return "not a whole number, as this version of Postfix wants it";
  }
  if (level_number(text) >= 0) return std::nullopt;
  return "not a compatibility level";
}

struct Rule {
  std::string_view name;
  Refusal refuse;
};

constexpr Rule rules[] = {
    {"compatibility_level", refuse_level}, {"inet_protocols", refuse_protocols},
    {"myhostname", refuse_hostname},       {"mydomain", refuse_hostname},
    {"myorigin", refuse_origin},           {"relayhost", refuse_relayhost},
    {"mynetworks_style", refuse_style},
};

}  // namespace

std::optional<Problem> refusal_of(const Parameter& parameter, const Value& value) {
  if (value.failed) return value.failed;
  switch (parameter.kind) {
    case Kind::boolean:
      if (to_bool(value.text)) return std::nullopt;
      return refused(value, "neither yes nor no");
    case Kind::integer:
      return refusal_of_number(value, to_integer(value.text), parameter.least);
    case Kind::seconds:
      return refusal_of_number(value, to_seconds(value.text, parameter.unit()), parameter.least);
    case Kind::string:
    case Kind::raw:
      break;
  }
  if (value.text.size() >= static_cast<std::size_t>(parameter.least)) return std::nullopt;
  return refused(value, "must not be empty");
}

std::vector<Problem> refusals_of_all_programs(const Config& config) {
  std::vector<Problem> problems;
  for (const Rule& rule : rules) {
    const Value value = config.effective(rule.name);
    if (value.failed || value.setting->is_default() || value.text.empty()) continue;
    if (auto says = rule.refuse(config, value.text)) {
      problems.push_back(refused(value, std::move(*says)));
    }
  }
  return problems;
}

}  // namespace relayproof::postfix
