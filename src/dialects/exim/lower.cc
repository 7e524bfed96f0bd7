#include "dialects/exim/lower.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

#include "base/text.h"
#include "dialects/exim/acl.h"
#include "dialects/exim/acl_variables.h"
#include "dialects/exim/addresses.h"
#include "dialects/exim/authenticators.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/lists.h"
#include "dialects/exim/option_names.h"
#include "dialects/exim/ports.h"
#include "dialects/exim/redirection.h"
#include "dialects/exim/rewriting.h"
#include "dialects/exim/routers.h"
#include "dialects/exim/smtp_rewriting.h"
#include "dialects/own_names.h"
#include "mail/address.h"

namespace relayproof::exim {
namespace {

using policy::Field;
using policy::Moment;
using policy::Part;

struct AclOption {
  std::string_view name;
  Moment moment;
};
constexpr auto acl_options = std::to_array<AclOption>({{"acl_smtp_connect", Moment::connect},
                                                       {"acl_smtp_helo", Moment::helo},
                                                       {"acl_smtp_mail", Moment::mail},
                                                       {"acl_smtp_rcpt", Moment::rcpt},
                                                       {"acl_smtp_predata", Moment::data},
                                                       {"acl_smtp_data", Moment::end_of_data}});

class Server {
 public:
  explicit Server(Lowering& to) : to_(to) {}

  void lower() {
    policy().mta = "exim";
    doubt_options();
    doubt_rewriting();
    for (const auto& port : listening_ports(to_)) add_listener(port);
    claim();
    read_addresses();
  }

 private:
  policy::Policy& policy() { return to_.builder.policy(); }
  PolicyBuilder& builder() { return to_.builder; }

  // What we do not know could matter; Exim itself does not start with what it does not know.
  void doubt_options() {
    for (const auto& [name, option] : to_.config.options) {
      if (!is_main_option(name)) to_.note(option.line, "Exim has no such option", true);
    }
    for (const auto& router : to_.config.routers) {
      for (const auto& option : router.options) {
        if (!is_router_option(option.name))
          to_.note(option.line, "no router has such an option", true);
      }
    }
    const auto* filter = to_.config.find("system_filter");
    if (filter == nullptr) return;
    const auto content = to_.files.read(filter->value);
    const bool delivers = !content || (*content)->find("deliver") != std::string::npos;
    to_.note(filter->line, "the system filter may send mail elsewhere", delivers);
  }

  // See rewriting.h, and smtp_rewriting.h for what acts before MAIL and RCPT are read.
  void doubt_rewriting() {
    const auto recipients = rewrite_rules(to_.config, Envelope::recipient);
    if (!recipients.empty() && !trim(to_.config.value("percent_hack_domains")).empty()) {
      to_.note(recipients.front()->line, "it is asked before percent_hack_domains, which are read",
               true);
    }
    doubt_senders();
  }

  // Behind RCPT conditions see the sender that was made of the client's. Whoever wants to be
  // relayed can choose any; what is said of one attempt may differ.
  void doubt_senders() {
    const auto senders = rewrite_rules(to_.config, Envelope::sender);
    if (senders.empty()) return;
    bool asked = to_.config.find("acl_smtp_data") != nullptr;
    for (const auto& router : to_.config.routers) {
      for (const auto& option : router.options) {
        asked = asked || option.value.find("sender_address") != std::string::npos;
      }
    }
    if (asked) to_.note(senders.front()->line, "what asks for the sender sees the old one", false);
  }

  void add_listener(const Port& port) {
    policy::Listener listener;
    listener.name = "smtp port " + std::to_string(port.number);
    listener.ports = {port.number};
    listener.addresses = port.addresses;
    listener.tls_from_the_start = port.tls;
    AclVariables variables(to_.config);
    to_.variables = &variables;
    add_abilities(listener, port);
    refuse_connections(listener, port);
    for (const auto& option : acl_options) {
      if (option.moment == Moment::helo) check_helo(listener);
      if (option.moment == Moment::mail) greet_first(listener, port);
      add_acl(listener, option, port);
    }
    variables.moment = Moment::end_of_data;
    listener.route = lower_routers(to_, port.number);
    to_.variables = nullptr;
    policy::Door door;
    door.listener = policy().listeners.size();
    door.port = port.number;
    door.clients = port.clients;
    add_proxy(door);
    policy().listeners.push_back(std::move(listener));
    policy().doors.push_back(std::move(door));
  }

