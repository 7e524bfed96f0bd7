#include "deployment/engine_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "deployment/published.h"

namespace relayproof::deployment {
namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_file = std::size_t{16} << 20U;
constexpr std::size_t most_items = 4096;
constexpr int deepest = 64;

const Json& member(const Json& object, const char* key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<mail::IpAddress> address_of(const Json& value) {
  return mail::IpAddress::parse(text_of(value));
}

std::optional<mail::Network> subnet_around(const mail::IpAddress& address, const Json& prefix) {
  const unsigned longest = address.is_v6() ? 128 : 32;
  if (!prefix.is_number_unsigned()) return std::nullopt;
  const auto bits = prefix.get<std::uint64_t>();
  if (bits == 0 || bits > longest) return std::nullopt;
  const auto [first, last] = mail::ends_of({address, static_cast<unsigned>(bits)});
  return mail::Network{first, static_cast<unsigned>(bits)};
}

class Reader {
 public:
  Reader(const std::string& file, Deployment& to) : file_(file), to_(to) {}

  Result<bool> read(const Json& document) {
    if (document.is_array()) {
      for (const auto& item : document) {
        if (!read_object(item)) return unknown();
      }
      return true;
    }
    return read_object(document) ? Result<bool>(true) : unknown();
  }

 private:
  Result<bool> unknown() const {
    return failure(
        "this JSON is neither `docker inspect`, `docker network inspect`, `docker info` nor "
        "daemon.json",
        {file_, 0, 0});
  }
  Written written(std::string text) const { return {{file_, 0, 0}, std::move(text)}; }

  bool read_object(const Json& object) {
    if (!object.is_object()) return false;
    if (object.contains("OCIRuntime")) to_.engine.podman = true;  // only podman inspect tells it
    if (object.contains("NetworkSettings")) return read_container(object), true;
    if (object.contains("IPAM") || object.contains("subnets")) return read_network(object), true;
    if (object.contains("ServerVersion") || object.contains("SecurityOptions")) {
      return read_info(object), true;
    }
    if (object.contains("host") && object.contains("store")) return read_podman_info(object), true;
    return read_daemon(object);
  }

  static Container& container_named(std::vector<Container>& containers, const std::string& service,
                                    const std::string& name) {
    for (auto& container : containers) {
      if ((!service.empty() && container.name == service) || container.name == name ||
          container.container_name == name) {
        return container;
      }
    }
    containers.emplace_back();
    containers.back().name = service.empty() ? name : service;
    return containers.back();
  }

  void read_container(const Json& object) {
    std::string name = text_of(member(object, "Name"));
    if (name.starts_with('/')) name.erase(0, 1);
    const auto& labels = member(member(object, "Config"), "Labels");
    auto& to = container_named(to_.containers,
                               text_of(member(labels, "com.docker.compose.service")), name);
    to.container_name = name;
    to.runs = true;
    const std::string image = text_of(member(member(object, "Config"), "Image"));
    if (!image.empty()) to.image = image;
    if (to.written.where.file.empty()) to.written = written(name);
    read_mode(member(object, "HostConfig"), to);
    read_networks_of(member(object, "NetworkSettings"), to);
    read_bindings(member(object, "NetworkSettings"), member(object, "HostConfig"), to);
  }

  void read_mode(const Json& host, Container& to) const {
    const std::string mode = text_of(member(host, "NetworkMode"));
    const bool says = mode == "host" || mode == "none" || mode.starts_with("container:") ||
                      mode.starts_with("slirp4netns") || mode.starts_with("pasta");
    if (!says) return;
    to.network_mode = mode;
    if (to.mode_written.where.file.empty()) to.mode_written = written("NetworkMode: " + mode);
  }

  void read_networks_of(const Json& settings, Container& to) {
    const auto& networks = member(settings, "Networks");
    if (!networks.is_object()) return;
    to.attachments.clear();
    for (const auto& [name, place] : networks.items()) {
      if (to.attachments.size() > most_items) break;
      Attachment attachment;
      attachment.network = name;
      attachment.ipv4 = address_of(member(place, "IPAddress"));
      attachment.ipv6 = address_of(member(place, "GlobalIPv6Address"));
      auto& network = network_named(name);
      learn(network, attachment.ipv4, member(place, "IPPrefixLen"), member(place, "Gateway"));
      learn(network, attachment.ipv6, member(place, "GlobalIPv6PrefixLen"),
            member(place, "IPv6Gateway"));
      network.ipv6 = network.ipv6.value_or(false) || attachment.ipv6.has_value();
      to.attachments.push_back(std::move(attachment));
    }
  }

  static void learn(BridgeNetwork& network, const std::optional<mail::IpAddress>& address,
                    const Json& prefix, const Json& gateway) {
    if (const auto router = address_of(gateway)) add(network.gateways, *router);
    if (!address) return;
    const auto subnet = subnet_around(*address, prefix);
    if (subnet) add_subnet(network, *subnet);
  }

  template <class Item>
  static void add(std::vector<Item>& items, const Item& item) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
  static void add_subnet(BridgeNetwork& network, const mail::Network& subnet) {
    for (const auto& known : network.subnets) {
      if (known.contains(subnet.address)) return;
    }
    network.subnets.push_back(subnet);
  }

  // `mail_default` of the engine is `default` of the compose file.
  BridgeNetwork& network_named(const std::string& name) {
    for (auto& network : to_.networks) {
      if (network.name == name || name.ends_with("_" + network.name)) {
        network.name = name;
        return network;
      }
    }
    to_.networks.emplace_back();
    to_.networks.back().name = name;
    to_.networks.back().written = written(name);
    return to_.networks.back();
  }

  void read_bindings(const Json& settings, const Json& host, Container& to) {
    const auto& actual = member(settings, "Ports");
    const auto& wanted = member(host, "PortBindings");
    const auto& bindings = actual.is_object() && !actual.empty() ? actual : wanted;
    if (!bindings.is_object()) return;
    std::vector<PublishedPort> ports;
    for (const auto& [target, places] : bindings.items()) {
      if (!places.is_array()) continue;
      for (const auto& place : places) {
        const std::string at = text_of(member(place, "HostIp"));
        const std::string port = text_of(member(place, "HostPort"));
        const auto parsed = parse_published((at.empty() ? "" : "[" + at + "]:") + port +
                                            (port.empty() ? "" : ":") + target);
        if (!parsed || ports.size() > most_items) continue;
        for (auto one : *parsed) {
          one.written =
              where_written(to, one, at + (at.empty() ? "" : " ") + port + " -> " + target);
          ports.push_back(std::move(one));
        }
      }
    }
    to.ports = std::move(ports);
  }

  // The compose file's line says more to its owner than the engine's answer.
  Written where_written(const Container& to, const PublishedPort& port,
                        std::string otherwise) const {
    for (const auto& known : to.ports) {
      if (known.container_port == port.container_port && known.written.where.line != 0) {
        return known.written;
      }
    }
    return written(std::move(otherwise));
  }

  void read_network(const Json& object) {
    const std::string name = text_of(member(object, object.contains("Name") ? "Name" : "name"));
    auto& network = network_named(name);
    network.driver = text_of(member(object, object.contains("Driver") ? "Driver" : "driver"));
    const auto& v6 = member(object, object.contains("EnableIPv6") ? "EnableIPv6" : "ipv6_enabled");
    if (v6.is_boolean()) network.ipv6 = v6.get<bool>();
    const auto& options = member(object, object.contains("Options") ? "Options" : "options");
    const std::string bridge = text_of(member(options, "com.docker.network.bridge.name"));
    const std::string id = text_of(member(object, "Id"));
    if (!bridge.empty()) {
      network.interface = bridge;
    } else if (network.driver == "bridge" && id.size() >= 12) {
      network.interface = "br-" + id.substr(0, 12);
    }
    network.routed_v4 =
        text_of(member(options, "com.docker.network.bridge.gateway_mode_ipv4")) == "routed";
    network.routed_v6 =
        text_of(member(options, "com.docker.network.bridge.gateway_mode_ipv6")) == "routed";
    read_subnets(member(member(object, "IPAM"), "Config"), "Subnet", "Gateway", network);
    read_subnets(member(object, "subnets"), "subnet", "gateway", network);
  }

  static void read_subnets(const Json& configs, const char* subnet_key, const char* gateway_key,
                           BridgeNetwork& network) {
    if (!configs.is_array()) return;
    for (const auto& config : configs) {
      const auto subnet = mail::Network::parse(text_of(member(config, subnet_key)));
      if (subnet && network.subnets.size() <= most_items) add_subnet(network, *subnet);
      const auto gateway = address_of(member(config, gateway_key));
      if (gateway && network.gateways.size() <= most_items) add(network.gateways, *gateway);
    }
  }

  void read_info(const Json& object) {
    to_.engine.is_told = true;
    set_version(text_of(member(object, "ServerVersion")));
    const auto& options = member(object, "SecurityOptions");
    if (options.is_array()) {
      const bool rootless = std::any_of(options.begin(), options.end(), [](const Json& option) {
        return text_of(option).find("rootless") != std::string::npos;
      });
      to_.engine.rootless = {rootless, written("SecurityOptions")};
    }
    const std::string swarm = text_of(member(member(object, "Swarm"), "LocalNodeState"));
    if (!swarm.empty() && !to_.engine.swarm.on) {
      to_.engine.swarm = {swarm == "active", written("LocalNodeState: " + swarm)};
    }
  }

  void read_podman_info(const Json& object) {
    to_.engine.is_told = true;
    to_.engine.podman = true;
    const auto& rootless = member(member(member(object, "host"), "security"), "rootless");
    if (rootless.is_boolean()) {
      to_.engine.rootless = {rootless.get<bool>(), written("rootless")};
    }
  }

  void set_version(const std::string& text) {
    unsigned major = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), major);
    if (error == std::errc()) to_.engine.major_version = major;
  }

