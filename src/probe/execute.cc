#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "net/notice.h"
#include "probe/delivery.h"
#include "probe/door.h"
#include "probe/door_comparison.h"
#include "probe/judge.h"
#include "probe/outside.h"
#include "probe/place.h"
#include "probe/prelude.h"
#include "probe/run.h"
#include "probe/ulid.h"

namespace relayproof::probe {
namespace {

using std::chrono::seconds;

constexpr std::size_t baseline_attempts = 6;

// The STARTTLS door of a first door, and what must be known of that before it is asked.
struct BehindTls {
  bool is_known = false;
  bool is_offered = false;
  std::string own_domain;
  net::Notice known;
  std::optional<DoorResult> door;
};

class Execution {
 public:
  Execution(net::Network& network, Plan plan)
      : network_(network), plan_(std::move(plan)), budget_(plan_.options.per_host) {}

  net::Task<Run> run() {
    begin();
    co_await ask_first_doors();
    co_await ask_other_doors();
    co_await second_opinion();
    co_await look_for_bans();
    if (plan_.options.canary) co_await wait_for_arrivals(network_, plan_, slots_);
    for (auto& slot : slots_) run_.doors.push_back(std::move(slot));
    judge(run_);
    run_.seconds = std::chrono::duration<double>(network_.clock().now() - plan_.started).count();
    co_return std::move(run_);
  }

 private:
  void begin() {
    run_.id = ulid(network_.clock().wall(), plan_.options.token);
    run_.when = network_.clock().wall();
    run_.host = plan_.options.target.host;
    run_.mail_domain = plan_.mail_domain;
    run_.our_name = plan_.our_name;
    run_.not_asked = plan_.not_asked;
    for (const auto& address : plan_.addresses) {
      if (address.source && std::find(run_.sources.begin(), run_.sources.end(), *address.source) ==
                                run_.sources.end()) {
        run_.sources.push_back(*address.source);
      }
    }
    note_missing_routes();
  }

  void note_missing_routes() {
    for (const mail::Family family : {mail::Family::ipv4, mail::Family::ipv6}) {
      const auto missing = [&](const Address& address) {
        return address.address.family() == family && !address.source;
      };
      if (!std::any_of(plan_.addresses.begin(), plan_.addresses.end(), missing)) continue;
      const std::string name = family == mail::Family::ipv4 ? "IPv4" : "IPv6";
      run_.not_asked.push_back(fmt::format("{0} not asked: no {0} route from here", name));
    }
  }

  // The first address of each family, at the first port: in full.
  net::Task<void> ask_first_doors() {
    std::vector<net::Task<void>> tasks;
    for (const auto& address : plan_.addresses) {
      const mail::Family family = address.address.family();
      if (!address.source || first_.count(family) != 0) continue;
      first_[family] = slots_.size();
      reserve(address, plan_.ports.front(), mail::mode_of_port(plan_.ports.front()));
    }
    for (const auto& [family, slot] : first_) {
      tasks.push_back(ask_first(slot));
    }
    co_await net::all(std::move(tasks), plan_.options.per_host);
  }

  // Every other door with a few attempts; in full where these are answered differently.
  net::Task<void> ask_other_doors() {
    const std::size_t asked = slots_.size();
    for (const auto& address : plan_.addresses) {
      if (!address.source) continue;
      for (const std::uint16_t port : plan_.ports) {
        const mail::TlsMode mode = mail::mode_of_port(port);
        if (!has_slot(address, port)) reserve(address, port, mode);
      }
    }
    co_await ask_baseline(asked);
    const std::size_t plain = slots_.size();
    for (std::size_t i = 0; i < plain; ++i) {
      if (offers_starttls(slots_[i])) {
        reserve(addresses_[i], slots_[i].target.port, mail::TlsMode::starttls);
      }
    }
    co_await ask_baseline(plain);
  }

  net::Task<void> ask_baseline(std::size_t from) {
    std::vector<net::Task<void>> tasks;
    for (std::size_t slot = from; slot < slots_.size(); ++slot) tasks.push_back(ask_in_short(slot));
    co_await net::all(std::move(tasks), plan_.options.per_host);
  }

  // Its TLS is another door, which need not wait for the end of this one: as soon as the own domain
  // is known, a few attempts can be made there.
  net::Task<void> ask_first(std::size_t slot) {
    BehindTls& behind = behind_tls_[slot];
    std::vector<net::Task<void>> tasks;
    tasks.push_back(ask_in_the_open(slot, behind));
    if (!plan_.options.canary && plan_.options.repeat == 1) {
      tasks.push_back(ask_behind_tls(slot, behind));
    }
    co_await net::all(std::move(tasks), 2);
  }

  net::Task<void> ask_in_the_open(std::size_t slot, BehindTls& behind) {
    co_await ask(slot, plan_.options.techniques, true, [&behind](const DoorResult& known) {
      behind.own_domain = known.own_domain;
      behind.is_offered = offers_starttls(known);
      behind.is_known = true;
      behind.known.tell();
    });
  }

