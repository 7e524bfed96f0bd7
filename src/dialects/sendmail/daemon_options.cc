#include "dialects/sendmail/daemon_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/text.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {
namespace {

struct Service {
  std::string_view name;
  std::uint16_t port;
};
constexpr auto services = std::to_array<Service>(
    {{"smtp", 25}, {"submission", 587}, {"smtps", 465}, {"submissions", 465}, {"ssmtp", 465}});

std::optional<mail::IpAddress> address_of(const Daemon& daemon) {
  auto text = std::string_view(daemon.address);
  if (starts_with_ignoring_case(text, "IPv6:")) text.remove_prefix(5);
  return mail::IpAddress::parse(text);
}

}  // namespace

Daemon daemon_of(std::string_view text, const Place& place) {
  Daemon daemon;
  daemon.place = place;
  for (const auto part : split(text, ',')) {
    const auto equals = part.find('=');
    const auto key = trim(part.substr(0, equals));
    if (key.empty() || equals == std::string_view::npos) continue;
    const auto value = std::string(trim(part.substr(equals + 1)));
    const char letter = to_lower(key.substr(0, 1)).front();
    if (letter == 'a') daemon.address = value;
    if (letter == 'p') daemon.port = value;
    if (letter == 'n') daemon.name = value;
    if (letter == 'm') daemon.modifiers = value;
    if (letter == 'f') {
      daemon.family = value == "inet"    ? Daemon::Family::inet
                      : value == "inet6" ? Daemon::Family::inet6
                                         : Daemon::Family::other;
    }
  }
  return daemon;
}

std::optional<std::uint16_t> port_of(const Daemon& daemon) {
  std::uint16_t port = 0;
  const auto& text = daemon.port;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size()) return port;
  const auto* const found =
      std::find_if(services.begin(), services.end(),
                   [&](const Service& each) { return equals_ignoring_case(each.name, text); });
  return found == services.end() ? std::nullopt : std::optional(found->port);
}

// An IPv6 socket on every address takes IPv4 clients, too, where the system is not told otherwise;
// a daemon of no family is one of IPv4.
mail::IpSet clients_of(const Daemon& daemon) {
  const auto address = address_of(daemon);
  const bool six = daemon.family == Daemon::Family::inet6 || (address && address->is_v6());
  if (address && address->is_loopback()) {
    return mail::loopback() & (six ? mail::IpSet::all_v6() : mail::IpSet::all_v4());
  }
  if (daemon.address == "localhost") return mail::loopback();
  if (!six) return mail::IpSet::all_v4();
  return address && !address->is_unspecified() ? mail::IpSet::all_v6() : mail::IpSet::all();
}

}  // namespace relayproof::sendmail