  // Keys of dockerd's configuration file that nearly every one of them has some of.
  bool read_daemon(const Json& object) {
    static constexpr std::array<std::string_view, 22> known = {"userland-proxy",
                                                               "iptables",
                                                               "ip6tables",
                                                               "ipv6",
                                                               "ip",
                                                               "bip",
                                                               "fixed-cidr",
                                                               "fixed-cidr-v6",
                                                               "log-driver",
                                                               "log-opts",
                                                               "data-root",
                                                               "dns",
                                                               "experimental",
                                                               "storage-driver",
                                                               "live-restore",
                                                               "registry-mirrors",
                                                               "insecure-registries",
                                                               "default-address-pools",
                                                               "hosts",
                                                               "debug",
                                                               "features",
                                                               "exec-opts"};
    const bool is_daemon = object.empty() || std::any_of(known.begin(), known.end(), [&](auto key) {
                             return object.contains(std::string(key));
                           });
    if (!is_daemon) return false;
    auto& engine = to_.engine;
    engine.is_told = true;
    const auto set = [&](const char* key, Engine::Switch& to) {
      const auto& value = member(object, key);
      if (!value.is_boolean()) return;
      to = {value.get<bool>(),
            written(std::string(key) + ": " + (value.get<bool>() ? "true" : "false"))};
    };
    set("userland-proxy", engine.userland_proxy);
    set("iptables", engine.iptables);
    set("ip6tables", engine.ip6tables);
    read_pools(member(object, "default-address-pools"));
    if (const auto at = address_of(member(object, "ip")); at && !at->is_unspecified()) {
      engine.publishes_at = at;
      engine.publishes_at_written = written("ip: " + at->to_string());
    }
    return true;
  }

  void read_pools(const Json& pools) {
    if (!pools.is_array()) return;
    for (const auto& pool : pools) {
      const auto base = mail::Network::parse(text_of(member(pool, "base")));
      const auto& size = member(pool, "size");
      if (!base || !size.is_number_unsigned() || to_.engine.pools.size() > most_items) continue;
      const auto prefix = size.get<std::uint64_t>();
      if (prefix < base->prefix || prefix > (base->address.is_v6() ? 128U : 32U)) continue;
      to_.engine.pools.emplace_back(*base, static_cast<unsigned>(prefix));
    }
  }

  const std::string& file_;
  Deployment& to_;
};

// The parser's own bound on depth: its documents are shallow.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > deepest) return true;
  }
  return false;
}

}  // namespace

Result<bool> read_engine(std::string_view text, const std::string& file, Deployment& to) {
  if (text.size() > largest_file) return failure("larger than 16 MiB", {file, 0, 0});
  if (is_too_deep(text))
    return failure("is nested too deep for what a container engine prints", {file, 0, 0});
  const Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return failure("is no JSON", {file, 0, 0});
  return Reader(file, to).read(document);
}

}  // namespace relayproof::deployment
