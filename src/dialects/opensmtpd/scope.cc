#include "dialects/opensmtpd/scope.h"

#include "base/text.h"

namespace relayproof::opensmtpd {

// set_local() and set_localaddrs() of config.c. `[IPv6:...]` is not among them: smtpd puts the
// brackets twice there.
std::set<std::string> local_names(const dialects::Host& host, const std::string& hostname) {
  std::set<std::string> names = {"localhost"};
  if (!hostname.empty()) names.insert(to_lower(hostname));
  for (const auto& interface : host.interfaces) {
    const auto text = interface.address.to_string();
    if (!interface.address.is_v6()) names.insert(text);
    names.insert('[' + text + ']');
  }
  return names;
}

mail::IpSet local_addresses(const Scope& scope) {
  mail::IpSetBuilder own;
  for (const auto* text : {"127.0.0.1", "::1"}) own.add(*mail::IpAddress::parse(text));
  for (const auto& interface : scope.host.interfaces) own.add(interface.address);
  return own.build();
}

}  // namespace relayproof::opensmtpd
