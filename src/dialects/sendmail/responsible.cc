#include "dialects/sendmail/responsible.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/own_names.h"
#include "mail/address.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {
namespace {

class Responsibility {
 public:
  explicit Responsibility(Scope& scope) : scope_(scope) {}

  void run() {
    own_.claim_as_it_stands("localhost");
    for (const auto& [member, where] : scope_.config.class_of("w").members) own(member);
    for (const auto& interface : scope_.host.interfaces) {
      own_.claim_as_it_stands(to_lower(interface.address.literal()));
    }
    own(scope_.hostname);
    for (const auto& [member, where] : scope_.config.class_of("R").members) claim(member);
    if (scope_.has(Feature::relay_entire_domain)) {
      for (const auto& [member, where] : scope_.config.class_of("m").members) claim(member);
    }
    for (const auto& row : scope_.access.map.rows) {
      const bool asked = row.tag.empty() || equals_ignoring_case(row.tag, "to");
      if (asked && row.result == AccessResult::relay) claim(row.key);
      if (row.key.find('@') == std::string_view::npos) own_.mention(row.key);
    }
    std::move(own_).write(scope_.builder.policy());
  }

 private:
  // Names and literals of the host itself.
  void own(std::string_view name) {
    if (name.starts_with('[')) {
      if (const auto address = mail::literal_address(name)) {
        own_.claim_as_it_stands(to_lower(address->literal()));
      }
      return;
    }
    claim(name);
  }

  void claim(std::string_view name) {
    if (name.starts_with('.')) name.remove_prefix(1);
    own_.claim(name);
  }

  Scope& scope_;
  dialects::OwnNames own_;
};

}  // namespace

void lower_responsibility(Scope& scope) { Responsibility(scope).run(); }

}  // namespace relayproof::sendmail
