#include "dialects/sendmail/mc.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/daemon_options.h"
#include "dialects/sendmail/features.h"
#include "dialects/sendmail/m4.h"
#include "dialects/sendmail/made_cf.h"
#include "dialects/sendmail/mc_macros.h"
#include "dialects/sendmail/own_rules.h"

namespace relayproof::sendmail {
namespace {

using dialects::Understood;

class McReader {
 public:
  McReader(const FileSystem& files, const CfHost& host, Config& config)
      : files_(files), host_(host), config_(config) {}

  void run(std::string_view text) {
    const M4Vocabulary words{[](std::string_view name) { return macro_of(name) != nullptr; },
                             [](std::string_view name) -> const int* {
                               const auto* macro = macro_of(name);
                               return macro->begins == 0 ? nullptr : &macro->begins;
                             }};
    result_ = expand_m4(text, config_.main, files_, words,
                        {{"MAIL_SETTINGS_DIR", "/etc/mail/"}, {"DATABASE_MAP_TYPE", "hash"}});
    config_.files = result_.files;
    made_.add("V10/Berkeley", {});
    made_.add("Cwlocalhost", {});
    for (const auto& call : result_.calls) take(call);
    // Mail for virtual hosts is taken for anybody.
    if (virtual_hosts_) made_.add("CR$={VirtHost}", *virtual_hosts_);
    for (const auto& [name, value] : result_.definitions) take(name, value);
    take_files();
    for (const auto& line : result_.lines) take(line);
    add_default_daemons();
    complain();
    made_.read(files_, host_, config_);
  }

 private:
  static Place place_of(const M4Call& call) {
    std::string text = call.name;
    for (std::size_t index = 0; index < call.arguments.size(); ++index) {
      text += (index == 0 ? "(`" : ", `") + call.arguments[index] + '\'';
    }
    if (!call.arguments.empty()) text += ')';
    return {call.where, std::move(text)};
  }

  void state(const Place& place, Understood how, std::string why = {}) {
    config_.statements.push_back({place, how, std::move(why)});
  }

  void doubt(const Place& place, std::string says, bool decisive = true) {
    state(place, decisive ? Understood::unsupported : Understood::irrelevant, says);
    config_.doubts.push_back({place, std::move(says), decisive});
  }

  void take(const M4Call& call) {
    const auto* macro = macro_of(call.name);
    const auto place = place_of(call);
    if (call.arguments.empty() && macro->begins == 0) return;
    if (call.behind_hash) config_.behind_hash.push_back(place);
    if (!macro->of_class.empty()) {
      const bool here = macro->of_class == "L" || macro->of_class == "w" ||
                        macro->of_class == "R" || macro->of_class == "VirtHost" ||
                        macro->of_class == "TrustAuthMech";
      state(place, here ? Understood::understood : Understood::irrelevant,
            here ? "" : "concerns senders and mail that goes out");
      if (here) add_members(*macro, call, place);
      return;
    }
    if (!macro->matters) {
      state(place, Understood::irrelevant, "does not decide who relays");
      return;
    }
    take_special(call, place);
  }

  void add_members(const Macro& macro, const M4Call& call, const Place& place) {
    const auto name = std::string(macro.of_class);
    if (macro.is_file) {
      emit_file(name, call.arguments[0], place);
    } else {
      made_.add("C{" + name + "}" + call.arguments[0], place);
    }
    if (name == "VirtHost") virtual_hosts_ = place;
  }

  // Without `-o` a file that is missing keeps Sendmail from starting. It may only not have been
  // copied here, so that is told and not decided.
  void emit_file(const std::string& name, const std::string& value, const Place& place) {
    auto path = words(value).empty() ? std::string() : std::string(words(value).front());
    const bool optional = path == "-o";
    if (optional) {
      made_.add("F{" + name + "}" + value, place);
      return;
    }
    if (files_.info(path).kind == FileInfo::Kind::missing && path.starts_with('/')) {
      config_.doubts.push_back({place, "its file " + path + " is not here", name == "R"});
      return;
    }
    made_.add("F{" + name + "}" + value, place);
  }

  void take_special(const M4Call& call, const Place& place) {
    const auto& first = call.arguments[0];
    if (call.name == "FEATURE") return take_feature(call, place);
    if (call.name == "DAEMON_OPTIONS") {
      config_.daemons.push_back(daemon_of(first, place));
      return state(place, Understood::understood);
    }
    if (call.name == "INPUT_MAIL_FILTER") {
      if (!config_.milter) config_.milter = place;
      return state(place, Understood::irrelevant, "a filter can only refuse");
    }
    if (call.name == "OSTYPE") {
      is_debian_ = first == "debian";
      return state(place, Understood::irrelevant, "says where files are");
    }
    if (call.name == "DOMAIN") {
      if (first == "generic") uses_names_file_ = place;
      const bool known = first == "generic" || first == "debian-mta" || first == "debian-msp";
      return known ? state(place, Understood::understood)
                   : doubt(place, "what this domain's file sets is not known");
    }
    if (call.name == "HACK" && first == "debian_auth") {
      return state(place, Understood::irrelevant, "says who may log in for whom");
    }
    doubt(place, "what it does is not known");
  }

  void take_feature(const M4Call& call, const Place& place) {
    const auto& name = call.arguments[0];
    const std::vector<std::string> rest(call.arguments.begin() + 1, call.arguments.end());
    if (name == "use_cw_file") uses_names_file_ = place;
    if (name == "no_default_msa") has_default_msa_ = false;
    const auto doubts = config_.doubts.size();
    if (!switch_on(config_, name, rest, place)) {
      config_.problems.push_back({"FEATURE(" + name + ") is not known: m4 gives up", place.where});
      return state(place, Understood::unrecognised, "no such feature");
    }
    const bool doubted = config_.doubts.size() > doubts;
    state(place, doubted ? Understood::unsupported : Understood::understood);
  }

