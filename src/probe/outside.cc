#include "probe/outside.h"

#include <algorithm>

#include "mail/domain.h"

namespace relayproof::probe {
namespace {

bool is_below(const std::string& name, const std::string& domain) {
  return name == domain || name.ends_with("." + domain);
}

}  // namespace

bool may_be_its_own(const Plan& plan, const std::string& domain) {
  std::vector<std::string> own = plan.options.domains;
  own.push_back(plan.mail_domain);
  own.push_back(plan.options.target.host);
  for (const auto& address : plan.addresses) own.push_back(address.host);
  return std::any_of(own.begin(), own.end(), [&](const std::string& name) {
    // All of `net` is nobody's: a server that answers for it is asked there all the same.
    const bool above = mail::is_registrable_or_below(name) && is_below(domain, name);
    return !name.empty() && (is_below(name, domain) || above);
  });
}

std::vector<std::string> outside_domains(const Plan& plan) {
  std::vector<std::string> domains;
  const std::string given = mail::normalised_domain(domain_of(plan.options.to));
  if (!given.empty()) domains.push_back(given);
  for (const char* example : {"example.net", "example.org", "example.com"}) {  // RFC 2606
    const bool known = std::find(domains.begin(), domains.end(), example) != domains.end();
    if (!known && !may_be_its_own(plan, example)) domains.emplace_back(example);
  }
  // Reserved as well, but no server finds them in the DNS.
  for (const char* last : {"outside.example", "elsewhere.example"}) {
    if (domains.size() < 2) domains.emplace_back(last);
  }
  return domains;
}

std::string domain_of(const std::string& address) {
  const std::size_t at = address.rfind('@');
  return at == std::string::npos ? std::string{} : address.substr(at + 1);
}

}  // namespace relayproof::probe
