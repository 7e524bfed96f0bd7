#include "cli/instances.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/ask_program.h"
#include "cli/deployment_files.h"
#include "cli/disk_files.h"
#include "cli/fronts.h"
#include "cli/interfaces.h"
#include "cli/listening.h"
#include "cli/surroundings.h"
#include "cli/this_machine.h"
#include "net/routes.h"

namespace relayproof::cli {
namespace {

constexpr const char* usual_place = "/etc/postfix";

std::optional<std::string> postfix_version(const std::string& root) {
  // Another root's program is not run: its libraries may be others.
  if (!root.empty()) return std::nullopt;
  const auto version = ask_program({"postconf", "-h", "mail_version"});
  if (!version) return std::nullopt;
  return std::string(trim(*version));
}

class Finder {
 public:
  explicit Finder(const InsideArguments& arguments) : arguments_(arguments) {}

  Result<Found> find() {
    if (!arguments_.container.empty()) return find_named();
    masters_ = running_masters();
    for (const auto& master : masters_) add(master, std::nullopt);
    add_installed();
    add_others();
    if (found_.instances.empty()) {
      return failure(
          found_.not_read.empty()
              ? "no mail server that I know is installed or running on this machine; name one to "
                "ask: relayproof check HOST"
              : found_.not_read.front());
    }
    return std::move(found_);
  }

 private:
  Result<Found> find_named() {
    const auto container = find_container(arguments_.container);
    if (!container) {
      return failure("--container: neither docker nor podman tells of " +
                     escape_foreign(arguments_.container, 80));
    }
    if (container->process == 0) {
      return failure("--container: " + escape_foreign(container->name, 80) + " does not run");
    }
    RunningMaster of_container;
    const auto inspected = container->inspect;
    for (const auto& master : running_masters()) {
      if (!master.container.empty() && inspected.find(master.container) != std::string::npos) {
        add(master, container);
      }
    }
    if (found_.instances.empty() && found_.not_read.empty()) {
      of_container.process = container->process;
      of_container.root = "/proc/" + std::to_string(container->process) + "/root";
      of_container.own_network = true;
      of_container.configuration = usual_place;
      add(of_container, container);
    }
    if (found_.instances.empty()) return failure(found_.not_read.front());
    return std::move(found_);
  }

  // What is installed and does not run, and the further instances that it names (postmulti(1)).
  void add_installed() {
    std::vector<std::string> places;
    const auto told = ask_program({"postconf", "-h", "config_directory"});
    places.emplace_back(told ? std::string(trim(*told)) : usual_place);
    const auto more = ask_program({"postconf", "-xh", "multi_instance_directories"});
    if (more) {
      std::string list = *more;
      std::replace(list.begin(), list.end(), ',', ' ');
      std::replace(list.begin(), list.end(), '\n', ' ');
      for (const auto word : words(list)) places.emplace_back(word);
    }
    for (const auto& place : places) {
      const bool known =
          std::any_of(masters_.begin(), masters_.end(), [&](const RunningMaster& master) {
            return master.root.empty() && path_in("/", master.configuration) == path_in("/", place);
          });
      const auto info = DiskFiles().info(path_in(place, "main.cf"));
      if (known || info.kind != FileInfo::Kind::file) continue;
      RunningMaster none;
      none.configuration = place;
      load(none, false, std::nullopt);
    }
  }

  // Other servers at their usual places; those that listen in this machine's network run.
  void add_others() {
    const DiskFiles files;
    std::optional<std::vector<Listening>> listening;
    for (const auto* dialect : dialects::all_dialects()) {
      const std::string place(dialect->usual_place);
      if (dialect->listens_as.empty() || !dialect->recognise(files, place)) continue;
      if (!listening) listening = listening_here();
      const auto names = words(dialect->listens_as);
      const auto one = std::find_if(listening->begin(), listening->end(), [&](const Listening& it) {
        return std::find(names.begin(), names.end(), it.name) != names.end();
      });
      RunningMaster master;
      master.configuration = place;
      if (one != listening->end()) master.process = one->process;
      load(master, one != listening->end(), std::nullopt);
    }
  }

  void add(const RunningMaster& master, std::optional<NamedContainer> container) {
    if (!container && !master.container.empty()) container = find_container(master.container);
    load(master, true, container);
  }

  dialects::Host host_of(const RunningMaster& master, bool running) const {
    dialects::Host host = arguments_.host;
    if (running && master.own_network && host.interfaces.empty()) {
      host.interfaces = interfaces_of_process(master.process);
    }
    if (!master.root.empty() && !host.hostname) {
      const auto name = hostname_in(master.root);
      if (!name.empty()) host.hostname = name;
    }
    if (!host.mta_version) host.mta_version = postfix_version(master.root);
    return completed_by_this_machine(std::move(host));
  }

