#include "dialects/opensmtpd/doors.h"

#include <algorithm>
#include <array>

namespace relayproof::opensmtpd {
namespace {

constexpr std::array<std::string_view, 3> loopback_names = {"lo", "lo0", "localhost"};

mail::IpSet of_family(const mail::IpSet& clients, std::optional<mail::Family> family) {
  if (!family) return clients;
  return clients & (*family == mail::Family::ipv4 ? mail::IpSet::all_v4() : mail::IpSet::all_v6());
}

}  // namespace

// IPv6 sockets take no IPv4 (IPV6_V6ONLY in smtp.c).
Bound bound_of(const Listen& listen) {
  if (listen.is_socket) return {{"socket"}, mail::loopback()};
  if (const auto address = mail::IpAddress::parse(listen.on)) {
    const auto all = address->is_v6() ? mail::IpSet::all_v6() : mail::IpSet::all_v4();
    return {{address->to_string()}, address->is_loopback() ? all & mail::loopback() : all};
  }
  const bool inside =
      std::find(loopback_names.begin(), loopback_names.end(), listen.on) != loopback_names.end();
  if (!inside) return {{}, of_family(mail::IpSet::all(), listen.family)};
  Bound bound{{}, of_family(mail::loopback(), listen.family)};
  if (listen.family != mail::Family::ipv6) bound.addresses.emplace_back("127.0.0.1");
  if (listen.family != mail::Family::ipv4) bound.addresses.emplace_back("::1");
  return bound;
}

std::optional<std::uint16_t> port_of(const Listen& listen) {
  if (!listen.port_name.empty()) return std::nullopt;
  if (listen.port != 0) return listen.port;
  return static_cast<std::uint16_t>(listen.tls == Listen::Tls::from_the_start ? 465 : 25);
}

}  // namespace relayproof::opensmtpd