  void add_abilities(policy::Listener& listener, const Port& port) {
    const auto tls = to_.config.value("tls_advertise_hosts", "*");
    if (port.tls || !trim(tls).empty()) {
      listener.strangers_can.push_back(policy::Flag::tls);
      listener.strangers_can.push_back(policy::Flag::certificate);
    }
    const auto logins = who_can_log_in(to_, port.number);
    if (logins.anybody) listener.strangers_can.push_back(policy::Flag::authenticated);
    if (logins.question) {
      listener.doubts.push_back({policy::Flag::authenticated, *logins.question});
    }
  }

  Scope session_scope(const Line& line, std::uint16_t port) {
    Scope scope;
    scope.port = port;
    scope.line = line;
    scope.has_sender = false;
    scope.sign = Sign::refuse_if_true;
    return scope;
  }

  void put(policy::Listener& listener, Moment moment, std::string name, policy::ConditionId when,
           policy::Answer answer, policy::OriginId origin, bool before_address = false) {
    policy::List list{name, {}};
    list.rules.push_back({when, policy::Refuse{std::move(answer)}, std::nullopt, origin, name});
    listener.stages.push_back({moment, name, builder().list(std::move(list)), before_address});
  }

  void refuse_connections(policy::Listener& listener, const Port& port) {
    const auto* option = to_.config.find("host_reject_connection");
    if (option == nullptr) return;
    const auto listed = host_list(to_, option->value, session_scope(option->line, port.number));
    put(listener, Moment::connect, option->name, listed, {554, ""},
        to_.origin(option->line, option->name));
  }

  // Letters, digits, dots, hyphens and helo_allow_chars; or an address in brackets.
  void check_helo(policy::Listener& listener) {
    if (to_.config.find("helo_accept_junk_hosts") != nullptr) return;
    std::string more;
    for (const char c : to_.config.value("helo_allow_chars")) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) more += std::string("\\") + c;
    }
    const auto good = patterns::Pattern::compile(
        "^(\\[([Ii][Pp][Vv][46]:)?[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.\\-" + more + "]+)\\z",
        patterns::Flavour::pcre, {});
    if (!good) return;
    const auto valid = builder().matches(*good, {Field::helo, Part::whole, {}});
    // What is no HELO to it is no choice that a client had.
    put(listener, Moment::helo, "HELO syntax", builder().negation(valid), {501, ""}, 0, true);
  }

  // hosts_require_helo is `*` since 4.95; helo_verify_hosts wants a true name.
  void greet_first(policy::Listener& listener, const Port& port) {
    const auto* option = to_.config.find("hosts_require_helo");
    auto wanted = builder().constant(true);
    if (option != nullptr) {
      wanted = host_list(to_, option->value, session_scope(option->line, port.number));
    }
    const auto given = builder().condition(policy::Present{Field::helo});
    put(listener, Moment::mail, "hosts_require_helo",
        builder().all({wanted, builder().negation(given)}), {503, ""}, 0, true);
    const auto* verified = to_.config.find("helo_verify_hosts");
    if (verified == nullptr) return;
    const auto scope = session_scope(verified->line, port.number);
    const auto lies = to_.hidden("helo_verify_hosts", "hangs on DNS", scope,
                                 {{Field::helo, Part::whole, {}}}, true);
    put(listener, Moment::mail, "helo_verify_hosts",
        builder().all({host_list(to_, verified->value, scope), lies}), {550, ""},
        to_.origin(verified->line, verified->name), true);
  }

  void add_acl(policy::Listener& listener, const AclOption& option, const Port& port) {
    const auto list = lower_acl(to_, option.name, option.moment, port.number);
    if (list) {
      listener.stages.push_back({option.moment, std::string(option.name), *list});
    } else if (option.moment == Moment::rcpt) {
      put(listener, Moment::rcpt, "acl_smtp_rcpt", builder().constant(true), {550, ""}, 0);
      policy().lists.back().rules.back().says = "acl_smtp_rcpt is not set: nobody is accepted";
    }
  }

  // PROXY: who may speak it says who the client is.
  void add_proxy(policy::Door& door) {
    const auto* option = to_.config.find("hosts_proxy");
    if (option == nullptr) return;
    const auto listed = host_list(to_, option->value, session_scope(option->line, door.port));
    const auto& is = policy().conditions.at(listed).is;
    if (builder().constant_value(listed) == std::optional(false)) return;
    const auto* clients = std::get_if<policy::ClientIn>(&is);
    door.may_claim = clients != nullptr ? clients->addresses : mail::IpSet::all();
    door.claim_origin = to_.origin(option->line, option->name);
  }

