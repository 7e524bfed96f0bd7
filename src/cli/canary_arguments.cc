#include "cli/canary_arguments.h"

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "mail/domain.h"

namespace relayproof::cli {
namespace {

Error usage(std::string message) { return Error{std::move(message), std::nullopt}; }

}  // namespace

void add_canary_options(CLI::App& app, CanaryArguments& to, CanaryRaw& raw) {
  app.add_option("--domain", to.domains, "Takes mail for this domain (repeatable), and no other")
      ->option_text("DOMAIN")
      ->allow_extra_args(false);
  app.add_option("--listen", raw.addresses, "Listen on this address (repeatable) instead of all")
      ->option_text("IP")
      ->allow_extra_args(false);
  app.add_option("--port", to.port, "Listen on this port (25); 0: a free one, which it prints")
      ->option_text("PORT");
  app.add_option("--hostname", to.hostname, "What it calls itself (the first domain)")
      ->option_text("NAME");
  app.add_option("--key", to.key_file, "The key that it shares with the prober")
      ->option_text("FILE");
  app.add_option("--new-key", to.new_key_file, "Make a key in this file, and end")
      ->option_text("FILE");
  app.add_option("--record", to.record, "Append what comes to this file, a line of JSON each")
      ->option_text("FILE");
}

std::optional<Error> finish_canary(const CanaryRaw& raw, CanaryArguments& to) {
  for (const auto& text : raw.addresses) {
    const auto address = mail::IpAddress::parse(text);
    if (!address) return usage("--listen: '" + escape_foreign(text, 60) + "' is no IP address");
    to.addresses.push_back(*address);
  }
  for (auto& domain : to.domains) {
    domain = mail::normalised_domain(domain);
    if (!mail::is_domain_name(domain)) {
      return usage("--domain: '" + escape_foreign(domain, 80) + "' is no domain");
    }
  }
  if (!to.new_key_file.empty()) return std::nullopt;
  if (to.domains.empty()) return usage("canary: give --domain, the domain it takes mail for");
  if (to.key_file.empty()) return usage("canary: give --key FILE; --new-key FILE makes one");
  if (to.hostname.empty()) to.hostname = to.domains.front();
  if (!mail::is_domain_name(to.hostname)) {
    return usage("--hostname: '" + escape_foreign(to.hostname, 80) + "' is no name of a host");
  }
  return std::nullopt;
}

}  // namespace relayproof::cli
