#include "probe/names.h"

#include <algorithm>

#include "base/text.h"
#include "mail/domain.h"

namespace relayproof::probe {
namespace {

// The first word of a reply, if it is a name with a dot: `localhost` and words are no names.
std::string leading_name(const std::optional<mail::Reply>& reply) {
  if (!reply || reply->lines.empty()) return {};
  const auto found = words(reply->lines.front());
  if (found.empty()) return {};
  const std::string name = mail::normalised_domain(found.front());
  const bool usable = mail::is_domain_name(name) && name.find('.') != std::string::npos;
  return usable ? name : std::string{};
}

void add(std::vector<std::string>& list, const std::string& name) {
  if (!name.empty() && std::find(list.begin(), list.end(), name) == list.end()) {
    list.push_back(name);
  }
}

}  // namespace

void learn(ServerNames& names, const smtp::Record& record) {
  if (names.banner.empty()) names.banner = leading_name(record.greeting);
  if (names.ehlo.empty()) names.ehlo = leading_name(record.ehlo);
}

std::string primary_host(const ServerNames& names, const std::string& fallback) {
  for (const std::string* name : {&names.banner, &names.ehlo, &names.given}) {
    if (name->find('.') != std::string::npos) return *name;
  }
  if (!names.pointers.empty()) return names.pointers.front();
  return names.given.empty() ? fallback : names.given;
}

std::vector<std::string> candidate_domains(const ServerNames& names, std::size_t limit) {
  std::vector<std::string> list;
  for (const auto& domain : names.domains) add(list, domain);
  add(list, names.mail_domain);
  std::vector<std::string> hosts = {names.given, names.banner, names.ehlo};
  hosts.insert(hosts.end(), names.pointers.begin(), names.pointers.end());
  // A host's own parent is more often its mail domain than the host's name is.
  for (const auto& host : hosts) {
    const auto chain = mail::name_and_parents(host);
    for (auto name = chain.rbegin(); name != chain.rend(); ++name) add(list, *name);
  }
  for (const auto& host : hosts) add(list, host);
  if (list.size() > limit) list.resize(limit);
  return list;
}

}  // namespace relayproof::probe
