#include "cli/fronts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace relayproof::cli {
namespace {

constexpr std::array<std::uint16_t, 4> mail_ports = {25, 465, 587, 2525};

struct Lead {
  mail::IpAddress to;
  std::uint16_t port = 0;
};

// `127.0.0.1:25`, `[::1]:25`, wherever it stands in the command.
std::optional<Lead> lead_in(const std::string& command, const mail::IpAddress& to) {
  const std::string text = (to.is_v6() ? "[" + to.to_string() + "]" : to.to_string()) + ":";
  for (auto at = command.find(text); at != std::string::npos; at = command.find(text, at + 1)) {
    const char before = at == 0 ? ' ' : command[at - 1];
    if (before == '.' || (before >= '0' && before <= '9')) continue;
    const char* begin = command.data() + at + text.size();
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(begin, command.data() + command.size(), port);
    if (error == std::errc() && end != begin && port != 0) return Lead{to, port};
  }
  return std::nullopt;
}

mail::IpSet clients_at(const mail::IpAddress& at, bool both) {
  if (both) return mail::IpSet::all();
  const auto family = at.is_v6() ? mail::IpSet::all_v6() : mail::IpSet::all_v4();
  return at.is_unspecified() ? family : family - mail::loopback();
}

bool has_ipv4(const std::vector<Listening>& listening, std::uint16_t port) {
  return std::any_of(listening.begin(), listening.end(), [&](const Listening& other) {
    return other.port == port && !other.address.is_v6() && !other.address.is_loopback();
  });
}

bool leads_to(const policy::Listener& listener, const mail::IpAddress& to) {
  const std::string any = to.is_v6() ? "::" : "0.0.0.0";
  return listener.addresses.empty() ||
         std::any_of(listener.addresses.begin(), listener.addresses.end(), [&](const auto& text) {
           return text == any || mail::IpAddress::parse(text) == to;
         });
}

}  // namespace

std::vector<Front> fronts_of(const std::vector<Listening>& listening,
                             const std::vector<mail::IpAddress>& own) {
  std::vector<Front> found;
  for (const auto& socket : listening) {
    if (socket.address.is_loopback() || socket.name == "master") continue;
    for (const auto& address : own) {
      const auto lead = lead_in(socket.command, address);
      if (!lead) continue;
      const bool is_mail =
          lead->port == socket.port ||
          std::find(mail_ports.begin(), mail_ports.end(), socket.port) != mail_ports.end();
      // Its own address, named for where it listens.
      const bool itself = lead->port == socket.port && lead->to == socket.address;
      if (!is_mail || itself) continue;
      const bool both = socket.address.is_v6() && socket.address.is_unspecified() &&
                        !socket.v6_only && !has_ipv4(listening, socket.port);
      found.push_back({socket.address, socket.port, lead->to, lead->port,
                       clients_at(socket.address, both), socket.name,
                       "process " + std::to_string(socket.process) + ": " + socket.command});
      break;
    }
  }
  return found;
}

void add_fronts(const std::vector<Front>& fronts, policy::Policy& policy) {
  const std::size_t doors = policy.doors.size();
  for (const auto& front : fronts) {
    for (std::size_t i = 0; i < doors; ++i) {
      if (policy.doors[i].port != front.to_port) continue;
      auto listener = policy.listeners.at(policy.doors[i].listener);
      if (!leads_to(listener, front.to)) continue;
      listener.addresses = {front.at.to_string()};
      policy.listeners.push_back(std::move(listener));
      policy.origins.push_back({{}, escape_foreign(front.text, 200), "deployment", "deployment"});
      policy::Door door = policy.doors[i];
      door.listener = policy.listeners.size() - 1;
      door.port = front.port;
      door.clients = front.clients;
      // What connects to an address of its own machine comes from there, too.
      const auto as = front.to.is_loopback()
                          ? *mail::IpAddress::parse(front.to.is_v6() ? "::1" : "127.0.0.1")
                          : front.to;
      door.seen.clear();
      // A server that believes it (PROXY, XCLIENT) is taken to be told the client's own address.
      if (!door.may_claim.contains(as)) {
        door.seen.push_back({front.clients, as,
                             static_cast<policy::OriginId>(policy.origins.size() - 1),
                             escape_foreign(front.how, 60)});
      }
      door.may_claim = {};
      policy.doors.push_back(std::move(door));
      break;
    }
  }
}

}  // namespace relayproof::cli