  void load(const RunningMaster& master, bool running,
            const std::optional<NamedContainer>& container) {
    InsideArguments arguments = arguments_;
    arguments.root = master.root;
    arguments.host = host_of(master, running);
    arguments.deployment.clear();
    FoundInstance instance;
    instance.name = master.configuration;
    if (container) {
      instance.name = "container " + container->name;
      instance.container = container->name;
      instance.engine = container->engine;
    } else if (!master.root.empty()) {
      instance.name = fmt::format("{} of process {}", master.configuration, master.process);
    }
    auto configuration = load_configuration(arguments, master.configuration);
    if (!configuration) {
      found_.not_read.push_back(to_string(configuration.error()));
      return;
    }
    instance.configuration = std::move(*configuration);
    if (running) instance.master = master;
    see_changes(master, instance);
    const auto deployed = deploy(master, running, container, instance);
    if (!deployed) {
      found_.not_read.push_back(instance.name + ": " + to_string(deployed.error()));
      return;
    }
    found_.instances.push_back(std::move(instance));
  }

  static void see_changes(const RunningMaster& master, FoundInstance& instance) {
    const DiskFiles files(master.root);
    const bool is_folder = files.info(master.configuration).kind == FileInfo::Kind::folder;
    const auto folder = is_folder ? master.configuration : path_in(master.configuration, "..");
    // Tables, say, it may look at whenever they change.
    const auto once = words(instance.configuration.dialect->reads_once);
    for (const auto& name : instance.configuration.loaded.files) {
      const auto path = path_in(folder, name);
      const auto base = std::string_view(path).substr(path.rfind('/') + 1);
      if (!once.empty() && std::find(once.begin(), once.end(), base) == once.end()) continue;
      const auto info = files.info(path);
      if (info.kind != FileInfo::Kind::file) continue;
      if (instance.changed_at && *instance.changed_at >= info.modified) continue;
      instance.changed_at = info.modified;
      instance.changed_file = path;
    }
  }

  // Where a server with a network of its own has none of these ports, this machine's doors are not
  // its own.
  static void note_ports(const deployment::Container& container, bool own_network,
                         FoundInstance& instance) {
    bool all_known = own_network;
    std::set<std::uint16_t> ports;
    for (const auto& port : container.ports) {
      if (port.mode == deployment::PublishedPort::Mode::direct) continue;
      all_known = all_known && port.host_port != 0;
      if (port.host_port == 0) continue;
      ports.insert(port.host_port);
      instance.published[port.host_port] = port.container_port;
    }
    if (all_known) instance.reached_at = std::move(ports);
  }

  Result<bool> deploy(const RunningMaster& master, bool running,
                      const std::optional<NamedContainer>& container, FoundInstance& instance) {
    auto told = read_deployment(DiskFiles(), arguments_.deployment, arguments_.host.environment);
    if (!told) return tl::unexpected(told.error());
    const bool own_network = running && master.own_network;
    if (own_network) add_packet_filter(*told);
    deployment::ApplyOptions options;
    options.interfaces = instance.configuration.host.interfaces;
    if (container) {
      const auto added = add_engine(*container, *told);
      if (!added) return added;
      options.container = container->name;
    } else if (own_network && told->containers.empty()) {
      std::vector<std::uint16_t> ports;
      for (const auto& door : instance.configuration.loaded.policy.doors) {
        ports.push_back(door.port);
      }
      add_namespace(master, listening_here(), ports, *told);
      options.container = told->containers.back().name;
    }
    if (told->containers.empty() && arguments_.deployment.empty()) {
      if (running) add_hands(instance);
      return true;
    }
    for (const auto& one : told->containers) {
      if (one.name != options.container && one.container_name != options.container) continue;
      note_ports(one, own_network, instance);
    }
    instance.deployed = std::make_shared<const FoundInstance::Deployed>(
        FoundInstance::Deployed{std::move(*told), options});
    instance.surroundings = [deployed = instance.deployed](dialects::Loaded& loaded) {
      return apply_deployment(deployed->deployment, deployed->options, loaded);
    };
    return instance.surroundings(instance.configuration.loaded);
  }

  // Proxies beside a server that lives in this machine's own network.
  static void add_hands(FoundInstance& instance) {
    auto own = net::interface_addresses();
    for (const char* loopback : {"127.0.0.1", "::1"}) {
      own.push_back(*mail::IpAddress::parse(loopback));
    }
    auto fronts = fronts_of(listening_here(), own);
    if (fronts.empty()) return;
    instance.surroundings = [fronts = std::move(fronts)](dialects::Loaded& loaded) -> Result<bool> {
      add_fronts(fronts, loaded.policy);
      return true;
    };
    (void)instance.surroundings(instance.configuration.loaded);
  }

  const InsideArguments& arguments_;
  std::vector<RunningMaster> masters_;
  Found found_;
};

}  // namespace

Result<Found> find_instances(const InsideArguments& arguments) { return Finder(arguments).find(); }

}  // namespace relayproof::cli
