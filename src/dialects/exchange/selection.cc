#include "dialects/exchange/selection.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "mail/ip_number.h"

namespace relayproof::exchange {
namespace {

using Number = mail::Uint128;

// Ranges looked at for each piece of the address space; ranges that lie in each other are few.
constexpr std::size_t most_steps = 20'000'000;
using Chosen = std::set<const Connector*>;

// The transport services, and what does not say which it is for.
constexpr std::size_t roles = 3;
std::size_t role_of(const Connector& connector) {
  if (equals_ignoring_case(connector.role, "FrontendTransport")) return 0;
  return equals_ignoring_case(connector.role, "HubTransport") ? 1 : 2;
}

// A remote range of a connector, in numbers of one family.
struct Entry {
  Number first;
  Number last;
  const Connector* connector;
  bool is_exact;     // bound to this very address, not to all of them
  std::size_t role;  // of the transport service

  Number width() const { return last - first; }
  bool holds(const Entry& other) const { return first <= other.first && other.last <= last; }
};

// At one address and port of one server.
class Selector {
 public:
  // `steps` is what is left of the budget of all of them together.
  Selector(const Binding& at, const std::vector<const Connector*>& connectors, std::size_t& steps)
      : at_(at), steps_(steps) {
    for (const auto* connector : connectors) add(*connector);
  }

  // Clients by the connectors that may take them; nullopt: too many ranges lie over each other.
  std::optional<std::map<Chosen, mail::IpSetBuilder>> run() {
    std::vector<Number> starts;
    for (const auto& entry : entries_) {
      starts.push_back(entry.first);
      if (entry.last != highest()) starts.push_back(entry.last + 1);
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.first < b.first; });
    std::size_t next = 0;
    std::vector<const Entry*> active;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const auto first = starts[i];
      const auto last = i + 1 < starts.size() ? starts[i + 1] - 1 : highest();
      std::erase_if(active, [&](const Entry* entry) { return entry->last < first; });
      for (; next < entries_.size() && entries_[next].first <= first; ++next) {
        if (entries_[next].last >= first) active.push_back(&entries_[next]);
      }
      if (active.size() > steps_) return std::nullopt;
      steps_ -= active.size();
      if (!active.empty()) add_cell(first, last, chosen_of(active));
    }
    return std::move(cells_);
  }

 private:
  Number highest() const {
    return at_.address.is_v6() ? mail::intervals::highest<Number> : Number{0xFFFFFFFFU};
  }

  void add(const Connector& connector) {
    const bool exact = std::find(connector.bindings.begin(), connector.bindings.end(), at_) !=
                       connector.bindings.end();
    const auto role = role_of(connector);
    for (const auto& range : connector.ranges) {
      if (at_.address.is_v6()) {
        for (const auto& part : range.clients.v6()) {
          entries_.push_back({part.first, part.last, &connector, exact, role});
        }
      } else {
        for (const auto& part : range.clients.v4()) {
          entries_.push_back({part.first, part.last, &connector, exact, role});
        }
      }
    }
  }

  // Of one transport service. Ranges that overlap without one holding the other, and ranges that
  // are the same, leave it open.
  static void choose(const std::vector<const Entry*>& active, std::size_t role, Chosen& chosen) {
    const Entry* best = nullptr;
    for (const auto* entry : active) {
      if (entry->role != role) continue;
      const auto rank = [](const Entry& each) {
        return std::make_tuple(each.width(), !each.is_exact);
      };
      if (best == nullptr || rank(*entry) < rank(*best)) best = entry;
    }
    if (best == nullptr) return;
    for (const auto* entry : active) {
      if (entry->role != role) continue;
      const bool same = entry->width() == best->width() && entry->is_exact == best->is_exact;
      const bool crosses = !entry->holds(*best);
      const bool bound_closer = entry->is_exact && !best->is_exact;
      if (same || crosses || bound_closer) chosen.insert(entry->connector);
    }
  }

  Chosen chosen_of(const std::vector<const Entry*>& active) const {
    Chosen chosen;
    for (std::size_t role = 0; role < roles; ++role) choose(active, role, chosen);
    return chosen;
  }

  void add_cell(Number first, Number last, Chosen chosen) {
    auto& cell = cells_[std::move(chosen)];
    cell.add_range(address(first), address(last));
  }

