#include "dialects/opensmtpd/lower.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/address_reading.h"
#include "dialects/opensmtpd/conditions.h"
#include "dialects/opensmtpd/doors.h"
#include "dialects/opensmtpd/expansion.h"
#include "dialects/opensmtpd/lower_filters.h"
#include "dialects/opensmtpd/responsible.h"
#include "dialects/opensmtpd/users.h"

namespace relayproof::opensmtpd {
namespace {

using policy::Fate;
using policy::Field;
using policy::Flag;
using policy::ListId;
using policy::Moment;

constexpr std::string_view unknown_host = "localhost";
constexpr std::size_t expansions = 10;  // EXPAND_DEPTH

std::string name_of(const Listen& listen) {
  std::string name = "listen on " + (listen.is_socket ? std::string("socket") : listen.on);
  if (const auto port = port_of(listen); port && !listen.is_socket) {
    name += " port " + std::to_string(*port);
  }
  return listen.tag.empty() ? name : name + " tag " + listen.tag;
}

class Lowering {
 public:
  Lowering(const FileSystem& files, const Config& config, const dialects::Host& host)
      : config_(config),
        builder_(lowered_.policy),
        tables_(config, builder_),
        scope_{
            config, builder_, tables_, host, hostname_of(files, config, host), system_users(files),
            {}} {
    scope_.local = local_names(host, scope_.hostname);
  }

  Lowered run() {
    auto& policy = lowered_.policy;
    policy.mta = "opensmtpd";
    policy.rewrite_limit = expansions;
    policy.addresses = policy_addresses();
    lower_responsibility(scope_);
    note_missing();
    for (const auto& listen : config_.listens) add(listen);
    // Without any, there is still the local socket, which nobody else can reach.
    if (policy.doors.empty() && config_.listens.empty()) {
      add_listener(socket_, 0, {{"socket"}, mail::loopback()});
    }
    lowered_.notes = std::move(scope_.notes);
    return std::move(lowered_);
  }

 private:
  // An address without a domain is completed with the listener's name; where those differ, with
  // that of the first that can be reached.
  policy::Addresses policy_addresses() const {
    for (const auto& listen : config_.listens) {
      if (!listen.hostname.empty() && !listen.is_socket) return make_addresses(listen.hostname);
    }
    return make_addresses(scope_.hostname.empty() ? std::string(unknown_host) : scope_.hostname);
  }

  void note_missing() {
    for (const auto& table : config_.tables) {
      if (table.standing != Table::Standing::missing) continue;
      scope_.notes.push_back({table.place, "its file is not here", false});
    }
    if (scope_.hostname.empty()) {
      scope_.notes.push_back({{}, "the host's name is not known: say --hostname", false});
    }
  }

  void add(const Listen& listen) {
    if (listen.is_socket) return;
    const auto port = port_of(listen);
    if (!port) {
      scope_.notes.push_back({listen.place, "the number of this port is not known", true});
      return;
    }
    add_listener(listen, *port, bound_of(listen));
  }

  void add_listener(const Listen& listen, std::uint16_t port, const Bound& bound) {
    auto& policy = lowered_.policy;
    Expansion expansion(scope_, listen);
    policy::Listener listener;
    listener.name = name_of(listen);
    listener.origin = builder_.origin(listen.place, "listen");
    listener.addresses = bound.addresses;
    if (port != 0) listener.ports = {port};
    listener.tls_from_the_start = listen.tls == Listen::Tls::from_the_start;
    if (listen.tls != Listen::Tls::none) listener.strangers_can.push_back(Flag::tls);
    if (listen.proxy) listener.wants_first = "a PROXY header";
    if (listen.verify) doubt_certificates(listen, listener);
    listener.stages = stages(listen, expansion);
    listener.route = route(listen, expansion);
    policy::Door door;
    door.listener = policy.listeners.size();
    door.port = port;
    door.clients = bound.clients;
    if (listen.proxy) {
      door.may_claim = bound.clients;
      door.claim_origin = listener.origin;
    }
    policy.listeners.push_back(std::move(listener));
    policy.doors.push_back(std::move(door));
  }

  void doubt_certificates(const Listen& listen, policy::Listener& listener) {
    policy::Question question;
    question.name = "the authorities of `verify` sign for anybody";
    question.origin = builder_.origin(listen.place, "verify");
    question.says = "whose certificates they sign is not in the configuration";
    auto& questions = lowered_.policy.questions;
    listener.doubts.push_back(
        {Flag::certificate_trusted, static_cast<std::uint32_t>(questions.size())});
    questions.push_back(std::move(question));
    listener.strangers_can.push_back(Flag::certificate);
  }

