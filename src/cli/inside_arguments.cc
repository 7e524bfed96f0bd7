#include "cli/inside_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/attempts_file.h"
#include "mail/domain.h"

namespace relayproof::cli {
namespace {

Error usage(std::string message) { return Error{std::move(message), std::nullopt}; }

Error no_such(const char* option, std::string_view text, const char* what) {
  return usage(fmt::format("{}: '{}' is no {}", option, escape_foreign(text, 80), what));
}

std::optional<Error> read_networks(const char* option, const std::vector<std::string>& texts,
                                   std::vector<mail::Network>& to) {
  for (const auto& text : texts) {
    auto network = mail::Network::parse(text);
    if (!network) {
      const auto address = mail::IpAddress::parse(text);
      if (!address) return no_such(option, text, "IP address or network");
      network = mail::Network{*address, address->is_v6() ? 128U : 32U};
    }
    to.push_back(*network);
  }
  return std::nullopt;
}

std::optional<Error> read_address(const char* option, const std::string& text,
                                  std::optional<mail::IpAddress>& to) {
  if (text.empty()) return std::nullopt;
  to = mail::IpAddress::parse(text);
  return to ? std::nullopt : std::optional(no_such(option, text, "IP address"));
}

std::optional<Error> read_environment(const std::vector<std::string>& texts,
                                      std::map<std::string, std::string>& to) {
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) return no_such("--env", text, "NAME=VALUE");
    to[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return std::nullopt;
}

std::optional<Error> read_attempt(const InsideRaw& raw, InsideArguments& to) {
  auto& attempt = to.attempt;
  if (!to.attempts_file.empty()) return std::nullopt;
  if (raw.client.empty()) return usage("explain: give --client, or --attempts FILE");
  if (raw.to.empty()) return usage("explain: give --to, the recipient, or --attempts FILE");
  std::optional<mail::IpAddress> client;
  if (auto error = read_address("--client", raw.client, client)) return error;
  attempt.client = *client;
  if (auto error = read_address("--server", raw.server, attempt.server)) return error;
  if (auto error = read_address("--speaks-for", raw.speaks_for, attempt.speaks_for)) return error;
  if (!raw.ptr.empty()) attempt.reverse_name = mail::normalised_domain(raw.ptr);
  attempt.name_confirmed = !raw.ptr_unconfirmed;
  if (!raw.helo.empty()) attempt.helo = raw.helo;
  if (!raw.auth.empty()) attempt.user = raw.auth;
  using Certificate = policy::Attempt::Certificate;
  attempt.certificate = raw.certificate == "trusted"       ? Certificate::trusted
                        : raw.certificate == "self-signed" ? Certificate::self_signed
                                                           : Certificate::none;
  attempt.mail_from = on_the_wire(raw.from);
  attempt.rcpt_to = on_the_wire(raw.to);
  for (auto& earlier : attempt.after) earlier = on_the_wire(earlier);
  return std::nullopt;
}

}  // namespace

void add_host_options(CLI::App& app, InsideArguments& to, InsideRaw& raw) {
  app.add_option("--root", to.root, "Take this folder for the machine's root")
      ->option_text("FOLDER");
  app.add_option("--hostname", raw.hostname, "The machine's full name")->option_text("NAME");
  app.add_option("--interface", raw.interfaces,
                 "An address of the machine, ADDRESS/PREFIX "
                 "(repeatable)")
      ->option_text("NETWORK")
      ->allow_extra_args(false);
  app.add_option("--mta-version", raw.version, "The mail server's version, such as 3.7")
      ->option_text("VERSION");
  app.add_option("--trusted", raw.trusted, "A network that may relay (repeatable)")
      ->option_text("NETWORK")
      ->allow_extra_args(false);
  app.add_option("--responsible", to.responsible,
                 "A domain that is yours although no line says so (repeatable)")
      ->option_text("DOMAIN")
      ->allow_extra_args(false);
  app.add_option("--env", raw.environment, "A variable of the server's environment (repeatable)")
      ->option_text("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--strict", to.strict, "Take premises for open questions");
}

void add_deployment_options(CLI::App& app, InsideArguments& to) {
  app.add_option("--deployment", to.deployment,
                 "Compose file, docker inspect, daemon.json, nft or iptables dump (repeatable)")
      ->option_text("FILE")
      ->allow_extra_args(false);
  app.add_option("--container", to.container, "The mail server's container or service")
      ->option_text("NAME");
}

void add_fix_options(CLI::App& app, InsideArguments& to) {
  app.add_flag("--allow-loss", to.fix.allow_loss,
               "Also where something legitimate would be lost; it is named");
  app.add_option("--way", to.fix.way, "Which of the ways that were found (1, the best)")
      ->check(CLI::Range(1, 99))
      ->option_text("N");
  auto* apply = app.add_flag("--apply", to.fix.apply, "Write it, whole or not at all");
  app.add_flag("--reload", to.fix.reload, "Then let the running server read it");
  app.add_flag("--undo", to.fix.undo, "Put back what --apply replaced")->excludes(apply);
}

void add_attempt_options(CLI::App& app, InsideArguments& to, InsideRaw& raw) {
  app.add_option("--client", raw.client, "The client's address")->option_text("IP");
  app.add_option("--ptr", raw.ptr, "The client's name, confirmed")->option_text("NAME");
  app.add_flag("--ptr-unconfirmed", raw.ptr_unconfirmed,
               "That name's address record does not lead back");
  app.add_option("--helo", raw.helo, "What it says in HELO; none without it")->option_text("NAME");
  app.add_option("--auth", raw.auth, "It logged in as this user")->option_text("USER");
  app.add_flag("--tls", to.attempt.tls, "The session is encrypted");
  app.add_option("--client-cert", raw.certificate, "none, self-signed or trusted")
      ->check(CLI::IsMember({"none", "self-signed", "trusted"}))
      ->option_text("KIND");
  app.add_option("--port", to.attempt.port, "The server's port (25)")
      ->check(CLI::Range(1, 65535))
      ->option_text("PORT");
  app.add_option("--server", raw.server, "The server's address, where it has several")
      ->option_text("IP");
  app.add_option("--speaks-for", raw.speaks_for, "The address it claims by XCLIENT or PROXY")
      ->option_text("IP");
  app.add_option("--from", raw.from, "The sender; none, <>, without it")->option_text("ADDRESS");
  app.add_option("--to", raw.to, "The recipient")->option_text("ADDRESS");
  app.add_option("--after", to.attempt.after, "A recipient tried before it (repeatable)")
      ->option_text("ADDRESS")
      ->allow_extra_args(false);
  app.add_option("--header", to.attempt.headers, "A line of the message's header (repeatable)")
      ->option_text("LINE")
      ->allow_extra_args(false);
  app.add_option("--attempts", to.attempts_file,
                 "Read attempts, a JSON object a line; - is standard input")
      ->option_text("FILE");
}

std::optional<Error> finish_inside(const InsideRaw& raw, bool explains, InsideArguments& to) {
  if (auto error = read_networks("--interface", raw.interfaces, to.host.interfaces)) return error;
  if (auto error = read_networks("--trusted", raw.trusted, to.trusted)) return error;
  if (auto error = read_environment(raw.environment, to.host.environment)) return error;
  if (!raw.hostname.empty()) {
    if (!mail::is_domain_name(raw.hostname)) {
      return no_such("--hostname", raw.hostname, "host name");
    }
    to.host.hostname = mail::normalised_domain(raw.hostname);
  }
  if (!raw.version.empty()) to.host.mta_version = raw.version;
  for (auto& domain : to.responsible) {
    domain = mail::normalised_domain(domain);
    if (!mail::is_domain_name(domain)) return no_such("--responsible", domain, "domain");
  }
  return explains ? read_attempt(raw, to) : std::nullopt;
}

}  // namespace relayproof::cli
