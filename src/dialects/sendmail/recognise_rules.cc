#include "dialects/sendmail/recognise_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/daemon_options.h"
#include "dialects/sendmail/features.h"
#include "dialects/sendmail/rule_prints.h"

namespace relayproof::sendmail {
namespace {

using dialects::Understood;

struct Relay {
  std::string_view macro;
  std::string_view name;
};
constexpr auto relays =
    std::to_array<Relay>({{"S", "SMART_HOST"}, {"H", "MAIL_HUB"}, {"L", "LUSER_RELAY"}});

class Recognition {
 public:
  explicit Recognition(Config& config) : config_(config), cf_(config.cf) {}

  void run() {
    config_.version = cf_.version.substr(0, cf_.version.find('/'));
    config_.files = cf_.files;
    for (const auto& problem : cf_.problems) {
      if (problem.fatal) config_.problems.push_back({problem.says, problem.where});
    }
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
    for (const auto& set : cf_.rule_sets) take_rules(set);
    if (cf_.rule_set("check_rcpt") == nullptr) no_check();
  }

 private:
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
  }

  // Without rules for recipients everybody may relay, as before 8.9.
  void no_check() {
    config_.features[Feature::promiscuous_relay] = {{config_.main, 0, 0},
                                                    "there is no rule set check_rcpt"};
  }

  void take_rules(const CfRuleSet& set) {
    if (!is_deciding(set.name)) return;
    for (const auto& rule : set.rules) {
      const Place place{rule.where, 'R' + rule.text};
      config_.doubts.push_back({place, "a rule of " + set.name + " that is not a stock one", true});
      config_.statements.push_back({place, Understood::unrecognised, "not a stock rule"});
      break;
    }
  }

  Config& config_;
  const Cf& cf_;
};

}  // namespace

void recognise_rules(Config& config) { Recognition(config).run(); }

}  // namespace relayproof::sendmail
