#include "dialects/sendmail/features.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace relayproof::sendmail {
namespace {

using Words = std::vector<std::string>;

struct Named {
  std::string_view name;
  Feature feature;
};
// Those that take no argument, or whose argument does not matter here.
constexpr auto plain = std::to_array<Named>({
    {"accept_unqualified_senders", Feature::accept_unqualified_senders},
    {"accept_unresolvable_domains", Feature::accept_unresolvable_domains},
    {"access_db", Feature::access_db},
    {"badmx", Feature::dnsbl},
    {"bestmx_is_local", Feature::bestmx_is_local},
    {"blacklist_recipients", Feature::blocklist_recipients},
    {"block_bad_helo", Feature::block_bad_helo},
    {"blocklist_recipients", Feature::blocklist_recipients},
    {"conncontrol", Feature::dnsbl},
    {"delay_checks", Feature::delay_checks},
    {"dnsbl", Feature::dnsbl},
    {"domaintable", Feature::domaintable},
    {"drac", Feature::drac},
    {"enhdnsbl", Feature::dnsbl},
    {"greet_pause", Feature::dnsbl},
    {"ldap_routing", Feature::ldap_routing},
    {"lookupdotdomain", Feature::lookupdotdomain},
    {"loose_relay_check", Feature::loose_relay_check},
    {"mailertable", Feature::mailertable},
    {"mtamark", Feature::dnsbl},
    {"nopercenthack", Feature::nopercenthack},
    {"nouucp", Feature::nouucp},
    {"nullclient", Feature::nullclient},
    {"promiscuous_relay", Feature::promiscuous_relay},
    {"ratecontrol", Feature::dnsbl},
    {"rbl", Feature::dnsbl},
    {"relay_based_on_MX", Feature::relay_based_on_mx},
    {"relay_entire_domain", Feature::relay_entire_domain},
    {"relay_hosts_only", Feature::relay_hosts_only},
    {"relay_local_from", Feature::relay_local_from},
    {"relay_mail_from", Feature::relay_db_from},
    {"require_rdns", Feature::require_rdns},
    {"rhsbl", Feature::dnsbl},
    {"use_client_ptr", Feature::use_client_ptr},
    {"virtuser_entire_domain", Feature::virtuser_entire_domain},
    {"virtusertable", Feature::virtusertable},
});

// What rewrites senders and headers, delivers, names files, or concerns mail that goes out.
constexpr auto irrelevant = std::to_array<std::string_view>({
    "allmasquerade",
    "always_add_domain",
    "authinfo",
    "bcc",
    "check_cert_altnames",
    "check_other",
    "compat_check",
    "fips3",
    "generics_entire_domain",
    "genericstable",
    "limited_masquerade",
    "local_lmtp",
    "local_no_masquerade",
    "local_procmail",
    "masquerade_entire_domain",
    "masquerade_envelope",
    "no_default_msa",
    "nocanonify",
    "notsticky",
    "preserve_local_plus_detail",
    "preserve_luser_host",
    "queuegroup",
    "redirect",
    "smrsh",
    "stickyhost",
    "sts",
    "tls_failures",
    "tls_session_features",
    "use_ct_file",
    "use_cw_file",
});
// What changes how addresses are read in ways that are not modelled.
constexpr auto unmodelled = std::to_array<std::string_view>(
    {"bitdomain", "domainmap", "msp", "prefixmod", "uucpdomain", "vnet"});

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const std::string& at(const Words& words, std::size_t index) {
  static const std::string none;
  return index < words.size() ? words[index] : none;
}

std::string settings_path(std::string_view name) { return "/etc/mail/" + std::string(name); }

MapUse map_of(const Words& arguments, std::string_view name, const Place& place) {
  const auto& specification = at(arguments, 0);
  return map_use(specification.empty() ? "hash " + settings_path(name) : specification, place);
}

void take_access(Config& config, const Words& arguments, const Place& place) {
  config.access = map_of(arguments, "access", place);
  for (std::size_t index = 1; index < arguments.size(); ++index) {
    const auto word = to_lower(arguments[index]);
    if (word == "skip") config.features[Feature::access_skip] = place;
    if (word == "lookupdotdomain") config.features[Feature::lookupdotdomain] = place;
    if (word == "relaytofulladdress") config.features[Feature::relay_full_address] = place;
  }
}

void take_delay_checks(Config& config, const Words& arguments, const Place& place) {
  const auto first = to_lower(at(arguments, 0).substr(0, 1));
  if (first == "f") config.features[Feature::spam_friend] = place;
  if (first == "h") config.features[Feature::spam_hater] = place;
  if (at(arguments, 1).empty()) config.features[Feature::delay_compat] = place;
}

void take_details(Config& config, Feature feature, const Words& arguments, const Place& place) {
  if (feature == Feature::access_db) take_access(config, arguments, place);
  if (feature == Feature::delay_checks) take_delay_checks(config, arguments, place);
  if (feature == Feature::virtusertable) {
    config.virtusertable = map_of(arguments, "virtusertable", place);
  }
  if (feature == Feature::mailertable) {
    config.mailertable = map_of(arguments, "mailertable", place);
  }
  if (feature == Feature::domaintable) {
    config.domaintable = map_of(arguments, "domaintable", place);
  }
  if (feature == Feature::nouucp && at(arguments, 0).starts_with('r')) {
    config.features[Feature::nouucp_reject] = place;
  }
  if (feature == Feature::relay_db_from && at(arguments, 0) == "domain") {
    config.features[Feature::relay_db_from_domain] = place;
  }
  if (feature == Feature::nullclient) {
    config.relays["MAIL_HUB"] = {place.where, at(arguments, 0)};
    config.relays["SMART_HOST"] = {place.where, at(arguments, 0)};
  }
}

// The suffixes that makemap gives its files.
struct Suffix {
  std::string_view type;
  std::string_view suffix;
};
constexpr auto suffixes = std::to_array<Suffix>(
    {{"hash", ".db"}, {"btree", ".db"}, {"dbm", ".pag"}, {"cdb", ".cdb"}, {"implicit", ".db"}});

}  // namespace

