#include "deployment/apply.h"

#include <fmt/format.h>

#include <algorithm>

#include "deployment/choose.h"
#include "deployment/ways.h"
#include "policy/reach.h"

namespace relayproof::deployment {
namespace {

class Application {
 public:
  Application(const Deployment& deployment, const ApplyOptions& options, policy::Policy& policy)
      : deployment_(deployment), options_(options), policy_(policy) {}

  Result<Applied> run() {
    const auto chosen = choose(deployment_, options_.container, ports());
    if (!chosen) return tl::unexpected(chosen.error());
    chosen_ = *chosen;
    if (chosen_.server != nullptr) applied_.container = chosen_.server->name;
    if (chosen_.front != nullptr) applied_.front = chosen_.front->name;
    note_files();
    for (auto& door : policy_.doors) {
      if (!door.clients.is_subset_of(mail::loopback())) change(door);
    }
    return std::move(applied_);
  }

 private:
  std::vector<std::uint16_t> ports() const {
    std::vector<std::uint16_t> ports;
    for (const auto& door : policy_.doors) ports.push_back(door.port);
    return ports;
  }

  void note(Note note) {
    const auto& notes = applied_.notes;
    const bool known = std::any_of(notes.begin(), notes.end(), [&](const Note& other) {
      return other.text == note.text && other.says == note.says;
    });
    if (!known) applied_.notes.push_back(std::move(note));
  }

  void note_files() {
    for (const auto& one : deployment_.notes) note(one);
    for (const auto* container : {chosen_.server, chosen_.front}) {
      if (container == nullptr) continue;
      for (const auto& one : container->notes) note(one);
      for (const auto& network : deployment_.networks) {
        const bool in_it =
            std::any_of(container->attachments.begin(), container->attachments.end(),
                        [&](const Attachment& place) { return place.network == network.name; });
        for (const auto& one : network.notes) {
          if (in_it || network.name == "default") note(one);
        }
      }
    }
    const bool engine_matters = chosen_.server != nullptr && chosen_.server->network_mode.empty();
    if (engine_matters && !deployment_.engine.is_told) {
      note({{},
            "daemon.json",
            "the container engine is taken to be set up as Docker comes (userland-proxy and "
            "iptables on, not rootless): name its daemon.json or the output of docker info",
            false});
    }
  }

  Ways ways(const policy::Door& door) {
    if (chosen_.server == nullptr) {
      return ways_to_host(deployment_, options_.interfaces, door.port);
    }
    if (chosen_.front == nullptr) return ways_to(deployment_, *chosen_.server, door.port);
    auto through = ways_to(deployment_, *chosen_.front, door.port);
    const auto fronts = addresses_of(deployment_, *chosen_.front);
    const bool believed = !(door.may_claim & fronts).empty();
    if (!believed) {
      for (auto& entry : through.seen) {
        entry.as = fronts;
        entry.how = "connections of " + chosen_.front->name;
      }
      // The front's own neighbours are the server's, too.
      note({chosen_.front->written.where, chosen_.front->name,
            "the server does not take the client's address from it (XCLIENT, PROXY)", false});
      return through;
    }
    note({chosen_.front->written.where, chosen_.front->name,
          "is taken to hand on the client's address as it sees it, and no claim of a client's own",
          false});
    return through;
  }

  void change(policy::Door& door) {
    auto found = ways(door);
    if (found.everybody) return;
    const mail::IpSet listens = door.clients;
    plain_ = door;
    reach_.reset();
    // Who hands on addresses is the front; nobody behind it claims one himself.
    if (chosen_.front != nullptr) plain_.may_claim = {};
    policy::Door changed = plain_;
    changed.clients = {};
    changed.seen.clear();
    for (const auto& entry : found.seen) {
      if (entry.as.empty()) {
        changed.clients = changed.clients | (entry.clients & listens);
      } else {
        add(entry, listens, changed);
      }
    }
    door = std::move(changed);
  }

  void add(const Appearance& entry, const mail::IpSet& listens, policy::Door& door) {
    const auto as = entry.as & listens;
    if (!entry.surely) door.clients = door.clients | (entry.clients & listens);
    if (as.empty()) return;
    const auto one = resolve(entry, as);
    if (!one) return;
    door.clients = door.clients | entry.clients;
    door.seen.push_back({entry.clients, *one, origin_of(entry.because), entry.how});
  }

  policy::OriginId origin_of(const Written& written) {
    if (written.where.file.empty()) return 0;
    policy_.origins.push_back({written.where, written.text, "deployment", "deployment"});
    return static_cast<policy::OriginId>(policy_.origins.size() - 1);
  }

  // How the policy treats those addresses, whoever appears under them.
  const policy::Reach& reach() {
    if (!reach_) reach_ = policy::reach(policy_, plain_);
    return *reach_;
  }

  // The address that stands for all of them. nullopt: clients appear as themselves, or it makes no
  // difference.
  std::optional<mail::IpAddress> resolve(const Appearance& entry, const mail::IpSet& as) {
    const bool one_only =
        as.size_v4() + (as.v6().empty() ? 0 : 2) == 1 || (as.v4().empty() && as.size_v6() == 1);
    if (one_only && entry.surely) return as.example();
    const auto trusted = as & reach().possibly;
    const auto surely_trusted = as & reach().surely;
    const bool matters = !(entry.clients & mail::globally_routable()).empty();
    if (trusted.empty()) return entry.surely ? as.example() : std::nullopt;
    if (entry.surely && surely_trusted == as) return as.example();
    if (matters) note_difference(entry, as, trusted);
    if (!entry.surely) return std::nullopt;
    const auto rest = as - trusted;
    return rest.empty() ? as.example() : rest.example();
  }

  void note_difference(const Appearance& entry, const mail::IpSet& as, const mail::IpSet& trusted) {
    const std::string example = trusted.example()->to_string();
    const std::string says =
        entry.surely
            ? fmt::format(
                  "the files do not say under which address ({}) its clients appear, and {} may "
                  "relay: name the output of docker network inspect, or of docker inspect",
                  as == trusted ? "one of several" : "of many", example)
            : fmt::format(
                  "whether clients appear as {} because of {} is not in the files, and {} may "
                  "relay: name the output of docker info and docker inspect",
                  example, entry.how, example);
    note({entry.because.where, entry.because.text, says, true});
  }

  const Deployment& deployment_;
  const ApplyOptions& options_;
  policy::Policy& policy_;
  Chosen chosen_;
  Applied applied_;
  policy::Door plain_;
  std::optional<policy::Reach> reach_;
};

}  // namespace

std::vector<mail::Network> interfaces_of(const Deployment& deployment, const ApplyOptions& options,
                                         const policy::Policy& policy) {
  std::vector<std::uint16_t> ports;
  for (const auto& door : policy.doors) ports.push_back(door.port);
  const auto chosen = choose(deployment, options.container, ports);
  if (!chosen || chosen->server == nullptr || !chosen->server->network_mode.empty()) return {};
  return interfaces_in(deployment, *chosen->server);
}

Result<Applied> apply(const Deployment& deployment, const ApplyOptions& options,
                      policy::Policy& policy) {
  return Application(deployment, options, policy).run();
}

}  // namespace relayproof::deployment
