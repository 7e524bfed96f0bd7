#include "dialects/postfix/doors.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postfix/restriction_networks.h"

namespace relayproof::postfix {
namespace {

// What is bound to loopback is reached from there only, and IPv4 not through an IPv6 address.
mail::IpSet who_can_reach(const Addresses& bound) {
  if (bound.addresses.empty()) return mail::IpSet::all();
  bool only_loopback = bound.complete;
  mail::IpSet clients;
  for (const auto& address : bound.addresses) {
    only_loopback = only_loopback && address.is_loopback();
    clients = clients | (address.is_v6() ? mail::IpSet::all_v6() : mail::IpSet::all_v4());
  }
  if (only_loopback) return mail::loopback();
  return bound.complete ? clients : mail::IpSet::all();
}

bool speaks_haproxy(const Config& config, const Service& service, std::string_view parameter) {
  return equals_ignoring_case(trim(config.effective(service, parameter).text), "haproxy");
}

void add_proxy(SharedLowering& shared, const Service& service, std::string_view parameter,
               policy::Listener& listener, policy::Door& door) {
  if (!speaks_haproxy(shared.config, service, parameter)) return;
  listener.wants_first = "a PROXY header";
  door.may_claim = mail::IpSet::all();
  door.claim_origin = shared.builder.origin(shared.config.effective(service, parameter));
}

void add_xclient(SharedLowering& shared, const ServiceLowering& behind, policy::Door& door) {
  const auto value = behind.value("smtpd_authorized_xclient_hosts");
  const auto hosts =
      lower_clients(shared.builder, shared.shelf, value, "smtpd_authorized_xclient_hosts");
  if (!hosts.addresses.empty()) {
    door.may_claim = door.may_claim | hosts.addresses;
    if (door.claim_origin == 0) door.claim_origin = hosts.origin;
  }
  if (!hosts.by_address_only) {
    shared.notes.push_back({value.locate(0), value.text,
                            "hosts named in smtpd_authorized_xclient_hosts are the owner's",
                            false});
  }
}

void add_unique(std::vector<std::string>& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

}  // namespace

std::vector<policy::Door> open_doors(SharedLowering& shared, const Service& inet,
                                     const ServiceLowering& behind, policy::Listener& listener,
                                     std::size_t index) {
  const auto bound = shared.config.listens_at(inet);
  for (const auto& address : bound.addresses) add_unique(listener.addresses, address.to_string());
  if (!inet.endpoint || !inet.endpoint->number) {
    shared.notes.push_back({inet.where, inet.name, "the number of this port is not known", true});
    return {};
  }
  policy::Door door;
  door.listener = index;
  door.port = *inet.endpoint->number;
  door.clients = who_can_reach(bound);
  listener.ports.push_back(door.port);
  const bool through_postscreen = &inet != &behind.service;
  add_proxy(
      shared, inet,
      through_postscreen ? "postscreen_upstream_proxy_protocol" : "smtpd_upstream_proxy_protocol",
      listener, door);
  add_xclient(shared, behind, door);
  return {door};
}

}  // namespace relayproof::postfix
