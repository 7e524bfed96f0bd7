// What a configuration of Sendmail says about relaying, in Sendmail's own terms, whether it was
// read from sendmail.mc or recognised in sendmail.cf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "dialects/dialect.h"
#include "dialects/sendmail/cf.h"

namespace relayproof::sendmail {

/// Where something is said, on one line without comment.
struct Place {
  SourceRange where;
  std::string text;
};

/// What FEATURE() and a few definitions switch on in the rule sets. cf/README describes each.
enum class Feature : std::uint8_t {
  accept_unqualified_senders,
  accept_unresolvable_domains,
  access_db,
  access_skip,  ///< access_db's `skip`
  bestmx_is_local,
  block_bad_helo,
  blocklist_recipients,  ///< blacklist_recipients before 8.16
  delay_checks,
  delay_compat,  ///< delay_checks' third argument
  spam_friend,   ///< delay_checks' `friend`
  spam_hater,    ///< delay_checks' `hater`
  dnsbl,         ///< dnsbl, enhdnsbl, rhsbl, mtamark, greet_pause ...: may only refuse
  domaintable,
  drac,
  ldap_routing,
  lookupdotdomain,
  loose_relay_check,
  mailertable,
  nopercenthack,
  nouucp,  ///< any argument
  nouucp_reject,
  nullclient,
  promiscuous_relay,
  relay_based_on_mx,
  relay_db_from,         ///< relay_mail_from
  relay_db_from_domain,  ///< relay_mail_from's `domain`
  relay_entire_domain,
  relay_full_address,  ///< access_db's `relaytofulladdress`
  relay_hosts_only,
  relay_local_from,
  require_rdns,
  use_client_ptr,
  virtuser_entire_domain,
  virtusertable,
};
std::string_view to_string(Feature feature);  ///< as FEATURE() names it

/// A map that rules ask: `hash -o /etc/mail/access`.
struct MapUse {
  Place place;
  std::string type;    ///< `hash`, `ldap`
  std::string source;  ///< the text it is made of; empty: it is made of none
  std::string index;   ///< what Sendmail reads: `/etc/mail/access.db`; empty: another program's
  bool optional = false;
};

/// One `DaemonPortOptions`.
struct Daemon {
  Place place;
  std::string name = {};       ///< `MTA`
  std::string address = {};    ///< empty: every one
  std::string port = "smtp";   ///< as written
  std::string modifiers = {};  ///< `Ea`
  enum class Family : std::uint8_t { any, inet, inet6, other } family = Family::any;
  bool has_modifier(char modifier) const { return modifiers.find(modifier) != std::string::npos; }
};

/// What stops a verdict, and why.
struct Doubt {
  Place place;
  std::string says;
  bool decisive = true;
};

struct Statement {
  Place place;
  dialects::Understood how = dialects::Understood::understood;
  std::string why;
};

struct Problem {
  std::string says;
  SourceRange where;
};

struct Config {
  std::string main;    ///< the file that was read
  std::string folder;  ///< where it lies
  bool is_mc = false;
  std::string version;  ///< `8.17.1.9`; empty: not told
  std::vector<std::string> files;
  Cf cf;  ///< classes, macros and options; of an .mc without rule sets
  std::map<Feature, Place> features;
  std::optional<MapUse> access, virtusertable, mailertable, domaintable;
  std::vector<MapUse> aliases;
  std::vector<Daemon> daemons;
  /// SMART_HOST, MAIL_HUB, LUSER_RELAY, LOCAL_RELAY, by these names; the text is their value.
  std::map<std::string, Place, std::less<>> relays;
  std::optional<Place> milter;  ///< one of them; none of them can let a relay through
  std::vector<Statement> statements;
  /// Rules that decide who relays and are not stock ones: what they do is not known either way.
  std::optional<Place> strange_rule;
  std::vector<Doubt> doubts;
  std::vector<Problem> problems;   ///< with which it does not run
  std::vector<Place> behind_hash;  ///< macros that `#` does not comment out

  bool has(Feature feature) const { return features.count(feature) != 0; }
  const Place* place_of(Feature feature) const;
  /// Of a class, its members; empty if there are none.
  const CfClass& class_of(std::string_view name) const;
  /// The value of an option; empty if it is not set.
  std::string option(std::string_view name) const;
};

/// The file that `path` (a folder, or a file) stands for; empty: there is none. Where both lie in a
/// folder it is sendmail.cf, which is what Sendmail reads.
std::string main_file(const FileSystem& files, const std::string& path);

/// Reads it and what it names. Fails if there is none to read.
Result<Config> read(const FileSystem& files, const std::string& path, const dialects::Host& host);

/// True for a sendmail.mc, by its macros; for a sendmail.cf, by its lines.
bool looks_like_mc(std::string_view text);
bool looks_like_cf(std::string_view text);

}  // namespace relayproof::sendmail
