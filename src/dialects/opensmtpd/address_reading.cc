#include "dialects/opensmtpd/address_reading.h"

#include <algorithm>

#include "base/text.h"
#include "mail/ip_address.h"

namespace relayproof::opensmtpd {
namespace {

constexpr std::size_t longest_part = 255;  // SMTPD_MAXLOCALPARTSIZE, SMTPD_MAXDOMAINPARTSIZE

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_atext(char c) {
  constexpr std::string_view more = "!#$%&'*/?^`{|}~+-=_";
  return is_letter_or_digit(c) || more.find(c) != std::string_view::npos;
}

// Atoms with single dots between them.
bool is_valid_local(std::string_view local) {
  if (local.empty()) return false;
  for (const auto atom : split(local, '.')) {
    if (atom.empty() || !std::all_of(atom.begin(), atom.end(), is_atext)) return false;
  }
  return true;
}

// res_hnok(3) of glibc, with which Debian builds it. That of OpenBSD wants letters and digits at
// both ends of a label, and lets empty labels pass.
bool is_host_name(std::string_view name) {
  constexpr std::size_t longest_label = 63;
  if (name.starts_with('-')) return false;
  for (const auto label : split(name, '.')) {
    if (label.empty() || label.size() > longest_label) return false;
    const bool good = std::all_of(label.begin(), label.end(), [](char c) {
      return is_letter_or_digit(c) || c == '-' || c == '_';
    });
    if (!good) return false;
  }
  return true;
}

bool is_literal(std::string_view domain) {
  auto inside = domain.substr(1);
  if (starts_with_ignoring_case(domain, "[ipv6:")) inside = domain.substr(6);
  if (inside.find(']') != inside.size() - 1) return false;
  inside.remove_suffix(1);
  return mail::IpAddress::parse(inside).has_value();
}

// What may follow the path: DSN and size options. Others are refused.
bool takes_options(std::string_view options, bool is_sender) {
  for (const auto option : split(options, ' ')) {
    if (option.empty()) continue;
    const auto is = [&](std::string_view name) { return starts_with_ignoring_case(option, name); };
    const bool known = is_sender ? is("auth=") || is("size=") || is("ret=") || is("envid=") ||
                                       equals_ignoring_case(option, "body=7bit") ||
                                       equals_ignoring_case(option, "body=8bitmime")
                                 : is("notify=") || is("orcpt=");
    if (!known) return false;
  }
  return true;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_valid_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > longest_part) return false;
  if (domain.front() == '[') return is_literal(domain);
  return domain.back() != '.' && is_host_name(domain);
}

std::optional<std::string> read_path(std::string_view wire, std::string_view hostname,
                                     bool is_sender) {
  while (!wire.empty() && (wire.front() == ' ' || wire.front() == '\t')) wire.remove_prefix(1);
  const auto end = wire.find('>');
  if (!wire.starts_with('<') || end == std::string_view::npos) return std::nullopt;
  if (!takes_options(wire.substr(end + 1), is_sender)) return std::nullopt;
  const auto path = wire.substr(1, end - 1);
  const auto at = path.rfind('@');
  auto local = path.substr(0, at);
  const auto domain = at == std::string_view::npos ? std::string_view{} : path.substr(at + 1);
  if (local.size() > longest_part || domain.size() > longest_part) return std::nullopt;
  // `@a,@b:user`: the route is ignored, and so is anything else in front of the first colon.
  const auto colon = local.find(':');
  if (colon != std::string_view::npos) local.remove_prefix(colon + 1);
  if (is_sender && local.empty() && domain.empty()) return std::string();
  if (!is_valid_local(local)) return std::nullopt;
  const auto whole = domain.empty() ? hostname : domain;
  if (!is_valid_domain(whole)) return std::nullopt;
  return std::string(local) + '@' + std::string(whole);
}

std::vector<std::string> targets_of(std::string_view value) {
  std::vector<std::string> targets;
  std::string target;
  bool escaped = false;
  char quote = 0;
  const auto finish = [&] {
    const auto text = without_blanks(target);
    if (!text.empty()) targets.emplace_back(text);
    target.clear();
  };
  for (const char c : value) {
    if (escaped) {
      target += c;
      escaped = false;
      continue;
    }
    if (c == '\\') {
      escaped = true;
      continue;
    }
    if (c == ',' && quote == 0) {
      finish();
      continue;
    }
    target += c;
    if ((c == '"' || c == '\'') && (quote == 0 || quote == c)) quote = quote == 0 ? c : '\0';
  }
  finish();
  return targets;
}

policy::Addresses make_addresses(std::string hostname) {
  policy::Addresses addresses;
  addresses.read_sender = [hostname](std::string_view wire) {
    return read_path(wire, hostname, true);
  };
  addresses.read_recipient = [hostname](std::string_view wire) {
    return read_path(wire, hostname, false);
  };
  addresses.spell = [](std::string_view address) { return '<' + std::string(address) + '>'; };
  addresses.transform = [](std::string_view, std::string_view address) {
    return std::string(address);
  };
  addresses.targets = [](std::string_view value, std::string_view) { return targets_of(value); };
  return addresses;
}

}  // namespace relayproof::opensmtpd