  void take(const std::string& name, const M4Definition& value) {
    const Place place{value.where, "define(`" + name + "', `" + value.text + "')"};
    const auto* meaning = meaning_of(name);
    if (meaning == nullptr && !is_harmless_flag(name)) {
      return doubt(place, "what this flag of Sendmail's macros does is not known");
    }
    state(place, meaning == nullptr ? Understood::irrelevant : Understood::understood,
          meaning == nullptr ? "does not decide who relays" : "");
    if (meaning == nullptr) return;
    if (!meaning->option.empty()) {
      made_.add("O " + std::string(meaning->option) + "=" + value.text, place);
    }
    if (name == "confDOMAIN_NAME") made_.add("Dj" + value.text, place);
    if (name.ends_with("_RELAY") || name == "MAIL_HUB" || name == "SMART_HOST") {
      if (!trim(value.text).empty()) config_.relays[name] = {value.where, value.text};
    }
    if (name == "confDAEMON_OPTIONS") config_.daemons.push_back(daemon_of(value.text, place));
  }

  std::string value_of(std::string_view name, std::string_view usual) const {
    const auto found = result_.definitions.find(name);
    return std::string(found == result_.definitions.end() ? usual : found->second.text);
  }

  Place definition_of(std::string_view name, const Place& otherwise) const {
    const auto found = result_.definitions.find(name);
    if (found == result_.definitions.end()) return otherwise;
    return {found->second.where,
            "define(`" + std::string(name) + "', `" + found->second.text + "')"};
  }

  // Class w of the file of local host names, if asked for; class R of relay-domains, always.
  void take_files() {
    const std::string format = is_debian_ ? " %[^\\#]" : "";
    if (uses_names_file_) {
      const auto value = value_of("confCW_FILE", "/etc/mail/local-host-names" + format);
      emit_file("w", value, definition_of("confCW_FILE", *uses_names_file_));
    }
    const auto value = value_of("confCR_FILE", "-o /etc/mail/relay-domains" + format);
    if (!value.empty())
      emit_file("R", value, definition_of("confCR_FILE", {{config_.main, 0, 0}, ""}));
  }

  void take(const M4Line& line) {
    const Place place{line.where, std::string(trim(line.text))};
    const char first = place.text.front();
    if (first == '#') return;
    if (line.diversion == to_nowhere_here) {
      return state(place, Understood::irrelevant, "does not decide who relays");
    }
    if (line.diversion == to_address_rules) {
      return doubt(place, "a rule of your own that reads addresses or says where mail goes");
    }
    if (first == 'S') set_ = std::string(trim(std::string_view(place.text).substr(1)));
    if (first == 'S' || first == 'R') return take_rule(place);
    if (first == 'M' || first == 'H' || first == 'Q' || first == 'X' || first == 'K') {
      return state(place, Understood::irrelevant, "does not decide who relays");
    }
    state(place, Understood::understood);
    made_.add(std::string(line.text), place);
  }

  void take_rule(const Place& place) {
    const auto name = set_.substr(0, set_.find('='));
    if (place.text.front() == 'S') return state(place, Understood::understood);
    const auto why = why_it_matters({name, place.text.substr(1)});
    if (!why.empty()) {
      if (!config_.strange_rule) config_.strange_rule = place;
      return doubt(place, why);
    }
    state(place, Understood::irrelevant, "cannot let a relay through");
  }

  // `DAEMON_OPTIONS` takes the place of what cf.m4 has by itself; the submission port stays.
  void add_default_daemons() {
    const Place nowhere{{config_.main, 0, 0}, "default"};
    if (config_.daemons.empty()) {
      config_.daemons.push_back(daemon_of("Name=MTA-v4, Family=inet", nowhere));
      config_.daemons.push_back(daemon_of("Name=MTA-v6, Family=inet6", nowhere));
    }
    if (has_default_msa_) {
      config_.daemons.push_back(daemon_of("Port=587, Name=MSA, M=E", nowhere));
    }
  }

  void complain() {
    for (const auto& each : result_.problems) config_.problems.push_back({each.says, each.where});
    for (const auto& each : result_.missing) {
      const Place place{each.where, "include(`" + each.says + "')"};
      if (is_debians_own(each.says)) {
        config_.doubts.push_back({place, "this file is not here: taken for Debian's own", false});
      } else {
        doubt(place, "this file is not here: what it says is not known");
      }
    }
    if (result_.too_large) {
      doubt({{config_.main, 0, 0}, "m4"}, "its macros do not come to an end");
    }
  }

  const FileSystem& files_;
  const CfHost& host_;
  Config& config_;
  M4Result result_;
  MadeCf made_;
  std::string set_;
  std::optional<Place> uses_names_file_;
  bool is_debian_ = false;
  bool has_default_msa_ = true;
  std::optional<Place> virtual_hosts_;
};

// `VERSIONID(`$Id: sendmail.mc, v 8.15.2-8 ...')` as Debian writes it.
std::string version_in(std::string_view text) {
  const auto at = text.find(", v 8.");
  if (at == std::string_view::npos) return {};
  const auto version = text.substr(at + 4);
  return std::string(version.substr(0, version.find_first_not_of("0123456789.")));
}

}  // namespace

void read_mc(std::string_view text, const FileSystem& files, const CfHost& host, Config& config) {
  config.version = version_in(text);
  McReader(files, host, config).run(text);
}

}  // namespace relayproof::sendmail
