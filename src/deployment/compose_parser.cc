#include "deployment/compose_parser.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/text.h"
#include "deployment/published.h"

namespace relayproof::deployment {
namespace {

constexpr std::size_t largest_file = std::size_t{4} << 20U;
constexpr std::size_t most_merged = 64;
constexpr std::size_t deepest_extension = 16;
constexpr std::size_t most_items = 4096;

// What a map takes over through the merge key `<<` (YAML 1.1), which yaml-cpp leaves alone.
void add_merged(const YAML::Node& map, std::vector<YAML::Node>& to) {
  for (const auto& entry : map) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != "<<") continue;
    if (entry.second.IsMap()) to.push_back(entry.second);
    if (!entry.second.IsSequence()) continue;
    for (const auto& source : entry.second) to.push_back(source);
  }
}

// The value behind a key, the map's own before those that it takes over.
YAML::Node value_of(const YAML::Node& map, const std::string& key) {
  std::vector<YAML::Node> maps{map};
  for (std::size_t i = 0; i < maps.size() && i < most_merged; ++i) {
    const YAML::Node one = maps[i];
    if (!one.IsDefined() || !one.IsMap()) continue;
    for (const auto& entry : one) {
      if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
    }
    if (maps.size() < most_merged) add_merged(one, maps);
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

bool has(const YAML::Node& node) { return node.IsDefined() && !node.IsNull(); }

template <class Item>
Item& named(std::vector<Item>& items, const std::string& name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
  if (found != items.end()) return *found;
  items.emplace_back();
  items.back().name = name;
  return items.back();
}

class Reader {
 public:
  Reader(const std::string& file, const Variables& variables, Deployment& to)
      : file_(file), variables_(variables), to_(to), notes_(&to.notes) {}

  Result<bool> read(const YAML::Node& root) {
    const auto services = value_of(root, "services");
    if (!has(services) || !services.IsMap()) {
      return failure("no compose file: it has no services", {file_, 0, 0});
    }
    const auto included = value_of(root, "include");
    if (has(included)) {
      note(included, "include", "the files that it includes are not read: name them, too", true);
    }
    read_networks(value_of(root, "networks"));
    std::size_t count = 0;
    for (const auto& entry : services) {
      if (!entry.first.IsScalar() || !entry.second.IsMap() || ++count > most_items) continue;
      if (entry.first.Scalar() == "<<" || entry.first.Scalar().starts_with("x-")) continue;
      auto& container = named(to_.containers, entry.first.Scalar());
      if (container.written.where.file.empty()) {
        container.written = written(entry.first, entry.first.Scalar() + ":");
      }
      notes_ = &container.notes;
      read_service(entry.second, container, services, 0);
    }
    if (error_) return tl::unexpected(*error_);
    return true;
  }

 private:
  SourceRange place(const YAML::Node& node) const {
    const auto mark = node.Mark();
    if (mark.is_null()) return {file_, 0, 0};
    return {file_, static_cast<std::size_t>(mark.line) + 1,
            static_cast<std::size_t>(mark.column) + 1};
  }
  Written written(const YAML::Node& node, std::string text) const {
    return {place(node), std::move(text)};
  }
  void note(const YAML::Node& node, std::string text, std::string says, bool decisive) {
    notes_->push_back({place(node), std::move(text), std::move(says), decisive});
  }

  std::string scalar(const YAML::Node& node) { return scalar(node, true); }
  // What decides nothing about who appears as whom may miss its variables.
  std::string word(const YAML::Node& node) { return scalar(node, false); }
  std::string scalar(const YAML::Node& node, bool decisive) {
    if (!has(node) || !node.IsScalar()) return {};
    auto text = interpolate(node.Scalar(), variables_);
    if (!text) {
      if (!error_) error_ = Error{text.error().message, place(node)};
      return {};
    }
    for (const auto& name : text->missing) {
      note(node, node.Scalar(),
           "the variable " + name +
               " has no value here and counts as empty: name the .env file with --deployment, or "
               "give --env " +
               name + "=VALUE",
           decisive);
    }
    return std::move(text->text);
  }

  bool flag(const YAML::Node& node) {
    const std::string text = to_lower(scalar(node));
    return text == "true" || text == "yes" || text == "on" || text == "1";
  }

  void read_service(const YAML::Node& service, Container& to, const YAML::Node& services,
                    std::size_t depth) {
    read_extends(value_of(service, "extends"), to, services, depth);
    const auto set = [&](const char* key, std::string& value) {
      const auto node = value_of(service, key);
      if (has(node)) value = word(node);
    };
    set("image", to.image);
    set("container_name", to.container_name);
    const auto mode = value_of(service, "network_mode");
    if (has(mode)) {
      to.network_mode = scalar(mode);
      to.mode_written = written(mode, "network_mode: " + to.network_mode);
    }
    read_ports(value_of(service, "ports"), to);
    read_attachments(value_of(service, "networks"), to);
  }

  void read_extends(const YAML::Node& extends, Container& to, const YAML::Node& services,
                    std::size_t depth) {
    if (!has(extends)) return;
    const std::string from =
        extends.IsScalar() ? scalar(extends) : scalar(value_of(extends, "service"));
    const auto base = value_of(services, from);
    if (has(value_of(extends, "file")) || !has(base) || !base.IsMap() ||
        depth > deepest_extension) {
      note(extends, "extends: " + from, "the service that it extends is not in this file", true);
      return;
    }
    read_service(base, to, services, depth + 1);
  }

  void read_ports(const YAML::Node& ports, Container& to) {
    if (!has(ports)) return;
    if (ports.Tag() == "!override" || ports.Tag() == "!reset") to.ports.clear();
    if (!ports.IsSequence()) return;
    for (const auto& port : ports) {
      if (to.ports.size() > most_items) return;
      if (port.IsMap()) {
        read_long_port(port, to);
      } else if (port.IsScalar()) {
        read_short_port(port, to);
      }
    }
  }

  void read_short_port(const YAML::Node& port, Container& to) {
    const std::string text = scalar(port);
    const auto published = parse_published(text);
    if (!published) {
      note(port, port.Scalar(), "is no port that can be published", true);
      return;
    }
    for (auto one : *published) {
      one.written = written(port, "ports: \"" + text + "\"");
      add(std::move(one), to);
    }
  }

  void read_long_port(const YAML::Node& port, Container& to) {
    if (has(value_of(port, "protocol")) && scalar(value_of(port, "protocol")) != "tcp") return;
    const std::string target = scalar(value_of(port, "target"));
    const std::string published = scalar(value_of(port, "published"));
    const std::string host = scalar(value_of(port, "host_ip"));
    const std::string mode = scalar(value_of(port, "mode"));
    const auto parsed = parse_published((host.empty() ? "" : "[" + host + "]:") + published +
                                        (published.empty() ? "" : ":") + target);
    if (!parsed) {
      note(port, "target: " + target, "is no port that can be published", true);
      return;
    }
    if (mode == "ingress" || mode == "host") {
      // Both are words of a swarm; Compose itself has no use for them.
      if (!to_.engine.swarm.on) to_.engine.swarm = {true, written(port, "mode: " + mode)};
    }
    for (auto one : *parsed) {
      one.mode = mode == "host"      ? PublishedPort::Mode::host
                 : mode == "ingress" ? PublishedPort::Mode::ingress
                                     : PublishedPort::Mode::usual;
      one.written = written(port, "ports: target " + target + ", published " + published +
                                      (mode.empty() ? "" : ", mode " + mode));
      add(std::move(one), to);
    }
  }

  static void add(PublishedPort port, Container& to) {
    const bool known = std::any_of(to.ports.begin(), to.ports.end(), [&](const auto& other) {
      return other.host_address == port.host_address && other.host_port == port.host_port &&
             other.container_port == port.container_port;
    });
    if (!known) to.ports.push_back(std::move(port));
  }

  void read_attachments(const YAML::Node& networks, Container& to) {
    if (!has(networks)) return;
    if (networks.IsSequence()) {
      for (const auto& network : networks) named_attachment(to, scalar(network));
    }
    if (!networks.IsMap()) return;
    for (const auto& entry : networks) {
      if (!entry.first.IsScalar()) continue;
      auto& attachment = named_attachment(to, entry.first.Scalar());
      const auto v4 = value_of(entry.second, "ipv4_address");
      const auto v6 = value_of(entry.second, "ipv6_address");
      if (has(v4)) attachment.ipv4 = mail::IpAddress::parse(scalar(v4));
      if (has(v6)) attachment.ipv6 = mail::IpAddress::parse(scalar(v6));
    }
  }

  static Attachment& named_attachment(Container& to, const std::string& network) {
    for (auto& attachment : to.attachments) {
      if (attachment.network == network) return attachment;
    }
    to.attachments.push_back({network, std::nullopt, std::nullopt});
    return to.attachments.back();
  }

  void read_networks(const YAML::Node& networks) {
    if (!has(networks) || !networks.IsMap()) return;
    for (const auto& entry : networks) {
      if (!entry.first.IsScalar() || to_.networks.size() > most_items) continue;
      auto& network = named(to_.networks, entry.first.Scalar());
      if (network.written.where.file.empty()) {
        network.written = written(entry.first, entry.first.Scalar() + ":");
      }
      notes_ = &network.notes;
      read_network(entry.second, network);
    }
  }

  void read_network(const YAML::Node& node, BridgeNetwork& to) {
    if (!has(node) || !node.IsMap()) return;
    if (has(value_of(node, "driver"))) to.driver = scalar(value_of(node, "driver"));
    if (to.driver == "overlay" && !to_.engine.swarm.on) {
      to_.engine.swarm = {true, written(value_of(node, "driver"), "driver: overlay")};
    }
    const auto v6 = value_of(node, "enable_ipv6");
    if (has(v6)) to.ipv6 = flag(v6);
    const auto options = value_of(node, "driver_opts");
    const std::string prefix = "com.docker.network.bridge.";
    const auto name = value_of(options, prefix + "name");
    if (has(name)) to.interface = scalar(name);
    to.routed_v4 = scalar(value_of(options, prefix + "gateway_mode_ipv4")) == "routed";
    to.routed_v6 = scalar(value_of(options, prefix + "gateway_mode_ipv6")) == "routed";
    const auto configs = value_of(value_of(node, "ipam"), "config");
    if (!has(configs) || !configs.IsSequence()) return;
    for (const auto& config : configs) {
      const auto subnet = value_of(config, "subnet");
      if (has(subnet)) read_subnet(subnet, to);
      const auto gateway = mail::IpAddress::parse(scalar(value_of(config, "gateway")));
      if (gateway) to.gateways.push_back(*gateway);
    }
  }

  void read_subnet(const YAML::Node& node, BridgeNetwork& to) {
    const std::string text = scalar(node);
    const auto subnet = mail::Network::parse(text);
    if (subnet) {
      to.subnets.push_back(*subnet);
    } else {
      note(node, node.Scalar(), "is no network: " + text, true);
    }
  }

  const std::string& file_;
  const Variables& variables_;
  Deployment& to_;
  std::vector<Note>* notes_;  // of what is being read
  std::optional<Error> error_;
};

}  // namespace

Result<bool> read_compose(std::string_view text, const std::string& file,
                          const Variables& variables, Deployment& to) {
  if (text.size() > largest_file) return failure("larger than 4 MiB", {file, 0, 0});
  try {
    return Reader(file, variables, to).read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    SourceRange where{file, 0, 0};
    if (!error.mark.is_null()) {
      where.line = static_cast<std::size_t>(error.mark.line) + 1;
      where.column = static_cast<std::size_t>(error.mark.column) + 1;
    }
    return failure("is no YAML: " + error.msg, where);
  }
}

}  // namespace relayproof::deployment
