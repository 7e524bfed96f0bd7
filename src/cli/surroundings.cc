#include "cli/surroundings.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/ask_program.h"
#include "cli/disk_files.h"
#include "cli/interfaces.h"
#include "deployment/bridges.h"
#include "deployment/read.h"
#include "net/routes.h"

namespace relayproof::cli {
namespace {

using Json = nlohmann::json;
using deployment::Attachment;
using deployment::BridgeNetwork;
using deployment::Container;
using deployment::PublishedPort;

std::string text_at(const Json& value, const char* pointer) {
  const Json::json_pointer at(pointer);
  if (!value.contains(at) || !value.at(at).is_string()) return {};
  return value.at(at).get<std::string>();
}

NamedContainer read_inspect(std::string engine, std::string inspect) {
  NamedContainer found;
  found.engine = std::move(engine);
  const Json document = Json::parse(inspect, nullptr, false);
  if (document.is_array() && !document.empty()) {
    const auto& one = document.front();
    found.name = text_at(one, "/Name");
    if (found.name.starts_with('/')) found.name.erase(0, 1);
    const Json::json_pointer pid("/State/Pid");
    if (one.contains(pid) && one.at(pid).is_number_integer()) {
      found.process = std::max<pid_t>(0, one.at(pid).get<pid_t>());
    }
    const auto files = text_at(one, "/Config/Labels/com.docker.compose.project.config_files");
    for (const auto file : split(files, ',')) {
      if (!file.empty()) found.compose_files.emplace_back(file);
    }
  }
  found.inspect = std::move(inspect);
  return found;
}

// The value behind a word of docker-proxy's command line.
std::string argument(const std::string& command, std::string_view name) {
  const auto found = words(command);
  for (std::size_t i = 0; i + 1 < found.size(); ++i) {
    if (found[i] == name) return std::string(found[i + 1]);
  }
  return {};
}

std::uint16_t port_of(const std::string& text) {
  std::uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

class Namespace {
 public:
  Namespace(const RunningMaster& master, const std::vector<Listening>& listening,
            const std::vector<std::uint16_t>& ports, deployment::Deployment& to)
      : master_(master), listening_(listening), ports_(ports), to_(to) {}

  void add() {
    container_.name = "process " + std::to_string(master_.process);
    container_.runs = true;
    container_.written.text = container_.name;
    network_.name = "network of " + container_.name;
    network_.written.text = network_.name;
    network_.driver = deployment::own_namespace;
    network_.ipv6 = false;
    place_.network = network_.name;
    for (const auto& interface : interfaces_of_process(master_.process)) {
      if (interface.address.is_loopback() || interface.address.is_link_local()) continue;
      add_interface(interface);
    }
    container_.attachments.push_back(place_);
    to_.networks.push_back(network_);
    for (const auto& socket : listening_) {
      if (!socket.address.is_loopback() && socket.name != "master") add_listening(socket);
    }
    add_forwards();
    to_.containers.push_back(std::move(container_));
  }

 private:
  void add_interface(const mail::Network& interface) {
    const bool v6 = interface.address.is_v6();
    network_.subnets.push_back({mail::ends_of(interface).first, interface.prefix});
    network_.ipv6 = *network_.ipv6 || v6;
    const auto source = net::route_source(interface.address);
    if (source) network_.gateways.push_back(*source);
    auto& own = v6 ? place_.ipv6 : place_.ipv4;
    if (!own) own = interface.address;
    own_.push_back(interface.address);
    if (!mail::globally_routable().contains(interface.address)) return;
    for (const auto port : ports_) {
      publish(v6 ? "::" : "0.0.0.0", port, port, PublishedPort::Mode::direct,
              "its own address " + interface.address.to_string());
    }
  }

  PublishedPort& publish(const std::string& at, std::uint16_t here, std::uint16_t there,
                         PublishedPort::Mode mode, std::string text) {
    PublishedPort port;
    port.host_address = at;
    port.host_port = here;
    port.container_port = there;
    port.mode = mode;
    port.written.text = std::move(text);
    container_.ports.push_back(std::move(port));
    return container_.ports.back();
  }

  bool is_own(const std::string& address) const {
    const auto parsed = mail::IpAddress::parse(address);
    return parsed && std::find(own_.begin(), own_.end(), *parsed) != own_.end();
  }

  // Where a process hands on to, by its own command line; port 0: not to this server.
  struct Lead {
    std::uint16_t port = 0;
    mail::IpAddress address;
  };
  Lead leads_to(const Listening& socket) const {
    for (const auto& address : own_) {
      const std::string text =
          address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
      const auto at = socket.command.find(text + ":");
      if (at == std::string::npos) continue;
      return {port_of(socket.command.substr(at + text.size() + 1, 5)), address};
    }
    return {};
  }

  void add_listening(const Listening& socket) {
    const bool any = socket.address.is_unspecified();
    // A socket on :: takes IPv4 clients, too, unless another one does.
    const bool both = any && socket.address.is_v6() && !socket.v6_only && !has_ipv4(socket.port);
    const std::string at = both ? "" : socket.address.to_string();
    const std::string says =
        "process " + std::to_string(socket.process) + ": " + escape_foreign(socket.command, 200);
    if (socket.name == "docker-proxy") {
      if (!is_own(argument(socket.command, "-container-ip"))) return;
      publish(at, socket.port, port_of(argument(socket.command, "-container-port")),
              PublishedPort::Mode::usual, says);
      return;
    }
    const auto lead = leads_to(socket);
    const auto source = net::route_source(lead.address);
    if (lead.port == 0 || !source) return;
    auto& port = publish(at, socket.port, lead.port, PublishedPort::Mode::proxied, says);
    port.through = escape_foreign(socket.name, 60);
    port.as = mail::IpSet::of(*source);
  }

  bool has_ipv4(std::uint16_t port) const {
    return std::any_of(listening_.begin(), listening_.end(), [&](const Listening& other) {
      return other.port == port && !other.address.is_v6() && !other.address.is_loopback();
    });
  }

  // What the packet filter sends on, where no process listens.
  void add_forwards() {
    for (const auto port : ports_) {
      for (const auto& forward : deployment::forwards_to(to_.nat, port)) {
        const bool ours = std::any_of(own_.begin(), own_.end(), [&](const auto& address) {
          return forward.to.contains(address);
        });
        if (!ours) continue;
        auto& added = publish(forward.to.v6().empty() ? "0.0.0.0" : "::", forward.port, port,
                              PublishedPort::Mode::usual, forward.written.text);
        added.written = forward.written;
      }
    }
  }

  const RunningMaster& master_;
  const std::vector<Listening>& listening_;
  const std::vector<std::uint16_t>& ports_;
  deployment::Deployment& to_;
  Container container_;
  BridgeNetwork network_;
  Attachment place_;
  std::vector<mail::IpAddress> own_;
};

}  // namespace

std::optional<NamedContainer> find_container(const std::string& name_or_id) {
  for (const std::string engine : {"docker", "podman"}) {
    auto inspect = ask_program({engine, "inspect", "--type", "container", "--", name_or_id});
    if (inspect) return read_inspect(engine, std::move(*inspect));
  }
  return std::nullopt;
}

Result<bool> add_engine(const NamedContainer& container, deployment::Deployment& to) {
  const DiskFiles files;
  for (const auto& path : container.compose_files) {
    const auto text = files.read(path);
    if (!text) continue;  // it may have been started elsewhere; the engine's answer is enough
    deployment::Variables variables;
    const auto slash = path.rfind('/');
    const auto beside = files.read(path_in(path.substr(0, slash), ".env"));
    if (beside) variables = deployment::parse_variables(**beside);
    deployment::read(**text, path, variables, to);
  }
  const auto read = [&](const std::string& text, const std::string& name) {
    return deployment::read(text, name, {}, to);
  };
  const std::string command = container.engine + " inspect " + container.name;
  const auto inspected = read(container.inspect, command);
  if (!inspected) return inspected;
  std::vector<std::string> networks;
  for (const auto& network : to.networks) networks.push_back(network.name);
  for (const auto& name : networks) {
    const auto text = ask_program({container.engine, "network", "inspect", "--", name});
    if (text) read(*text, container.engine + " network inspect " + name);
  }
  const auto info = container.engine == "podman"
                        ? ask_program({"podman", "info", "--format", "json"})
                        : ask_program({"docker", "info", "--format", "{{json .}}"});
  if (info) read(*info, container.engine + " info");
  const auto daemon = files.read("/etc/docker/daemon.json");
  if (daemon && container.engine == "docker") read(**daemon, "/etc/docker/daemon.json");
  return true;
}

void add_packet_filter(deployment::Deployment& to) {
  if (const auto rules = ask_program({"nft", "list", "ruleset"})) {
    if (!trim(*rules).empty()) deployment::read(*rules, "nft list ruleset", {}, to);
    return;
  }
  for (const std::string program : {"iptables-save", "ip6tables-save"}) {
    const auto rules = ask_program({program, "-t", "nat"});
    if (rules && !trim(*rules).empty()) deployment::read(*rules, program, {}, to);
  }
}

void add_namespace(const RunningMaster& master, const std::vector<Listening>& listening,
                   const std::vector<std::uint16_t>& ports, deployment::Deployment& to) {
  Namespace(master, listening, ports, to).add();
}

}  // namespace relayproof::cli
