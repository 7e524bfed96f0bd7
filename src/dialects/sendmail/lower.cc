#include "dialects/sendmail/lower.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/client_rules.h"
#include "dialects/sendmail/daemon_options.h"
#include "dialects/sendmail/relay_rules.h"
#include "dialects/sendmail/responsible.h"
#include "dialects/sendmail/routes.h"
#include "mail/address.h"

namespace relayproof::sendmail {
namespace {

using policy::Field;
using policy::Flag;
using policy::ListId;
using policy::Moment;

constexpr std::size_t rewritings = 50;  // MAXRULERECURSION

bool has_word(std::string_view text, std::string_view word) {
  std::string with_blanks(text);
  std::replace(with_blanks.begin(), with_blanks.end(), ',', ' ');
  const auto found = words(with_blanks);
  return std::any_of(found.begin(), found.end(),
                     [&](std::string_view each) { return equals_ignoring_case(each, word); });
}

std::string domain_of(const std::string& hostname) {
  const auto dot = hostname.find('.');
  return dot == std::string::npos ? std::string() : hostname.substr(dot + 1);
}

// Before the sender is read or rules are asked, as srvrsmtp.c has it.
bool wants_helo(const Config& config) {
  const auto options = config.option("PrivacyOptions");
  return has_word(options, "needmailhelo") || has_word(options, "goaway");
}

bool offers_tls(const Config& config) {
  return !config.option("ServerCertFile").empty() && !config.option("ServerKeyFile").empty();
}

// Without a domain, or at localhost: what check_mail does not take from afar.
bool is_unqualified(std::string_view wire) {
  auto text = trim(wire);
  text = text.substr(0, text.find('>'));
  if (text.starts_with('<')) text.remove_prefix(1);
  if (text.empty()) return false;
  const auto at = text.rfind('@');
  const auto domain = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  constexpr auto here = std::to_array<std::string_view>(
      {"", "localhost", "[127.0.0.1]", "[IPv6:::1]", "[IPv6:0:0:0:0:0:0:0:1]"});
  const bool named = std::any_of(here.begin(), here.end(), [&](std::string_view each) {
    return equals_ignoring_case(each, domain);
  });
  return named && text.find_first_of("!%") == std::string_view::npos;
}

class Lowering {
 public:
  Lowering(const FileSystem& files, const Config& config, const Access& access,
           const dialects::Host& host)
      : builder_(lowered_.policy),
        scope_{files,
               config,
               host,
               access,
               builder_,
               AccessTables(access.map, builder_, config.has(Feature::lookupdotdomain)),
               hostname_of(config, host),
               ""} {
    scope_.domain = domain_of(scope_.hostname);
  }

  Lowered run() {
    auto& policy = lowered_.policy;
    const auto& config = scope_.config;
    policy.mta = "sendmail";
    policy.rewrite_limit = rewritings;
    policy.addresses = make_addresses(address_settings(scope_));
    doubt_domain_table();
    doubt_parts_of_literals();
    policy.addresses.is_unqualified = is_unqualified;
    policy.addresses.targets = targets_of_row;
    lower_responsibility(scope_);
    recipients_ = lower_recipients(scope_);
    policy.is_routed = recipients_.is_routed;
    relay_ = lower_relay_rules(scope_, recipients_);
    client_ = lower_client_rules(scope_);
    greeting_ = lower_greeting_rules(scope_);
    route_ = lower_routes(scope_, recipients_);
    taken_ = lower_known_users(scope_, recipients_);
    if (scope_.hostname.empty()) {
      scope_.notes.push_back({{}, "the host's name is not known: say --hostname", false});
    }
    for (const auto& daemon : config.daemons) add(daemon);
    lowered_.notes = std::move(scope_.notes);
    return std::move(lowered_);
  }

 private:
  void add(const Daemon& daemon) {
    if (daemon.family == Daemon::Family::other) {
      scope_.notes.push_back({daemon.place, "no door of the network", false});
      return;
    }
    const auto port = port_of(daemon);
    if (!port) {
      scope_.notes.push_back({daemon.place, "the number of this port is not known", true});
      return;
    }
    auto& policy = lowered_.policy;
    policy::Listener listener;
    listener.name =
        (daemon.name.empty() ? "daemon" : daemon.name) + " port " + std::to_string(*port);
    listener.origin = builder_.origin(daemon.place, "DaemonPortOptions");
    if (!daemon.address.empty()) {
      listener.addresses = {daemon.address};
    } else {
      listener.addresses = {daemon.family == Daemon::Family::inet6 ? "::" : "0.0.0.0"};
    }
    listener.ports = {*port};
    listener.tls_from_the_start = daemon.has_modifier('s');
    doubt_credentials(listener);
    listener.stages = stages(daemon);
    listener.route = route_;
    policy::Door door;
    door.listener = policy.listeners.size();
    door.port = *port;
    door.clients = clients_of(daemon);
    policy.listeners.push_back(std::move(listener));
    policy.doors.push_back(std::move(door));
  }

  // `[192.168.1] RELAY` relays mail for hosts that are named by their addresses.
  void doubt_parts_of_literals() {
    for (const auto& row : scope_.access.map.rows) {
      const bool asked = row.tag.empty() || equals_ignoring_case(row.tag, "to");
      if (!asked || row.result != AccessResult::relay || !row.key.starts_with('[')) continue;
      const auto& access = scope_.access.map;
      scope_.notes.push_back({{{access.file, row.line, 1}, std::string(row.key)},
                              "mail for hosts by their addresses is relayed for anybody",
                              !mail::literal_address(row.key)});
    }
  }

