#include "deployment/choose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace relayproof::deployment {
namespace {

// What mail servers and proxies are called in images and services.
constexpr std::array<std::string_view, 4> servers = {"postfix", "mailserver", "smtp", "mta"};
constexpr std::array<std::string_view, 7> proxies = {"nginx", "haproxy", "traefik", "front",
                                                     "proxy", "caddy",   "envoy"};

bool is_called(const Container& container, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return contains_ignoring_case(container.image, name) ||
           contains_ignoring_case(container.name, name);
  });
}

bool publishes(const Container& container, const std::vector<std::uint16_t>& ports) {
  return std::any_of(container.ports.begin(), container.ports.end(), [&](const auto& port) {
    return std::find(ports.begin(), ports.end(), port.container_port) != ports.end();
  });
}

using Candidates = std::vector<const Container*>;

Candidates those(const Deployment& deployment, auto&& wanted) {
  Candidates found;
  for (const auto& container : deployment.containers) {
    if (wanted(container)) found.push_back(&container);
  }
  return found;
}

tl::unexpected<Error> which(const Candidates& candidates) {
  std::vector<std::string> names;
  for (const auto* one : candidates) names.push_back(escape_foreign(one->name, 60));
  return failure(fmt::format("which container is the mail server? Say --container {}",
                             fmt::join(names, " or ")));
}

Chosen with_front(const Deployment& deployment, const Container& server,
                  const std::vector<std::uint16_t>& ports) {
  if (publishes(server, ports) || !server.network_mode.empty()) return {&server, nullptr};
  const auto fronts = those(
      deployment, [&](const Container& one) { return &one != &server && publishes(one, ports); });
  return {&server, fronts.empty() ? nullptr : fronts.front()};
}

}  // namespace

Result<Chosen> choose(const Deployment& deployment, const std::string& name,
                      const std::vector<std::uint16_t>& ports) {
  if (!name.empty()) {
    const auto found = those(deployment, [&](const Container& one) {
      return one.name == name || one.container_name == name;
    });
    if (found.empty()) {
      return failure("--container: no file of the deployment tells of " + escape_foreign(name, 80));
    }
    return with_front(deployment, *found.front(), ports);
  }
  if (deployment.containers.empty()) return Chosen{};
  if (deployment.containers.size() == 1) return Chosen{&deployment.containers.front(), nullptr};
  const auto at_ports = those(deployment, [&](const Container& one) {
    return publishes(one, ports) && !is_called(one, proxies);
  });
  if (at_ports.size() == 1) return Chosen{at_ports.front(), nullptr};
  auto by_name = those(deployment, [&](const Container& one) {
    return is_called(one, servers) && !is_called(one, proxies);
  });
  if (at_ports.size() > 1) {
    std::erase_if(by_name, [&](const Container* one) {
      return std::find(at_ports.begin(), at_ports.end(), one) == at_ports.end();
    });
  }
  if (by_name.size() == 1) return with_front(deployment, *by_name.front(), ports);
  if (!by_name.empty()) return which(by_name);
  if (!at_ports.empty()) return which(at_ports);
  Candidates all = those(deployment, [](const Container&) { return true; });
  return which(all);
}

}  // namespace relayproof::deployment
