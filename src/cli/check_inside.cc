#include "cli/check_inside.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "base/text.h"
#include "cli/asking.h"
#include "cli/past_use.h"
#include "cli/progress.h"
#include "cli/second_opinion.h"
#include "cli/seen_in_logs.h"
#include "cli/this_machine.h"
#include "cli/ways_out.h"
#include "probe/judge.h"
#include "techniques/technique.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t most_addresses = 8;

class Inside {
 public:
  Inside(const Arguments& arguments, net::Network& network, net::Loop& loop)
      : arguments_(arguments), network_(network), loop_(loop) {}

  InsideCheck run(Found found, std::optional<probe::Run> outside) {
    check_.instances = std::move(found.instances);
    check_.not_read = std::move(found.not_read);
    for (const auto& instance : check_.instances) audit(instance);
    check_.run = outside ? std::move(outside) : ask_here();
    if (check_.run) check_.seen = seen_by_servers(*check_.run, check_.instances);
    if (arguments_.ask_mta) {
      for (std::size_t i = 0; i < check_.instances.size(); ++i) {
        add_second_opinions(check_.instances[i], check_.audits[i], check_.opinions);
      }
    }
    check_.cross = crosscheck::crosscheck(evidence());
    for (std::size_t i = 0; i < check_.instances.size(); ++i) tell_what_of(i);
    add_next();
    return std::move(check_);
  }

 private:
  void audit(const FoundInstance& instance) {
    questions::AuditOptions options;
    options.trusted = trusted_of(arguments_.inside, instance.configuration.host);
    options.strict = arguments_.inside.strict;
    check_.audits.push_back(questions::audit(instance.configuration.loaded, options));
    check_.trusted.push_back(options.trusted);
  }

  crosscheck::Evidence evidence() const {
    crosscheck::Evidence evidence;
    evidence.run = check_.run ? &*check_.run : nullptr;
    for (std::size_t i = 0; i < check_.instances.size(); ++i) {
      const auto& found = check_.instances[i];
      crosscheck::Instance instance;
      instance.name = found.name;
      instance.loaded = &found.configuration.loaded;
      instance.audit = &check_.audits[i];
      instance.published = found.published;
      instance.in_container = found.master && found.master->own_network;
      instance.reached_at = found.reached_at;
      instance.running = found.master.has_value();
      if (found.master) instance.read_at = found.master->read_at;
      instance.changed_at = found.changed_at;
      instance.changed_file = found.changed_file;
      evidence.instances.push_back(std::move(instance));
    }
    evidence.seen = check_.seen;
    return evidence;
  }

  // What an open server was used for, and what closes it.
  void tell_what_of(std::size_t i) {
    const auto& instance = check_.instances[i];
    if (check_.audits[i].verdict != questions::Verdict::open) return;
    const auto use = past_use(instance, check_.trusted[i]);
    auto abuse = use ? abuse_of(instance, *use) : std::nullopt;
    if (abuse) check_.abuse.push_back(std::move(*abuse));
    add_ways_out(instance, arguments_.inside, use, check_.ways);
  }

  // Loopback, and what others reach this machine by.
  std::vector<mail::IpAddress> vantages() {
    std::vector<mail::IpAddress> addresses{*mail::IpAddress::parse("127.0.0.1")};
    for (const auto& own : network_.own_addresses()) {
      if (own.is_loopback() || own.is_link_local() || addresses.size() >= most_addresses) continue;
      addresses.push_back(own);
    }
    return addresses;
  }

  std::set<std::uint16_t> ports() const {
    std::set<std::uint16_t> ports;
    for (const auto& found : check_.instances) {
      const bool mapped = found.master && found.master->own_network;
      for (const auto& [here, there] : found.published) ports.insert(here);
      const auto& policy = found.configuration.loaded.policy;
      for (const auto& door : policy.doors) {
        const bool can_ask = policy.listeners.at(door.listener).wants_first.empty();
        if (!mapped && can_ask) ports.insert(door.port);
      }
    }
    for (const auto port : arguments_.run.ports) ports.insert(port);
    return ports;
  }

  std::vector<std::string> domains() const {
    constexpr std::size_t most = 4;
    std::vector<std::string> domains = arguments_.run.domains;
    for (const auto& found : check_.instances) {
      for (const auto& name : found.configuration.loaded.policy.answers_for) {
        const bool named = name.find('.') != std::string::npos && !name.starts_with('[');
        if (named && domains.size() < most) domains.push_back(name);
      }
    }
    return domains;
  }

  // The proof is made from inside: the network has to agree, not to be searched. A server holds
  // errors up for a second each, and recipients that it takes from us as well, once there are a
  // hundred of them without a message (postconf(5), in_flow_delay).
  static std::vector<const techniques::Technique*> likeliest(
      std::vector<const techniques::Technique*> all) {
    constexpr std::size_t most = 12;
    std::erase_if(all, [](const techniques::Technique* one) {
      return one->malformed || one->prelude != techniques::Prelude::none;
    });
    if (all.size() > most) all.resize(most);
    return all;
  }