  void doubt_domain_table() {
    const auto& use = scope_.config.domaintable;
    if (!use || scope_.files.read(use->source)) return;
    scope_.notes.push_back(
        {use->place, "its rows are not here: which domains it renames is not known", true});
  }

  // Login with a mechanism that admits anybody, or with a certificate that anybody can buy.
  void doubt_credentials(policy::Listener& listener) {
    const auto& config = scope_.config;
    const auto& trusted = config.class_of("TrustAuthMech");
    const auto offered = config.option("AuthMechanisms");
    if (trusted.has("ANONYMOUS") && has_word(offered, "ANONYMOUS")) {
      listener.strangers_can.push_back(Flag::authenticated);
    }
    if (!offers_tls(config)) return;
    listener.strangers_can.push_back(Flag::tls);
    listener.strangers_can.push_back(Flag::certificate);
    const bool external =
        trusted.has("EXTERNAL") && (offered.empty() || has_word(offered, "EXTERNAL"));
    const auto& rows = scope_.access.map.rows;
    const bool issuers = std::any_of(rows.begin(), rows.end(), [](const AccessRow& row) {
      return equals_ignoring_case(row.tag, "CERTISSUER") && row.result == AccessResult::relay;
    });
    if (!external && !issuers) return;
    policy::Question question;
    question.name = "the authorities that are trusted sign for anybody";
    question.origin = builder_.origin(trusted_authorities(), "CACertFile");
    question.says = "whose certificates they sign is not in the configuration";
    const auto index = builder_.question(std::move(question));
    if (issuers) listener.doubts.push_back({Flag::certificate_trusted, index});
    if (external) listener.doubts.push_back({Flag::authenticated, index});
  }

  Place trusted_authorities() const {
    for (const auto* name : {"CACertFile", "CACertPath"}) {
      if (const auto* option = scope_.config.cf.option(name)) {
        return {option->where, option->name + '=' + option->value};
      }
    }
    return {{scope_.config.main, 0, 0}, "CACertFile"};
  }

  std::vector<policy::Stage> stages(const Daemon& daemon) {
    const bool delayed = scope_.has(Feature::delay_checks);
    const auto sender = lower_sender_rules(scope_, daemon);
    std::vector<policy::Stage> stages;
    if (!delayed) stages.push_back({Moment::connect, "check_relay", client_});
    stages.push_back({Moment::mail, "MAIL", before_mail(daemon), true});
    if (!delayed) stages.push_back({Moment::mail, "check_mail", sender});
    stages.push_back({Moment::rcpt, "check_rcpt", relay_});
    if (delayed) stages.push_back({Moment::rcpt, "delay_checks", delayed_checks(sender)});
    stages.push_back({Moment::rcpt, "recipient", taken_});
    return stages;
  }

  ListId before_mail(const Daemon& daemon) {
    const auto list = builder_.list("MAIL");
    const auto& config = scope_.config;
    if (wants_helo(config)) {
      builder_.rule(list, builder_.negation(builder_.present(Field::helo)),
                    policy::Refuse{{503, "5.0.0"}}, 0, "needmailhelo");
    }
    if (daemon.has_modifier('a')) {
      builder_.rule(list, builder_.negation(builder_.is_set(Flag::authenticated)),
                    policy::Refuse{{530, "5.7.0"}}, builder_.origin(daemon.place, "M=a"),
                    "authentication required");
    }
    return list;
  }

  // Who logged in, and recipients who want it so, are not asked for more.
  ListId delayed_checks(ListId sender) {
    const auto list = builder_.list("delay_checks");
    const auto origin = scope_.origin(Feature::delay_checks);
    if (lets_users_relay(scope_.config)) {
      builder_.rule(list, builder_.is_set(Flag::authenticated), policy::Permit{}, origin,
                    "logged in");
    }
    builder_.rule(list, skips_checks(scope_, recipients_), policy::Permit{}, origin,
                  "the recipient wants no checks");
    // A row that accepts the sender ends all checks: the client is not asked for then.
    const auto has_sender = builder_.matches(".", subject_of(Field::sender));
    builder_.rule(list, has_sender, policy::Run{sender, true, true}, origin, "check_mail");
    builder_.rule(list, builder_.constant(true), policy::Run{client_, false, true}, origin,
                  "check_relay");
    // Without delay_checks its rules stand where only those come who may not relay anyway.
    builder_.rule(list, builder_.constant(true), policy::Run{greeting_, false, true}, origin,
                  "block_bad_helo");
    return list;
  }

  Lowered lowered_;
  PolicyBuilder builder_;
  Scope scope_;
  RecipientClasses recipients_;
  ListId relay_ = 0;
  ListId client_ = 0;
  ListId greeting_ = 0;
  ListId route_ = 0;
  ListId taken_ = 0;
};

}  // namespace

std::string hostname_of(const Config& config, const dialects::Host& host) {
  const auto own = config.cf.macro("j");
  if (!own.empty() && own != "localhost") return own;
  return host.hostname.value_or("");
}

Lowered lower(const FileSystem& files, const Config& config, const Access& access,
              const dialects::Host& host) {
  return Lowering(files, config, access, host).run();
}

}  // namespace relayproof::sendmail
