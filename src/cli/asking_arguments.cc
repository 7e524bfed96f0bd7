#include "cli/asking_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "cli/canary_key.h"
#include "cli/config.h"
#include "mail/domain.h"
#include "probe/target.h"
#include "probe/ulid.h"

namespace relayproof::cli {
namespace {

// 25, submission, and the ports where filters give mail back or that are left open by mistake.
constexpr std::array<std::uint16_t, 16> every_port = {25,    465,   587,   2525,  2526,  26,
                                                      1025,  8025,  10024, 10025, 10026, 10027,
                                                      10028, 10465, 10587, 12525};

Error usage(std::string message) { return Error{std::move(message), std::nullopt}; }

std::optional<Error> read_ports(const AskingRaw& raw, Arguments& to) {
  if (raw.all_ports) to.run.ports.assign(every_port.begin(), every_port.end());
  for (const auto& text : raw.ports) {
    const auto port = probe::parse_port(text);
    if (!port) return usage("--port: '" + escape_foreign(text, 40) + "' is no port (1 to 65535)");
    auto& ports = to.run.ports;
    if (std::find(ports.begin(), ports.end(), *port) == ports.end()) ports.push_back(*port);
  }
  return std::nullopt;
}

std::optional<Error> read_addresses(const AskingRaw& raw, Arguments& to) {
  for (const auto& text : raw.sources) {
    const auto source = mail::IpAddress::parse(text);
    if (!source) return usage("--source: '" + escape_foreign(text, 60) + "' is no IP address");
    to.run.sources.push_back(*source);
  }
  if (!raw.resolver.empty()) {
    const auto resolver = probe::parse_target(raw.resolver);
    const auto address = resolver ? mail::IpAddress::parse(resolver->host) : std::nullopt;
    if (!address) {
      return usage("--resolver: '" + escape_foreign(raw.resolver, 60) + "' is no IP[:PORT]");
    }
    to.network.resolver = net::Endpoint{*address, resolver->port.value_or(53)};
  }
  if (raw.proxy.empty()) return std::nullopt;
  to.places.proxy = parse_proxy(raw.proxy);
  if (to.places.proxy) return std::nullopt;
  return usage("--proxy: that is no socks5://[USER:PASSWORD@]HOST:PORT");
}

std::optional<Error> read_mailboxes(Arguments& to) {
  for (auto& domain : to.run.domains) {
    domain = mail::normalised_domain(domain);
    if (!mail::is_domain_name(domain)) {
      return usage("--domain: '" + escape_foreign(domain, 80) + "' is no domain");
    }
  }
  struct Mailbox {
    const char* option;
    const std::string& address;
  };
  for (const auto& [option, address] :
       {Mailbox{"--user", to.run.user}, Mailbox{"--from", to.run.from},
        Mailbox{"--to", to.run.to}}) {
    if (!address.empty() && !is_address(address)) {
      return usage(fmt::format("{}: '{}' is no address", option, escape_foreign(address, 80)));
    }
  }
  return std::nullopt;
}

std::optional<Error> choose_techniques(Arguments& to) {
  auto& chosen = to.run.techniques;
  for (const auto& name : to.technique_names) {
    const auto* technique = techniques::find(name);
    if (technique == nullptr) {
      return usage("--technique: there is no '" + escape_foreign(name, 60) +
                   "'; `relayproof techniques` lists them");
    }
    chosen.push_back(technique);
  }
  if (!chosen.empty()) return std::nullopt;
  for (const auto& technique : techniques::catalogue()) {
    const bool of_tool =
        !to.as_tool.empty() && contains_ignoring_case(technique.also_in, to.as_tool);
    const bool of_set = to.as_tool.empty() && to_string(technique.set) == to.set;
    if (of_tool || of_set) chosen.push_back(&technique);
  }
  if (chosen.empty()) return usage("--set: this version has no " + to.set + " techniques");
  return std::nullopt;
}

void add_canary_options(CLI::App& app, AskingRaw& raw) {
  app.add_option("--canary", raw.canary, "A mailbox of your `relayproof canary`")
      ->option_text("ADDRESS");
  app.add_option("--canary-key", raw.canary_key, "The key that it was started with")
      ->option_text("FILE");
  app.add_option("--canary-at", raw.canary_at,
                 "Where to ask it what came (the MX of its mailbox's domain)")
      ->option_text("HOST[:PORT]");
  app.add_option("--wait", raw.wait, "Seconds that messages may be on their way (60)")
      ->check(CLI::Range(0.0, 86400.0))
      ->option_text("SECONDS");
}

// Messages are sent to nobody who did not ask for them: a canary that has our key.
std::optional<Error> read_canary(const AskingRaw& raw, Arguments& to) {
  const bool delivers = raw.phase == "deliver";
  if (!delivers) {
    if (raw.canary.empty() && raw.canary_at.empty() && raw.canary_key.empty()) return std::nullopt;
    return usage("--canary: give --phase deliver with it");
  }
  if (raw.canary.empty() || raw.canary_key.empty()) {
    return usage(
        "--phase deliver: give --canary ADDRESS and --canary-key FILE, of a `relayproof canary` "
        "of yours");
  }
  if (!is_address(raw.canary)) {
    return usage("--canary: '" + escape_foreign(raw.canary, 80) + "' is no address");
  }
  probe::CanaryOptions canary;
  auto key = read_key(raw.canary_key);
  if (!key) return key.error();
  canary.key = std::move(*key);
  canary.address = raw.canary;
  if (std::isnan(raw.wait)) return usage("--wait: nan is no number of seconds");
  canary.wait = std::chrono::duration_cast<net::Duration>(std::chrono::duration<double>(raw.wait));
  if (!raw.canary_at.empty()) {
    const auto at = probe::parse_target(raw.canary_at);
    if (!at) return usage("--canary-at: " + at.error().message);
    canary.at = *at;
  }
  to.run.canary = std::move(canary);
  return std::nullopt;
}

}  // namespace

void add_asking_options(CLI::App& app, Arguments& to, AskingRaw& raw) {
  auto& run = to.run;
  app.add_option("--port", raw.ports, "Ask this port (repeatable) instead of 25, 465 and 587")
      ->option_text("PORT")
      ->allow_extra_args(false);
  app.add_flag("--all-ports", raw.all_ports, "Ask every port on which mail servers are found");
  app.add_option("--domain", run.domains, "A domain the server answers for (repeatable)")
      ->option_text("DOMAIN")
      ->allow_extra_args(false);
  app.add_option("--user", run.user, "A mailbox that exists there")->option_text("ADDRESS");
  app.add_option("--from", run.from, "Your own address: a sender that may be used")
      ->option_text("ADDRESS");
  app.add_option("--to", run.to, "Your mailbox outside: its domain is asked for as recipient")
      ->option_text("ADDRESS");
  app.add_option("--source", raw.sources, "Ask from this address of this machine (repeatable)")
      ->option_text("IP")
      ->allow_extra_args(false);
  app.add_option(
         "--via", to.places.via,
         "Ask from that machine as well, where relayproof is installed, by ssh (repeatable)")
      ->option_text("USER@HOST")
      ->allow_extra_args(false);
  app.add_option("--proxy", raw.proxy, "Ask through this SOCKS 5 proxy instead of from here")
      ->option_text("socks5://HOST:PORT");
  app.add_flag("--as-stranger", run.as_stranger,
               "Take this place for outside although the server may trust it");
  app.add_option(
         "--egress", run.egress,
         "A mail server elsewhere that tells \"port 25 is blocked here\" from \"it is down\"")
      ->option_text("HOST");
  app.add_option("--phase", raw.phase,
                 "rcpt; data: as far as DATA, then hang up; deliver: send messages to --canary")
      ->check(CLI::IsMember({"rcpt", "data", "deliver"}))
      ->option_text("PHASE");
  add_canary_options(app, raw);
  app.add_option("--set", to.set, "standard, historic or invasive techniques")
      ->check(CLI::IsMember({"standard", "historic", "invasive"}))
      ->option_text("SET");
  app.add_option("--technique", to.technique_names, "Only this technique (repeatable)")
      ->option_text("NAME")
      ->allow_extra_args(false);
  app.add_option("--as", to.as_tool,
                 "Only what this tool asks, and how its verdict differs from ours")
      ->check(CLI::IsMember({"nmap"}))
      ->option_text("TOOL");
  app.add_option("--timeout", raw.timeout, "Seconds for each target, all in all (120)")
      ->check(CLI::Range(0.1, 86400.0))
      ->option_text("SECONDS");
  app.add_option("--per-host", run.per_host, "Sessions with one target at a time (4)")
      ->check(CLI::Range(1, 16))
      ->option_text("N");
  app.add_option("--repeat", run.repeat,
                 "Ask each door so often (1): a balancer may lead to several servers")
      ->check(CLI::Range(1, 100))
      ->option_text("N");
  app.add_option("--resolver", raw.resolver, "Ask this DNS server, IP[:PORT], and nothing else")
      ->option_text("IP[:PORT]");
  app.add_option("--config", to.config, "Read this configuration file")->option_text("FILE");
  app.add_flag("--transcript", to.transcript, "Print the dialogues");
  app.add_flag("-v,--verbose", to.verbose,
               "Every relay found with its lines by hand, every control");
}

std::optional<Error> finish_asking(const AskingRaw& raw, Arguments& to) {
  // What is no number is in no range, which CLI11 takes for being in every one.
  if (std::isnan(raw.timeout)) return usage("--timeout: nan is no number of seconds");
  to.run.data_phase = raw.phase == "data";
  to.run.transcripts = to.transcript;
  to.run.timeout =
      std::chrono::duration_cast<net::Duration>(std::chrono::duration<double>(raw.timeout));
  to.run.token = [] { return probe::random_word(8); };
  if (!std::isfinite(raw.timeout)) return usage("--timeout: give a number of seconds");
  if (auto error = read_ports(raw, to)) return error;
  if (auto error = read_addresses(raw, to)) return error;
  if (auto error = read_mailboxes(to)) return error;
  if (auto error = read_canary(raw, to)) return error;
  return choose_techniques(to);
}

}  // namespace relayproof::cli