  net::Task<void> ask_behind_tls(std::size_t slot, BehindTls& behind) {
    while (!behind.is_known) co_await behind.known.wait();
    if (!behind.is_offered || behind.own_domain.empty()) co_return;
    DoorOptions options = options_for(addresses_[slot], slots_[slot].target);
    options.target.tls = mail::TlsMode::starttls;
    options.battery.techniques = baseline(options.target.tls);
    narrow(options, behind.own_domain);
    DoorResult result = co_await ask_as(addresses_[slot], std::move(options), false);
    behind.door = std::move(result);
  }

  net::Task<void> ask_in_short(std::size_t slot) {
    const DoorResult* first = first_door_of(slots_[slot].target.address.family());
    if (first != nullptr) {
      if (!take_what_was_asked(slot)) {
        co_await ask(slot, baseline(slots_[slot].target.tls), false);
      }
      if (!differs(slots_[slot], *first)) co_return;
    }
    co_await ask(slot, plan_.options.techniques, true);
  }

  // Beside its first door.
  bool take_what_was_asked(std::size_t slot) {
    const Target& target = slots_[slot].target;
    const auto first = first_.find(target.address.family());
    if (first == first_.end() || target.tls != mail::TlsMode::starttls) return false;
    auto& door = behind_tls_[first->second].door;
    if (!door || door->target.address != target.address || door->target.port != target.port) {
      return false;
    }
    slots_[slot] = *std::exchange(door, std::nullopt);
    return true;
  }

  // The door that was asked in full, if it answered and got that far. A copy of a pointer into
  // slots_ is safe: no slot is added while doors are being asked.
  const DoorResult* first_door_of(mail::Family family) const {
    const auto found = first_.find(family);
    if (found == first_.end()) return nullptr;
    const DoorResult& door = slots_[found->second];
    return door.reached == Reached::yes && !only_wants_tls(door) ? &door : nullptr;
  }

  using AtHome = std::function<void(const DoorResult&)>;

  // As often as was asked for; the worst that it said counts.
  net::Task<void> ask(std::size_t slot, std::vector<const techniques::Technique*> techniques,
                      bool in_full, AtHome at_home = {}) {
    co_await ask_once(slot, techniques, in_full, std::move(at_home));
    for (std::size_t i = 1; i < plan_.options.repeat; ++i) {
      if (slots_[slot].reached != Reached::yes || slots_[slot].verdict == Verdict::open) break;
      DoorResult before = std::move(slots_[slot]);
      slots_[slot] = {};
      slots_[slot].target = before.target;
      co_await ask_once(slot, techniques, in_full, {});
      if (slots_[slot].verdict < before.verdict || slots_[slot].reached != Reached::yes) {
        slots_[slot] = std::move(before);
      }
    }
  }

  net::Task<void> ask_once(std::size_t slot, std::vector<const techniques::Technique*> techniques,
                           bool in_full, AtHome at_home) {
    const Address& address = addresses_[slot];
    DoorOptions options = options_for(address, slots_[slot].target);
    options.battery.techniques = std::move(techniques);
    options.at_home = std::move(at_home);
    const DoorResult* first = in_full ? nullptr : first_door_of(address.address.family());
    if (first != nullptr) narrow(options, first->own_domain);
    DoorResult result = co_await ask_as(address, std::move(options), in_full);
    slots_[slot] = std::move(result);
  }

  DoorOptions options_for(const Address& address, const Target& target) {
    DoorOptions options;
    options.target = target;
    options.source = plan_.options.sources.empty() ? std::nullopt : address.source;
    options.battery = battery_for(address, target);
    options.names = names_for(address);
    options.waits.until = plan_.started + plan_.options.timeout;
    options.budget = &budget_;
    // RFC 5321 4.5.3.2.6: what a server does behind the dot takes its time.
    if (plan_.options.canary) options.waits.reply = seconds(120);
    options.progress = plan_.options.progress;
    options.transcripts = plan_.options.transcripts;
    return options;
  }

  net::Task<DoorResult> ask_as(const Address& address, DoorOptions options, bool in_full) {
    DoorResult result = co_await ask_door(network_, std::move(options));
    result.trusted_place = address.trusted_place || is_seen_nearby(result);
    result.in_full = in_full;
    judge(result);
    if (result.source.is_unspecified() && address.source) result.source = *address.source;
    co_return result;
  }

  bool is_seen_nearby(const DoorResult& door) const {
    const auto seen = mail::IpAddress::parse(door.seen_as.value_or(""));
    return seen && !plan_.options.as_stranger && same_private_network(door.source, *seen);
  }

  // A baseline door is asked at the own domain that the first door showed, and nowhere else.
  static void narrow(DoorOptions& options, const std::string& own_domain) {
    if (own_domain.empty()) return;
    options.names.domains = {own_domain};
    options.battery.domain_limit = 1;
  }