  mail::IpAddress address(Number number) const {
    return at_.address.is_v6() ? mail::address_of(number)
                               : mail::address_of(static_cast<std::uint32_t>(number));
  }

  const Binding& at_;
  std::size_t& steps_;
  std::vector<Entry> entries_;
  std::map<Chosen, mail::IpSetBuilder> cells_;
};

bool is_bound(const Connector& connector, const Binding& at) {
  return std::any_of(
      connector.bindings.begin(), connector.bindings.end(), [&](const Binding& binding) {
        const bool all =
            binding.address.is_unspecified() && binding.address.family() == at.address.family();
        return binding.port == at.port && (all || binding.address == at.address);
      });
}

mail::IpSet family_of(const Binding& at) {
  const auto all = at.address.is_v6() ? mail::IpSet::all_v6() : mail::IpSet::all_v4();
  return at.address.is_loopback() ? all & mail::loopback() : all;
}

std::string doubt_of(const std::vector<const Connector*>& by) {
  for (const auto* connector : by) {
    if (connector->ranges_cut_off) {
      return "the list of RemoteIPRanges is cut off: set $FormatEnumerationLimit = -1 and export "
             "again";
    }
    if (role_of(*connector) != role_of(*by.front())) {
      return "connectors of two transport services have this address and port";
    }
  }
  return "their bindings and RemoteIPRanges do not tell which";
}

class Server {
 public:
  Server(std::string name, std::vector<const Connector*> connectors)
      : name_(std::move(name)), connectors_(std::move(connectors)) {}

  void run(std::size_t& steps, std::vector<Taken>& to) const {
    for (const auto& at : bindings()) {
      std::vector<const Connector*> here;
      for (const auto* connector : connectors_) {
        if (is_bound(*connector, at)) here.push_back(connector);
      }
      add(at, here, steps, to);
    }
  }

 private:
  // Single addresses first: whoever comes to one of them is taken there.
  std::vector<Binding> bindings() const {
    std::vector<Binding> all;
    for (const auto* connector : connectors_) {
      for (const auto& binding : connector->bindings) {
        if (std::find(all.begin(), all.end(), binding) == all.end()) all.push_back(binding);
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Binding& a, const Binding& b) {
      return std::make_tuple(a.address.is_unspecified(), a.port) <
             std::make_tuple(b.address.is_unspecified(), b.port);
    });
    return all;
  }

  void add(const Binding& at, const std::vector<const Connector*>& here, std::size_t& steps,
           std::vector<Taken>& to) const {
    const auto family = family_of(at);
    std::set<const Connector*> open_ended;
    for (const auto* connector : here) {
      if (connector->ranges_cut_off) open_ended.insert(connector);
    }
    auto rest = family;
    auto cells = Selector(at, here, steps).run();
    if (!cells) return add(at, family, {here.begin(), here.end()}, true, to);
    for (auto& [chosen, clients] : *cells) {
      const auto set = clients.build();
      rest = rest - set;
      auto by = chosen;
      by.insert(open_ended.begin(), open_ended.end());
      add(at, set & family, by, false, to);
    }
    if (!open_ended.empty()) add(at, rest, open_ended, true, to);
  }

  void add(const Binding& at, const mail::IpSet& clients, const Chosen& chosen, bool perhaps_none,
           std::vector<Taken>& to) const {
    if (clients.empty()) return;
    Taken taken{name_, at, clients, {}, perhaps_none, {}};
    // In the order of the export.
    for (const auto* connector : connectors_) {
      if (chosen.contains(connector)) taken.by.push_back(connector);
    }
    if (taken.by.size() > 1 || perhaps_none) taken.doubt = doubt_of(taken.by);
    to.push_back(std::move(taken));
  }

  std::string name_;
  std::vector<const Connector*> connectors_;
};

}  // namespace

std::vector<Taken> selection(const Export& all) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<const Connector*>> servers;
  for (const auto& connector : all.connectors) {
    if (!connector.enabled) continue;
    auto& server = servers[connector.id.server];
    if (server.empty()) names.push_back(connector.id.server);
    server.push_back(&connector);
  }
  std::vector<Taken> taken;
  auto steps = most_steps;
  for (const auto& name : names) Server(name, servers[name]).run(steps, taken);
  return taken;
}

}  // namespace relayproof::exchange