  // Each address is a run of its own; their doors are judged together.
  std::optional<probe::Run> ask_here() {
    std::optional<probe::Run> all;
    const auto at = ports();
    if (at.empty()) return all;
    if (!arguments_.quiet) {
      std::fputs(
          "Asking this machine's own doors. Nothing goes beyond RCPT TO; its log will show "
          "refused\n"
          "recipients named relayproof-*.\n\n",
          stderr);
    }
    Progress progress(arguments_.quiet);
    for (const auto& address : vantages()) {
      probe::RunOptions options = arguments_.run;
      options.target = {address.to_string(), std::nullopt};
      options.ports.assign(at.begin(), at.end());
      options.domains = domains();
      options.techniques = likeliest(std::move(options.techniques));
      options.progress = [&](std::size_t count) { progress.done(count); };
      const auto announce = [&](const probe::Plan& plan) { progress.expect(plan.most_refusals); };
      auto run = loop_.run(ask(network_, options, announce));
      if (!run) continue;
      merge(std::move(*run), all);
    }
    if (all) judge(*all);
    return all;
  }

  static void merge(probe::Run run, std::optional<probe::Run>& into) {
    // A port at which nothing listens on one of the addresses says nothing.
    std::erase_if(run.doors, [](const probe::DoorResult& door) {
      return door.target.address.is_loopback() && door.reached != probe::Reached::yes;
    });
    if (!into) {
      run.host = "this machine";
      into = std::move(run);
      return;
    }
    for (auto& door : run.doors) into->doors.push_back(std::move(door));
    for (const auto& source : run.sources) {
      if (std::find(into->sources.begin(), into->sources.end(), source) == into->sources.end()) {
        into->sources.push_back(source);
      }
    }
    into->seconds += run.seconds;
  }

  void add_next() {
    using questions::Verdict;
    auto& next = check_.next;
    std::set<std::string> addresses;
    for (const auto& found : check_.instances) {
      for (const auto& door : found.configuration.loaded.policy.doors) {
        for (const auto& seen : door.seen) addresses.insert(seen.as.to_string());
      }
    }
    if (check_.cross.verdict == Verdict::open) {
      for (const auto& as : addresses) {
        next.push_back("was it abused? relayproof logs --client " + as);
      }
      if (addresses.empty()) next.emplace_back("was it abused? relayproof logs");
      add_fix();
    }
    if (std::any_of(check_.cross.findings.begin(), check_.cross.findings.end(),
                    [](const Finding& finding) { return finding.code == "RP5104"; })) {
      next.emplace_back("let it read its files: postfix reload; then relayproof check");
    }
    next.emplace_back(
        "this machine is no stranger to itself; on a machine elsewhere: relayproof check " +
        name_of_this_machine());
  }

  // Fix reads the files of this machine and knows nothing of what stands before a server.
  void add_fix() {
    for (std::size_t i = 0; i < check_.instances.size(); ++i) {
      const auto& found = check_.instances[i];
      const bool ours = !found.surroundings && (!found.master || found.master->root.empty());
      if (!ours || check_.audits[i].verdict != questions::Verdict::open) continue;
      check_.next.push_back("close it, proved before and after it is written: relayproof fix " +
                            escape_foreign(found.configuration.path, 200) + " --apply --reload");
    }
  }

  std::string name_of_this_machine() const {
    // A container has a name of its own, which nobody outside knows.
    const auto name = completed_by_this_machine({}).hostname.value_or("");
    return name.find('.') == std::string::npos ? "HOST" : name;
  }

  const Arguments& arguments_;
  net::Network& network_;
  net::Loop& loop_;
  InsideCheck check_;
};

}  // namespace

report::Checked InsideCheck::checked() const {
  report::Checked both;
  both.run = run ? &*run : nullptr;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const auto& configuration = instances[i].configuration;
    both.inside.push_back(
        {instances[i].name,
         {std::string(configuration.dialect->title), std::string(configuration.dialect->name),
          configuration.loaded, audits[i], trusted[i], 0}});
  }
  both.cross = cross;
  both.seen = seen;
  both.opinions = opinions;
  both.abuse = abuse;
  both.ways = ways;
  both.not_read = not_read;
  both.next = next;
  return both;
}

tl::expected<InsideCheck, NothingInside> check_inside(const Arguments& arguments,
                                                      std::optional<probe::Run> outside,
                                                      net::Network& network, net::Loop& loop) {
  auto found = find_instances(arguments.inside);
  if (!found) return tl::unexpected(NothingInside{found.error(), std::move(outside)});
  if (outside) {
    // Asked was this machine's own address: who has another network does not answer there.
    std::erase_if(found->instances, [](const FoundInstance& instance) {
      return instance.master && instance.master->own_network && instance.published.empty() &&
             instance.container.empty();
    });
    if (found->instances.empty()) {
      return tl::unexpected(NothingInside{{"no server of this machine", {}}, std::move(outside)});
    }
  }
  return Inside(arguments, network, loop).run(std::move(*found), std::move(outside));
}

}  // namespace relayproof::cli