  std::vector<policy::Stage> stages(const Listen& listen, Expansion& expansion) {
    std::vector<policy::Stage> stages;
    const auto filters = lower_filters(scope_, listen);
    const auto add_filters = [&](Moment moment) {
      for (const auto& stage : filters) {
        if (stage.moment == moment) stages.push_back(stage);
      }
    };
    add_filters(Moment::connect);
    stages.push_back({Moment::helo, "helo", helo(), true});
    add_filters(Moment::helo);
    stages.push_back({Moment::mail, "mail", mail(listen), true});
    add_filters(Moment::mail);
    add_filters(Moment::rcpt);
    stages.push_back({Moment::rcpt, "match", rules(listen, expansion), false});
    add_filters(Moment::data);
    add_filters(Moment::end_of_data);
    return stages;
  }

  // smtp_check_helo(): a host name or an address literal.
  ListId helo() {
    if (helo_) return *helo_;
    helo_ = builder_.list("helo");
    const auto good =
        builder_.matches("^[a-z0-9_][a-z0-9_-]*([.][a-z0-9_-]+)*$|^\\[(ipv6:)?[0-9a-f.:]+\\]$",
                         subject_of(Field::helo));
    builder_.rule(*helo_, builder_.negation(good), policy::Refuse{{501, "5.5.4"}}, 0,
                  "Invalid domain name");
    return *helo_;
  }

  // smtp_check_mail_from()
  ListId mail(const Listen& listen) {
    const auto list = builder_.list("mail");
    const auto origin = builder_.origin(listen.place, "listen");
    builder_.rule(list, builder_.negation(builder_.present(Field::helo)),
                  policy::Refuse{{503, "5.5.1"}}, 0, "Command not allowed at this point");
    const auto tls = builder_.is_set(Flag::tls);
    if (listen.tls == Listen::Tls::required) {
      builder_.rule(list, builder_.negation(tls), policy::Refuse{{530, "5.5.1"}}, origin,
                    "tls-require");
    }
    if (listen.verify) {
      builder_.rule(list, builder_.negation(builder_.is_set(Flag::certificate_trusted)),
                    policy::Refuse{{421, ""}}, origin, "verify");
    }
    if (listen.auth == Listen::Auth::required) {
      const auto login = builder_.all({tls, builder_.is_set(Flag::authenticated)});
      builder_.rule(list, builder_.negation(login), policy::Refuse{{530, "5.5.1"}}, origin, "auth");
    }
    return list;
  }

  bool relays(const MatchRule& rule) const {
    return config_.actions.at(*rule.action).what == Action::What::relay;
  }

  // The first rule that matches decides; none: 550.
  ListId rules(const Listen& listen, Expansion& expansion) {
    const auto list = builder_.list("match");
    const View view{&listen};
    for (const auto& rule : config_.rules) {
      const auto conditions = conditions_of(scope_, rule, view);
      const auto origin = builder_.origin(rule.place, "match");
      if (conditions.fails) {
        builder_.rule(list, *conditions.fails, policy::Refuse{{451, ""}}, origin, rule.place.text);
        continue;
      }
      policy::Effect effect = policy::Refuse{{550, ""}};
      if (!rule.rejects) {
        effect = relays(rule) ? policy::Effect(policy::Permit{})
                              : policy::Effect(policy::Run{expansion.answers(*rule.action)});
      }
      builder_.rule(list, conditions.matches, effect, origin, rule.place.text);
    }
    builder_.rule(list, builder_.constant(true), policy::Refuse{{550, ""}}, 0, "no rule matched");
    return list;
  }

  ListId route(const Listen& listen, Expansion& expansion) {
    const auto list = builder_.list("route");
    const View view{&listen};
    for (const auto& rule : config_.rules) {
      if (rule.rejects) {
        builder_.rule(list, conditions_of(scope_, rule, view).matches, policy::End{Fate::dropped},
                      builder_.origin(rule.place, "match"), rule.place.text);
        continue;
      }
      const auto& action = config_.actions.at(*rule.action);
      policy::Effect effect = policy::End{is_lmtp(action) ? Fate::local : Fate::handed_on};
      if (!relays(rule)) effect = policy::Run{expansion.route(*rule.action)};
      builder_.rule(list, conditions_of(scope_, rule, view).matches, effect,
                    builder_.origin(rule.place, "match"), rule.place.text);
    }
    builder_.rule(list, builder_.constant(true), policy::End{Fate::dropped}, 0, "no rule matched");
    return list;
  }

  const Config& config_;
  Lowered lowered_;
  PolicyBuilder builder_;
  Tables tables_;
  Scope scope_;
  Listen socket_ = [] {
    Listen listen;
    listen.is_socket = true;
    return listen;
  }();
  std::optional<ListId> helo_;
};

}  // namespace

std::string hostname_of(const FileSystem& files, const Config& config, const dialects::Host& host) {
  for (const auto& path : {path_in(config.folder, "mailname"), std::string("/etc/mail/mailname"),
                           std::string("/etc/mailname")}) {
    const auto content = files.read(path);
    if (!content) continue;
    const auto line = trim(std::string_view(**content).substr(0, (*content)->find('\n')));
    if (!line.empty()) return std::string(line);
  }
  return host.hostname.value_or("");
}

Lowered lower(const FileSystem& files, const Config& config, const dialects::Host& host) {
  return Lowering(files, config, host).run();
}

}  // namespace relayproof::opensmtpd
