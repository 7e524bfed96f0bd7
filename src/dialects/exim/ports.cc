#include "dialects/exim/ports.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "dialects/exim/expand.h"

namespace relayproof::exim {
namespace {

struct Service {
  std::string_view name;
  std::uint16_t port;
};
constexpr auto services = std::to_array<Service>({{"smtp", 25},
                                                  {"mail", 25},
                                                  {"smtps", 465},
                                                  {"submissions", 465},
                                                  {"urd", 465},
                                                  {"ssmtp", 465},
                                                  {"submission", 587},
                                                  {"msa", 587}});

std::optional<std::uint16_t> port_of(std::string_view text) {
  for (const auto& service : services) {
    if (equals_ignoring_case(text, service.name)) return service.port;
  }
  const bool digits = !text.empty() && text.size() < 6 &&
                      text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits) return std::nullopt;
  const auto number = std::stoul(std::string(text));
  if (number == 0 || number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

struct Interface {
  mail::IpAddress address;
  std::optional<std::uint16_t> port;
};

// `192.0.2.1.25`, `[192.0.2.1]:25`, `2001:db8::1.25` (section 13.2).
std::optional<Interface> interface_of(std::string_view text) {
  if (const auto address = mail::IpAddress::parse(text)) return Interface{*address, std::nullopt};
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const auto address = mail::IpAddress::parse(text.substr(1, close - 1));
    const auto rest = text.substr(close + 1);
    if (!address) return std::nullopt;
    return Interface{*address, rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt};
  }
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto address = mail::IpAddress::parse(text.substr(0, dot));
  const auto port = port_of(text.substr(dot + 1));
  if (!address || !port) return std::nullopt;
  return Interface{*address, port};
}

std::vector<std::string> expanded_items(Lowering& to, std::string_view option,
                                        std::string_view otherwise) {
  const auto* found = to.config.find(option);
  if (found == nullptr) return items_of(otherwise);
  Scope scope;
  scope.line = found->line;
  const auto value = expand(to, found->value, scope);
  const auto literal = value.size() == 1 ? value[0].text.literal() : std::nullopt;
  if (literal) return items_of(*literal);
  to.note(found->line, "its value is not in the configuration; the default is taken", true);
  return items_of(otherwise);
}

void add(std::vector<Port>& ports, std::uint16_t number, const mail::IpAddress& address) {
  auto place = std::find_if(ports.begin(), ports.end(),
                            [&](const Port& port) { return port.number == number; });
  if (place == ports.end()) {
    ports.push_back({number, false, {}, {}});
    place = ports.end() - 1;
  }
  const auto text = address.to_string();
  if (std::find(place->addresses.begin(), place->addresses.end(), text) != place->addresses.end()) {
    return;
  }
  place->addresses.push_back(text);
  if (address.is_loopback()) {
    place->clients = place->clients | mail::loopback();
  } else {
    place->clients =
        place->clients | (address.is_v6() ? mail::IpSet::all_v6() : mail::IpSet::all_v4());
  }
}

}  // namespace

std::vector<Port> listening_ports(Lowering& to) {
  std::vector<std::uint16_t> numbers;
  for (const auto& name : expanded_items(to, "daemon_smtp_ports", "smtp")) {
    if (const auto port = port_of(name)) numbers.push_back(*port);
  }
  if (to.config.find("daemon_smtp_ports") == nullptr && to.config.find("daemon_smtp_port")) {
    numbers.clear();
    for (const auto& name : expanded_items(to, "daemon_smtp_port", "smtp")) {
      if (const auto port = port_of(name)) numbers.push_back(*port);
    }
  }
  const bool no_v6 = to.config.is_on("disable_ipv6", false);
  std::vector<Port> ports;
  for (const auto& item : expanded_items(to, "local_interfaces", "<; ::0 ; 0.0.0.0")) {
    const auto interface = interface_of(item);
    if (!interface || (no_v6 && interface->address.is_v6())) continue;
    if (interface->port) {
      add(ports, *interface->port, interface->address);
      continue;
    }
    for (const auto number : numbers) add(ports, number, interface->address);
  }
  for (const auto& name : expanded_items(to, "tls_on_connect_ports", "")) {
    const auto number = port_of(name);
    for (auto& port : ports) port.tls = port.tls || port.number == number;
  }
  return ports;
}

}  // namespace relayproof::exim
