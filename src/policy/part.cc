#include "policy/part.h"

#include "mail/ip_address.h"

namespace relayproof::policy {

std::string_view part_of(std::string_view address, Part part) {
  const auto at = address.rfind('@');
  switch (part) {
    case Part::whole:
      return address;
    case Part::local:
      return address.substr(0, at);
    case Part::domain:
      return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
  }
  return address;
}

std::string_view without_extension(std::string_view local, std::string_view delimiters) {
  if (delimiters.empty()) return local;
  const auto at = local.find_first_of(delimiters, 1);
  return at == std::string_view::npos ? local : local.substr(0, at);
}

bool is_numeric_host(std::string_view name) { return mail::IpAddress::parse(name).has_value(); }

std::vector<std::string_view> parents_of(std::string_view name, bool dotted) {
  std::vector<std::string_view> parents;
  for (auto dot = name.find('.', name.empty() ? 0 : 1); dot != std::string_view::npos;
       dot = name.find('.', dot + 1)) {
    const auto parent = name.substr(dotted ? dot : dot + 1);
    if (!parent.empty()) parents.push_back(parent);
  }
  return parents;
}

}  // namespace relayproof::policy
