#include "dialects/sendmail/scope.h"

#include <functional>
#include <map>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/class_names.h"
#include "dialects/sendmail/map_text.h"
#include "mail/address.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {
namespace {

// What the rules that ask the access map for a recipient's domain would find: RELAY or not.
class RelayedDomains {
 public:
  RelayedDomains(const AccessMap& map, bool parents, bool dots) : parents_(parents), dots_(dots) {
    for (const auto& row : map.rows) {
      if (!row.tag.empty() && !equals_ignoring_case(row.tag, "to")) continue;
      auto& place = row.tag.empty() ? plain_ : tagged_;
      place.try_emplace(to_lower(row.key), row.result == AccessResult::relay);
    }
  }

  bool relays(std::string_view domain) const {
    const auto name = to_lower(domain);
    for (std::string_view rest = name; !rest.empty();) {
      if (const auto found = find(rest)) return *found;
      const auto dot = rest.find('.');
      if (!parents_ || dot == std::string_view::npos) return false;
      if (const auto found = dots_ ? find(rest.substr(dot)) : std::nullopt) return *found;
      rest = rest.substr(dot + 1);
    }
    return false;
  }

 private:
  using Rows = std::map<std::string, bool, std::less<>>;
  std::optional<bool> find(std::string_view key) const {
    for (const auto* rows : {&tagged_, &plain_}) {
      const auto found = rows->find(key);
      if (found != rows->end()) return found->second;
    }
    return std::nullopt;
  }

  Rows tagged_, plain_;
  bool parents_;
  bool dots_;
};

// A literal in any spelling of its address.
bool is_own_literal(const CfClass& names, std::string_view domain) {
  const auto address = mail::literal_address(domain);
  if (!address) return false;
  for (const auto& [member, where] : names.members) {
    if (member.starts_with('[') && mail::literal_address(member) == address) return true;
  }
  return false;
}

std::function<std::string(std::string_view)> renamed_domains(const Scope& scope) {
  const auto table = std::make_shared<std::map<std::string, std::string, std::less<>>>();
  if (const auto text = scope.files.read(scope.config.domaintable->source)) {
    for (const auto& row : parse_map(**text).rows) table->try_emplace(to_lower(row.key), row.value);
  }
  return [table](std::string_view domain) {
    const auto found = table->find(to_lower(domain));
    return found == table->end() ? std::string(domain) : found->second;
  };
}

}  // namespace

policy::OriginId Scope::origin(Feature feature) const {
  const auto* place = config.place_of(feature);
  return place == nullptr ? 0 : builder.origin(*place, to_string(feature));
}

policy::OriginId Scope::origin(const AccessRow& row) const {
  const auto tag = row.tag.empty() ? std::string() : std::string(row.tag) + ':';
  return builder.origin(Place{{access.map.file, row.line, 1},
                              tag + std::string(row.key) + ' ' + std::string(row.value)},
                        "access");
}

policy::ConditionId Scope::hidden_access(std::string_view tag,
                                         std::vector<policy::Subject> about) const {
  policy::Question question;
  question.name = "the access map gives RELAY for " + std::string(tag);
  if (const auto* place = config.place_of(Feature::access_db)) {
    question.origin = builder.origin(*place, "access_db");
  }
  question.says = access.why;
  if (config.access)
    question.test = "makemap -u " + config.access->type + " " + config.access->index;
  return builder.unknown(std::move(question), std::move(about));
}

std::vector<OwnLiteral> own_literals(const Config& config) {
  std::vector<OwnLiteral> found;
  for (const auto& [member, where] : config.class_of("w").members) {
    if (!member.starts_with('[')) continue;
    if (const auto address = mail::literal_address(member)) {
      found.push_back({member, where, *address});
    }
  }
  return found;
}

mail::IpSet own_clients(const Scope& scope) {
  mail::IpSetBuilder own;
  for (const auto* text : {"127.0.0.1", "::1"}) {
    own.add(mail::IpSet::of(*mail::IpAddress::parse(text)));
  }
  for (const auto& interface : scope.host.interfaces) {
    own.add(mail::IpSet::of(interface.address));
  }
  for (const auto& each : own_literals(scope.config)) own.add(mail::IpSet::of(each.address));
  return own.build();
}

Access read_access(const FileSystem& files, const Config& config) {
  Access access;
  if (!config.has(Feature::access_db) || !config.access) return access;
  const auto& use = *config.access;
  if (use.source.empty()) {
    access.standing = Access::Standing::hidden;
    access.why = "its rows are in " + use.type + ", not in a file";
    return access;
  }
  const auto text = files.read(use.source);
  if (text) {
    access.standing = Access::Standing::read;
    access.map = parse_access(*text, use.source);
    return access;
  }
  access.standing = Access::Standing::hidden;
  const bool has_index =
      !use.index.empty() && files.info(use.index).kind != FileInfo::Kind::missing;
  access.why = has_index ? "the text that " + use.index + " is made of is not here"
                         : "neither " + use.source + " nor its index is here";
  return access;
}

AddressSettings address_settings(const Scope& scope) {
  const auto& config = scope.config;
  AddressSettings settings;
  if (!scope.hostname.empty()) settings.hostname = scope.hostname;
  settings.domain = scope.domain;
  if (config.is_mc) settings.blank = '.';  // confBLANK_SUB
  if (const auto blank = config.option("BlankSub"); !blank.empty()) settings.blank = blank.front();
  settings.percent_hack = !config.has(Feature::nopercenthack);
  settings.bang_paths = !config.has(Feature::nouucp);
  const auto names = std::make_shared<const CfClass>(config.class_of("w"));
  settings.is_local = [names](std::string_view name) {
    return is_in_class(*names, name, Below::none) || is_own_literal(*names, name);
  };
  const auto below = scope.parents_count() ? Below::counts : Below::none;
  const auto relayed = std::make_shared<const CfClass>(config.class_of("R"));
  const auto entire = std::make_shared<const CfClass>(
      config.has(Feature::relay_entire_domain) ? config.class_of("m") : CfClass());
  const auto rows = std::make_shared<const RelayedDomains>(scope.access.map, below == Below::counts,
                                                           config.has(Feature::lookupdotdomain));
  settings.is_relayed = [=](std::string_view name) {
    return is_in_class(*relayed, name, below) || is_in_class(*entire, name, Below::counts) ||
           rows->relays(name);
  };
  if (config.domaintable) settings.renamed = renamed_domains(scope);
  return settings;
}

}  // namespace relayproof::sendmail
