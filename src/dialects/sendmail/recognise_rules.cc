#include "dialects/sendmail/recognise_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/daemon_options.h"
#include "dialects/sendmail/features.h"
#include "dialects/sendmail/mail_settings.h"
#include "dialects/sendmail/rule_prints.h"

namespace relayproof::sendmail {
namespace {

using dialects::Understood;

struct Relay {
  std::string_view macro;
  std::string_view name;
};
constexpr auto relays = std::to_array<Relay>(
    {{"S", "SMART_HOST"}, {"H", "MAIL_HUB"}, {"L", "LUSER_RELAY"}, {"R", "LOCAL_RELAY"}});

// As tools/sendmail-rule-prints names them.
constexpr auto names = std::to_array<std::pair<std::string_view, Feature>>({
    {"access_db", Feature::access_db},
    {"access_skip", Feature::access_skip},
    {"bestmx_is_local", Feature::bestmx_is_local},
    {"block_bad_helo", Feature::block_bad_helo},
    {"blocklist_recipients", Feature::blocklist_recipients},
    {"delay_checks", Feature::delay_checks},
    {"delay_compat", Feature::delay_compat},
    {"drac", Feature::drac},
    {"ldap_routing", Feature::ldap_routing},
    {"lookupdotdomain", Feature::lookupdotdomain},
    {"loose_relay_check", Feature::loose_relay_check},
    {"mailertable", Feature::mailertable},
    {"nopercenthack", Feature::nopercenthack},
    {"nouucp", Feature::nouucp},
    {"nouucp_reject", Feature::nouucp_reject},
    {"promiscuous_relay", Feature::promiscuous_relay},
    {"relay_based_on_mx", Feature::relay_based_on_mx},
    {"relay_db_from", Feature::relay_db_from},
    {"relay_db_from_domain", Feature::relay_db_from_domain},
    {"relay_entire_domain", Feature::relay_entire_domain},
    {"relay_full_address", Feature::relay_full_address},
    {"relay_hosts_only", Feature::relay_hosts_only},
    {"relay_local_from", Feature::relay_local_from},
    {"spam_friend", Feature::spam_friend},
    {"spam_hater", Feature::spam_hater},
    {"virtuser_entire_domain", Feature::virtuser_entire_domain},
    {"virtusertable", Feature::virtusertable},
});

class Recognition {
 public:
  explicit Recognition(Config& config) : config_(config), cf_(config.cf) {}

  void run() {
    config_.version = cf_.version.substr(0, cf_.version.find('/'));
    config_.files = cf_.files;
    take_problems();
    take_options();
    take_maps();
    for (const auto& [macro, name] : relays) {
      const auto value = cf_.macro(macro);
      const auto* defined = macro_at(macro);
      if (!value.empty() && defined != nullptr) {
        config_.relays[std::string(name)] = {defined->where, value};
      }
    }
    if (!cf_.milters.empty()) config_.milter = Place{cf_.milters.front(), "X"};
    take_rules();
    check_classes();
  }

 private:
  // A file of a class that is missing in a copy may only not have been copied.
  void take_problems() {
    for (const auto& problem : cf_.problems) {
      if (!problem.fatal) continue;
      const bool missing = problem.says.starts_with("fileclass: cannot open");
      if (missing && config_.folder != settings_folder) {
        config_.doubts.push_back({{problem.where, "F"}, problem.says, adds_relays(problem.where)});
      } else {
        config_.problems.push_back({problem.says, problem.where});
      }
    }
  }

  bool adds_relays(const SourceRange& where) const {
    const auto& sources = config_.class_of("R").sources;
    return std::any_of(sources.begin(), sources.end(),
                       [&](const ClassSource& each) { return each.where.line == where.line; });
  }

  const CfMacro* macro_at(std::string_view name) const {
    const auto found = cf_.macros.find(cf_.names.find(name));
    return found == cf_.macros.end() ? nullptr : &found->second;
  }

  void take_options() {
    for (const auto& option : cf_.options) {
      const Place place{option.where, "O " + option.name + '=' + option.value};
      const bool daemon = equals_ignoring_case(option.name, "DaemonPortOptions");
      if (daemon) config_.daemons.push_back(daemon_of(option.value, place));
      config_.statements.push_back({place, Understood::understood, {}});
    }
    if (config_.daemons.empty()) {
      config_.daemons.push_back(daemon_of("Name=Daemon0", {{config_.main, 0, 0}, "default"}));
    }
  }

