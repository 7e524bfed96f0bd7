#include "dialects/sendmail/findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/class_names.h"
#include "dialects/sendmail/relay_rules.h"
#include "mail/domain.h"
#include "mail/ip_address.h"
#include "mail/ip_set.h"

namespace relayproof::sendmail {
namespace {

// More addresses than an owner has.
constexpr std::uint64_t many_v4 = 65'536;

bool is_wide(const mail::IpSet& addresses) {
  const auto routable = addresses & mail::globally_routable();
  const auto one_v6 = mail::IpSet::of(*mail::Network::parse("2001:db8::/47"));
  return routable.size_v4() > many_v4 || routable.size_v6() >= one_v6.size_v6();
}

class Findings {
 public:
  Findings(const FileSystem& files, const Config& config, const Access& access)
      : files_(files), config_(config), access_(access) {}

  std::vector<Finding> run() {
    about_features();
    about_hashes();
    for (const auto& row : access_.map.rows) about_row(row);
    for (const auto line : access_.map.without_value) {
      add("RP1602", Severity::low, {access_.map.file, line, 1},
          "this line has a key and no value, or begins with a blank: makemap complains and goes on",
          "write the key at the start of the line, a tab, and what it gives");
    }
    about_index();
    about_class_r();
    about_login();
    return std::move(found_);
  }

 private:
  void add(std::string code, Severity severity, SourceRange where, std::string says,
           std::string remedy) {
    found_.push_back(
        {std::move(code), severity, std::move(where), std::move(says), std::move(remedy)});
  }

  struct Known {
    Feature feature;
    const char* code;
    Severity severity;
    const char* says;
    const char* remedy;
  };

  void about_features() {
    static constexpr Known known[] = {
        {Feature::promiscuous_relay, "RP2600", Severity::critical,
         "takes out the gate: everybody may relay anywhere",
         "take it out; let your networks relay by `Connect:` rows of the access map"},
        {Feature::relay_local_from, "RP2601", Severity::critical,
         "lets whoever claims a sender of yours relay, and anybody can write one",
         "take it out; let users log in on port 587"},
        {Feature::relay_db_from, "RP2601", Severity::high,
         "lets whoever claims a sender that the access map lists relay",
         "take it out; let users log in on port 587"},
        {Feature::relay_based_on_mx, "RP2009", Severity::high,
         "relays to whatever domain names this server as MX, and anybody can have one",
         "take it out and list the domains in relay-domains"},
        {Feature::loose_relay_check, "RP2013", Severity::medium,
         "takes user%elsewhere@a-relayed-domain for anybody: the next host may route on",
         "take it out: the local part is then looked at, too"},
    };
    for (const auto& each : known) {
      if (const auto* place = config_.place_of(each.feature)) {
        add(each.code, each.severity, place->where,
            std::string(to_string(each.feature)) + ' ' + each.says, each.remedy);
      }
    }
  }

  void about_hashes() {
    for (const auto& place : config_.behind_hash) {
      add("RP1600", Severity::medium, place.where,
          "`#` does not comment out " + place.text + ": m4 expands it, and it counts",
          "begin the line with dnl");
    }
  }

  void about_row(const AccessRow& row) {
    const SourceRange where{access_.map.file, row.line, 1};
    const auto key = std::string(row.key);
    const bool asks_client = row.tag.empty() || equals_ignoring_case(row.tag, "connect");
    const auto slash = row.key.find('/');
    if (asks_client && slash != std::string_view::npos &&
        mail::Network::parse(key.substr(key.starts_with("IPv6:") ? 5 : 0))) {
      add("RP1601", Severity::medium, where,
          key + " never matches: networks are written by octets, without a prefix length",
          "write the octets that all of them share: " + octets_of(key));
      return;
    }
    if (asks_client && row.tag.empty() && equals_ignoring_case(key, "ALL")) {
      add("RP1603", Severity::info, where,
          "ALL matches only a host, a domain or a user of that name, not everybody",
          "take it out: what no row gives RELAY for is refused by itself");
    }
    if (row.result != AccessResult::relay) return;
    const auto addresses = asks_client ? network_of_key(row.key) : std::nullopt;
    if (addresses && is_wide(*addresses)) {
      add("RP2602", Severity::high, where,
          key + " lets " + addresses->to_string() + " relay: more than one owner has",
          "write the networks that are yours, octet by octet");
    }
    const bool asks_recipient = row.tag.empty() || equals_ignoring_case(row.tag, "to");
    if (asks_recipient && !addresses) about_domain(key, where);
  }

  void about_domain(std::string_view name, const SourceRange& where) {
    if (name.starts_with('.')) name.remove_prefix(1);
    if (!mail::is_domain_name(name) || mail::is_registrable_or_below(name) ||
        name.find("localhost") != std::string_view::npos ||
        mail::is_at_or_below_unregistrable(name) || equals_ignoring_case(name, "all")) {
      return;
    }
    add("RP2016", Severity::high, where,
        "anybody can have a domain below `" + std::string(name) + "`, and mail for it is relayed",
        "write out your domains");
  }

  static std::string octets_of(std::string_view key) {
    const auto slash = key.find('/');
    auto address = key.substr(0, slash);
    while (address.ends_with(".0") || address.ends_with(":0")) address.remove_suffix(2);
    while (address.ends_with(':')) address.remove_suffix(1);
    return std::string(address);
  }

  void about_index() {
    for (const auto* use : {&config_.access, &config_.virtusertable, &config_.mailertable}) {
      if (!*use || (*use)->index.empty()) continue;
      const auto source = files_.info((*use)->source);
      const auto index = files_.info((*use)->index);
      if (source.kind != FileInfo::Kind::file) {
        if (index.kind == FileInfo::Kind::missing) {
          add("RP1003", (*use)->optional ? Severity::info : Severity::low, (*use)->place.where,
              (*use)->source + " is not here", "copy it here, or make it");
        }
      } else if (index.kind == FileInfo::Kind::file && index.modified < source.modified) {
        add("RP1004", Severity::low, {(*use)->source, 0, 0},
            (*use)->index + " is older than its text: Sendmail still answers with what stood there",
            "run makemap " + (*use)->type + ' ' + (*use)->source + " < " + (*use)->source);
      }
    }
  }

  void about_class_r() {
    for (const auto& [member, where] : config_.class_of("R").members) {
      if (where.file.empty()) continue;
      if (member.find('/') != std::string::npos) {
        add("RP1601", Severity::medium, where,
            member + " never matches: networks are written by octets, without a prefix length",
            "write the octets that all of them share: " + octets_of(member));
        continue;
      }
      const auto addresses = network_of_key(member);
      if (addresses && is_wide(*addresses)) {
        add("RP2602", Severity::high, where,
            member + " in class R lets " + addresses->to_string() + " relay",
            "write the networks that are yours, octet by octet");
      }
      if (!addresses) about_domain(member, where);
    }
  }

  void about_login() {
    const auto& trusted = config_.class_of("TrustAuthMech");
    if (trusted.has("ANONYMOUS") &&
        config_.option("AuthMechanisms").find("ANONYMOUS") != std::string::npos) {
      const auto where = trusted.members.find("ANONYMOUS")->second;
      add("RP3005", Severity::high, where, "ANONYMOUS is offered and trusted: anybody may log in",
          "take it out of TRUST_AUTH_MECH and confAUTH_MECHANISMS");
    }
  }

  const FileSystem& files_;
  const Config& config_;
  const Access& access_;
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> findings(const FileSystem& files, const Config& config, const Access& access) {
  return Findings(files, config, access).run();
}

}  // namespace relayproof::sendmail
