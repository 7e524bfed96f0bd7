#include "dialects/sendmail/responsible.h"

#include <set>
#include <string>

#include "base/text.h"
#include "mail/address.h"
#include "mail/domain.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {
namespace {

class Responsibility {
 public:
  explicit Responsibility(Scope& scope) : scope_(scope) {}

  void run() {
    claims_.insert("localhost");
    for (const auto& [member, where] : scope_.config.class_of("w").members) own(member);
    for (const auto& interface : scope_.host.interfaces) {
      claims_.insert(to_lower(interface.address.literal()));
    }
    own(scope_.hostname);
    for (const auto& [member, where] : scope_.config.class_of("R").members) claim(member);
    if (scope_.has(Feature::relay_entire_domain)) {
      for (const auto& [member, where] : scope_.config.class_of("m").members) claim(member);
    }
    for (const auto& row : scope_.access.map.rows) {
      const bool asked = row.tag.empty() || equals_ignoring_case(row.tag, "to");
      if (asked && row.result == AccessResult::relay) claim(row.key);
      if (row.key.find('@') == std::string_view::npos) mention(row.key);
    }
    mentioned_.erase("");
    auto& policy = scope_.builder.policy();
    policy.answers_for.assign(claims_.begin(), claims_.end());
    policy.owned_names.assign(mentioned_.begin(), mentioned_.end());
  }

 private:
  // Names and literals of the host itself.
  void own(std::string_view name) {
    if (name.starts_with('[')) {
      if (const auto address = mail::literal_address(name)) {
        claims_.insert(to_lower(address->literal()));
      }
      return;
    }
    claim(name);
  }

  void claim(std::string_view name) {
    if (name.starts_with('.')) name.remove_prefix(1);
    auto normal = mail::normalised_domain(name);
    if (!mail::is_domain_name(normal) || !mail::is_registrable_or_below(normal)) return;
    mention(normal);
    claims_.insert(std::move(normal));
  }

  void mention(std::string_view name) {
    if (name.starts_with('.')) name.remove_prefix(1);
    const auto normal = mail::normalised_domain(name);
    if (!mail::is_domain_name(normal)) return;
    const auto names = mail::name_and_parents(normal);
    if (!names.empty()) mentioned_.insert(names.back());
  }

  Scope& scope_;
  std::set<std::string> claims_;
  std::set<std::string> mentioned_;
};

}  // namespace

void lower_responsibility(Scope& scope) { Responsibility(scope).run(); }

}  // namespace relayproof::sendmail