  // A claim holds for what is written out and where no stranger can have a name.
  void claim() {
    dialects::OwnNames own;
    const auto add = [&](std::string_view name) {
      while (name.starts_with('.')) name.remove_prefix(1);
      own.claim(name);
    };
    for (const auto& name : claimed_domains()) add(name);
    add(to_.primary_hostname());
    add(to_.qualify_domain(false));
    add(to_.qualify_domain(true));
    for (const auto& address : to_.own_addresses()) {
      own.claim_as_it_stands(to_lower('[' + address.to_string() + ']'));
      own.claim_as_it_stands(to_lower(address.literal()));
    }
    for (const auto& name : to_.mentioned) own.mention(name);
    std::move(own).write(policy());
  }

  // Domain lists: those of the ACLs' positive `domains`, by whatever names.
  std::vector<std::string> claimed_domains() {
    std::vector<std::string> domains;
    const auto take = [&](std::string_view list) {
      const auto more = domains_in(to_, list);
      domains.insert(domains.end(), more.begin(), more.end());
    };
    for (const auto& list : to_.config.lists) {
      if (list.kind == NamedList::Kind::domain) take(list.value);
    }
    for (const auto& acl : to_.config.acls) {
      for (const auto& statement : acl.statements) {
        for (const auto& item : statement.items) {
          const bool lets_in = statement.verb == "accept" || statement.verb == "require";
          if (lets_in && item.name == "domains" && !item.negated) take(item.value);
        }
      }
    }
    return domains;
  }

  // The domains of percent_hack_domains; what is not written out is taken not to be among them.
  std::function<bool(std::string_view)> percent_hack() {
    const auto* option = to_.config.find("percent_hack_domains");
    if (option == nullptr || trim(option->value).empty()) return {};
    const auto items = items_of(option->value);
    const bool plain = std::all_of(items.begin(), items.end(), [](const std::string& item) {
      return !item.empty() && (item == "*" || item.find_first_of("!^;/$@+") == std::string::npos);
    });
    auto named = domains_in(to_, option->value);
    const bool simple = plain || named.size() == items.size();
    if (!simple) to_.note(option->line, "the list is not followed", true);
    const bool everywhere = std::find(items.begin(), items.end(), "*") != items.end();
    return [everywhere, named](std::string_view domain) {
      return everywhere || std::any_of(named.begin(), named.end(), [&](std::string_view one) {
               if (one.starts_with('.')) return domain.ends_with(one);
               return equals_ignoring_case(one, domain);
             });
    };
  }

  void read_addresses() {
    auto rules = std::make_shared<AddressRules>();
    rules->allow_domain_literals = to_.config.is_on("allow_domain_literals", false);
    rules->strip_excess_angle_brackets = to_.config.is_on("strip_excess_angle_brackets", false);
    rules->strip_trailing_dot = to_.config.is_on("strip_trailing_dot", false);
    rules->qualify_recipient = to_.qualify_domain(true);
    rules->has_percent_hack = percent_hack();
    auto& addresses = policy().addresses;
    addresses.read_recipient = [rules](std::string_view text) {
      return exim::read_recipient(text, *rules);
    };
    addresses.before_reading = smtp_rewriting(to_, *rules);
    addresses.read_sender = [rules](std::string_view text) {
      return exim::read_sender(text, *rules);
    };
    addresses.spell = [](std::string_view address) {
      const auto at = address.rfind('@');
      if (address == "<>") return std::string(address);
      if (at == std::string_view::npos) return '<' + std::string(address) + '>';
      auto local = std::string(address.substr(0, at));
      if (!mail::is_dot_string(local)) local = mail::quoted_string(local);
      return '<' + local + std::string(address.substr(at)) + '>';
    };
    addresses.transform = [changes = to_.changes](std::string_view name, std::string_view address) {
      const auto found = changes.find(name);
      return found == changes.end() ? std::string(address) : found->second(address);
    };
    const std::string qualify = to_.qualify_domain(true);
    addresses.targets = [qualify](std::string_view value, std::string_view) {
      return redirection_targets(value, qualify);
    };
  }

  Lowering& to_;
};

}  // namespace

void lower(Lowering& to) { Server(to).lower(); }

}  // namespace relayproof::exim