  BatteryOptions battery_for(const Address& address, const Target& target) const {
    BatteryOptions options;
    options.our_helo = address.helo;
    options.operator_address = plan_.operator_address;
    const auto outside = outside_domains(plan_);
    options.outside = outside.at(0);
    options.second_outside = outside.at(1);
    options.user = plan_.options.user;
    options.literal = address.address.literal();
    options.data_phase = plan_.options.data_phase;
    if (plan_.options.canary) {
      options.delivery = delivery_for(plan_, target, address.helo, network_.clock());
      options.second_outside = options.outside;  // no mail to anybody else
    }
    options.token = [make = plan_.options.token] { return "relayproof-" + make(); };
    return options;
  }

  ServerNames names_for(const Address& address) const {
    ServerNames names;
    names.domains = plan_.options.domains;
    names.mail_domain = plan_.mail_domain;
    if (!mail::IpAddress::parse(address.host)) names.given = address.host;
    names.pointers = address.pointers;
    return names;
  }

  // Senders that we do not have cannot be asked with.
  bool lacks(const techniques::Technique& technique) const {
    const techniques::Fill with{
        "x", "x", "x", "x", "x", "x", plan_.options.user, plan_.operator_address};
    return techniques::lacks(technique.mail_from, with);
  }

  // The first few, and those that the first door could not be asked.
  std::vector<const techniques::Technique*> baseline(mail::TlsMode tls) const {
    std::vector<const techniques::Technique*> rows;
    std::size_t usual = 0;
    for (const auto* technique : plan_.options.techniques) {
      if (!fits(technique->prelude, tls)) continue;
      const bool only_here = needs_tls(technique->prelude);
      if (!only_here && usual == baseline_attempts) continue;
      if (technique->helo == techniques::HeloForm::ours && !technique->malformed &&
          !lacks(*technique)) {
        rows.push_back(technique);
        usual += only_here ? 0 : 1;
      }
    }
    return rows;
  }

  bool has_slot(const Address& address, std::uint16_t port) const {
    return std::any_of(slots_.begin(), slots_.end(), [&](const DoorResult& door) {
      return door.target.address == address.address && door.target.port == port;
    });
  }

  void reserve(const Address& address, std::uint16_t port, mail::TlsMode tls) {
    DoorResult door;
    door.target = {address.host, address.address, port, tls};
    slots_.push_back(std::move(door));
    addresses_.push_back(address);
  }

  // Port 25 silent here: is it silent everywhere?
  net::Task<void> second_opinion() {
    const auto at_25 = [](const DoorResult& door) { return door.target.port == 25; };
    const bool silent = std::any_of(slots_.begin(), slots_.end(), at_25) &&
                        std::all_of(slots_.begin(), slots_.end(), [&](const DoorResult& door) {
                          return !at_25(door) || door.reached == Reached::timed_out ||
                                 door.reached == Reached::unreachable;
                        });
    if (!silent || plan_.options.egress.empty()) co_return;
    const auto deadline = network_.clock().now() + seconds(10);
    const auto addresses = co_await network_.addresses_of(plan_.options.egress, deadline);
    for (const auto& address : addresses.found) {
      auto stream = co_await network_.connect({address, 25}, std::nullopt, deadline);
      if (!stream) continue;
      run_.not_asked.push_back("port 25 is open from here (" + plan_.options.egress +
                               " answers): this server is down or filtered");
      co_return;
    }
    run_.not_asked.push_back("port 25 is blocked here: " + plan_.options.egress +
                             " does not answer on it either");
  }

  // A ban that our own questions brought about looks like doors without a server. A door that
  // answered before tells: is it still there?
  net::Task<void> look_for_bans() {
    for (const auto& address : plan_.addresses) {
      const auto closed = [&](const DoorResult& door) {
        return door.target.address == address.address &&
               (door.reached == Reached::refused || door.reached == Reached::timed_out);
      };
      const auto answered = std::find_if(slots_.begin(), slots_.end(), [&](const auto& door) {
        return door.target.address == address.address && door.reached == Reached::yes;
      });
      if (answered == slots_.end() || std::none_of(slots_.begin(), slots_.end(), closed)) continue;
      const auto source = plan_.options.sources.empty() ? std::nullopt : address.source;
      const auto again = co_await network_.connect({address.address, answered->target.port}, source,
                                                   network_.clock().now() + seconds(10));
      if (again) continue;
      run_.not_asked.push_back("other doors of " + address.address.to_string() +
                               " not asked: it blocks this place since it was asked");
    }
  }

  net::Network& network_;
  Plan plan_;
  Run run_;
  std::vector<DoorResult> slots_;
  std::vector<Address> addresses_;  // of the slots
  std::map<mail::Family, std::size_t> first_;
  std::map<std::size_t, BehindTls> behind_tls_;  // by slot
  Budget budget_;
};

}  // namespace

net::Task<Run> execute(net::Network& network, Plan plan) {
  Execution execution(network, std::move(plan));
  Run run = co_await execution.run();
  co_return run;
}

}  // namespace relayproof::probe