  void take_maps() {
    const auto take = [&](std::string_view name, std::optional<MapUse>& use, Feature feature) {
      const auto* map = cf_.map(name);
      if (map == nullptr) return;
      const Place place{map->where, 'K' + map->name + ' ' + map->type + ' ' + map->arguments};
      use = map_use(map->type + ' ' + map->arguments, place);
      config_.features.try_emplace(feature, place);
    };
    take("access", config_.access, Feature::access_db);
    take("virtuser", config_.virtusertable, Feature::virtusertable);
    take("mailertable", config_.mailertable, Feature::mailertable);
    take("domaintable", config_.domaintable, Feature::domaintable);
    for (const auto* name : {"bitdomain", "uudomain"}) {
      if (const auto* map = cf_.map(name)) {
        config_.doubts.push_back(
            {{map->where, 'K' + map->name}, "how it reads addresses is not modelled", true});
      }
    }
  }

  void take_rules() {
    const auto fit = fit_stock_rules(cf_);
    for (const auto& on : fit.features) {
      const auto* const found = std::find_if(
          names.begin(), names.end(), [&](const auto& each) { return each.first == on.name; });
      if (found != names.end()) {
        config_.features.try_emplace(found->second, Place{on.where, on.text});
      }
    }
    for (const auto& each : fit.differences) {
      const Place place{each.where, each.text};
      const auto says = each.missing ? each.rule_set + " lacks a rule that the stock one has"
                                     : "this rule of " + each.rule_set + " is not the stock one";
      config_.doubts.push_back({place, says, true});
      if (!config_.strange_rule) config_.strange_rule = place;
      differing_.insert(each.where.line);
    }
    for (const auto& set : cf_.rule_sets) {
      cover(set);
      take_told_features(set);
    }
  }

  // What fingerprints do not tell: features that refuse clients, or ask for them by another name,
  // in rule sets that do not decide; and the domain of a sender, whose rule differs within a
  // version.
  void take_told_features(const CfRuleSet& set) {
    struct Told {
      std::string_view by;
      Feature feature;
      bool of_senders = false;
    };
    constexpr auto told =
        std::to_array<Told>({{"$&{client_ptr} $|", Feature::use_client_ptr},
                             {"$&{client_addr} $| $&{client_resolve}", Feature::require_rdns},
                             {"<F:$1@$2> <D:$2>", Feature::relay_db_from_domain, true},
                             {"<F:$1@$2> <E:$2>", Feature::relay_db_from_domain, true}});
    const auto name = to_lower(set.name);
    const bool of_senders = name == "relay_ok";
    const bool of_clients =
        name == "check_relay" || name == "checkrelay" || name == "basic_check_relay";
    for (const auto& rule : set.rules) {
      for (const auto& each : told) {
        const bool here = each.of_senders ? of_senders : of_clients;
        if (!here || rule.text.find(each.by) == std::string::npos) continue;
        config_.features.try_emplace(each.feature, Place{rule.where, 'R' + rule.text});
      }
    }
  }

  void cover(const CfRuleSet& set) {
    const bool decides = is_deciding(set.name);
    for (const auto& rule : set.rules) {
      const Place place{rule.where, 'R' + rule.text};
      if (differing_.count(rule.where.line) != 0) {
        config_.statements.push_back({place, Understood::unrecognised, "not the stock rule"});
      } else {
        config_.statements.push_back({place,
                                      decides ? Understood::understood : Understood::irrelevant,
                                      decides ? "" : "cannot let a relay through"});
      }
    }
  }

  // Rules that are the stock ones mean something else with other members of these.
  void check_classes() {
    struct Expected {
      std::string_view name;
      std::string_view members;  // all that it may have
    };
    constexpr auto expected = std::to_array<Expected>({{"Accept", "OK RELAY"},
                                                       {"Src", "E F D U A"},
                                                       {"TlsVerified", "OK TRUSTED"},
                                                       {"O", "@ % !"}});
    for (const auto& each : expected) {
      const auto allowed = words(each.members);
      for (const auto& [member, where] : config_.class_of(each.name).members) {
        if (std::find(allowed.begin(), allowed.end(), member) != allowed.end()) continue;
        config_.doubts.push_back(
            {{where, member}, "not a stock member of class " + std::string(each.name), true});
      }
    }
    const auto& operators = config_.class_of("O");
    if (!operators.has("%"))
      config_.features[Feature::nopercenthack] = {{config_.main, 0, 0}, "CO"};
    if (!operators.has("!") && !config_.has(Feature::nouucp_reject)) {
      config_.features[Feature::nouucp] = {{config_.main, 0, 0}, "CO"};
    }
  }

  Config& config_;
  const Cf& cf_;
  std::set<std::size_t> differing_;  // lines
};

}  // namespace

void recognise_rules(Config& config) { Recognition(config).run(); }

}  // namespace relayproof::sendmail