std::string_view to_string(Feature feature) {
  switch (feature) {
    case Feature::access_skip:
      return "access_db skip";
    case Feature::delay_compat:
    case Feature::spam_friend:
    case Feature::spam_hater:
      return "delay_checks";
    case Feature::nouucp_reject:
      return "nouucp reject";
    case Feature::relay_db_from_domain:
      return "relay_mail_from domain";
    case Feature::relay_full_address:
      return "access_db relaytofulladdress";
    default:
      break;
  }
  const auto* const found = std::find_if(
      plain.begin(), plain.end(), [&](const Named& each) { return each.feature == feature; });
  return found == plain.end() ? std::string_view() : found->name;
}

MapUse map_use(std::string_view specification, const Place& place) {
  MapUse use;
  use.place = place;
  const auto parts = words(specification);
  if (parts.empty()) return use;
  use.type = parts[0];
  std::string path;
  for (std::size_t index = 1; index < parts.size(); ++index) {
    if (parts[index] == "-o") use.optional = true;
    if (!parts[index].starts_with('-')) path = parts[index];
  }
  const auto* const is = std::find_if(suffixes.begin(), suffixes.end(),
                                      [&](const Suffix& each) { return each.type == use.type; });
  if (use.type == "text") use.source = path;
  if (is == suffixes.end() || path.empty()) return use;
  if (path.ends_with(is->suffix)) path.resize(path.size() - is->suffix.size());
  use.source = path;
  use.index = path + std::string(is->suffix);
  return use;
}

bool switch_on(Config& config, const std::string& name, const Words& arguments,
               const Place& place) {
  const auto* const found = std::find_if(plain.begin(), plain.end(),
                                         [&](const Named& each) { return each.name == name; });
  if (found != plain.end()) {
    config.features.try_emplace(found->feature, place);
    take_details(config, found->feature, arguments, place);
    return true;
  }
  if (holds(unmodelled, name)) {
    config.doubts.push_back({place, "how it reads addresses is not modelled", true});
    return true;
  }
  return holds(irrelevant, name);
}

}  // namespace relayproof::sendmail
