#include "dialects/opensmtpd/findings.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/lower.h"
#include "dialects/opensmtpd/matching.h"
#include "dialects/opensmtpd/remedy_parts.h"
#include "mail/domain.h"
#include "policy/reach.h"

namespace relayproof::opensmtpd {
namespace {

class Findings {
 public:
  Findings(const FileSystem& files, const Config& config, const dialects::Host& host)
      : files_(files), config_(config), host_(host) {}

  std::vector<Finding> run() {
    add_meant();
    for (const auto& rule : config_.rules) add(rule);
    for (const auto& listen : config_.listens) add(listen);
    for (const auto& table : config_.tables) add(table);
    return std::move(found_);
  }

 private:
  void add(std::string code, Severity severity, const SourceRange& where, std::string says,
           std::string remedy) {
    found_.push_back({std::move(code), severity, where, std::move(says), std::move(remedy)});
  }

  // Would strangers relay if smtpd took what stands there for what is meant?
  bool would_be_open() const {
    const auto lowered = lower(files_, config_, host_);
    return std::any_of(lowered.policy.doors.begin(), lowered.policy.doors.end(),
                       [&](const policy::Door& door) {
                         const auto reach = policy::reach(lowered.policy, door, {});
                         return !(reach.surely & mail::globally_routable()).empty();
                       });
  }

  void add_meant() {
    if (config_.meant.empty()) return;
    const std::string would = would_be_open() ? "an open relay" : "no open relay";
    for (const auto& meant : config_.meant) {
      add("RP1400", Severity::high, meant.where,
          "`relay` is no action's name here; as meant (action \"relay\") it would be " + would,
          "declare `action \"outbound\" relay` and end the rule with action \"outbound\"");
    }
  }

  bool relays(const MatchRule& rule) const {
    return rule.action && config_.actions.at(*rule.action).what == Action::What::relay;
  }
  static bool is_for_anybody(const MatchRule& rule) {
    const auto& from = rule.from;
    const bool open = from.what == From::What::any ? !from.negated : from.negated;
    return open || from.what == From::What::reverse_name;
  }
  static bool is_for_anywhere(const MatchRule& rule) {
    return rule.to.what == For::What::any ? !rule.to.negated : rule.to.negated;
  }
  bool is_for_users(const MatchRule& rule) const { return rule.auth.is_set && !rule.auth.negated; }

  // A tag that no listener outside of loopback has: nobody from outside gets there.
  bool is_reached(const MatchRule& rule) const {
    if (!rule.tag.is_set || rule.tag.negated || rule.tag.regex) return true;
    const auto& rows = config_.tables.at(*rule.tag.table).rows;
    return std::any_of(config_.listens.begin(), config_.listens.end(), [&](const Listen& listen) {
      const bool inside = listen.is_socket || listen.on.starts_with("127.") || listen.on == "::1" ||
                          listen.on.starts_with("lo");
      return !inside && std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
        return equals_ignoring_case(row.key, listen.tag);
      });
    });
  }

  void add(const MatchRule& rule) {
    if (rule.tls.is_set) {
      add("RP1401", Severity::medium, rule.place.where,
          "smtpd answers 451 to whoever gets to this rule, and looks at no rule behind it",
          "take `tls` out of the rule, and say tls-require on the listener instead");
      return;
    }
    if (!relays(rule) || !is_for_anybody(rule) || is_for_users(rule) || !is_reached(rule)) return;
    if (is_for_anywhere(rule)) {
      add_open(rule);
    } else if (rule.to.what == For::What::domain && !rule.to.negated) {
      add("RP2013", Severity::info, rule.place.where,
          "user%elsewhere@domain is handed on to the domain's host as it is",
          "make sure that the host behind it refuses such addresses");
    }
  }

  void add_open(const MatchRule& rule) {
    const bool by_name = rule.from.what == From::What::reverse_name;
    const bool by_claim =
        (rule.sender.is_set && !rule.sender.negated) || (rule.helo.is_set && !rule.helo.negated);
    if (by_name || by_claim) {
      add("RP2002", Severity::high, rule.place.where,
          by_name ? "the client's name is not confirmed: whoever owns an address writes it"
                  : "sender and HELO are what the client says they are",
          "ask for `auth`, or for `from src` with your own networks");
    } else if (!rule.recipient.is_set && config_.grammar == Config::Grammar::match) {
      add("RP2400", Severity::high, rule.place.where, "this rule relays from anybody to anywhere",
          "say `match from local for any`, and `match from any auth for any` for your users");
    } else if (!rule.recipient.is_set) {
      add("RP2400", Severity::high, rule.place.where, "this rule relays from anybody to anywhere",
          "say `accept for any relay`: it is for local clients and for users who log in");
    }
  }

  void add(const Listen& listen) {
    if (listen.proxy) {
      add("RP2008", Severity::high, listen.place.where,
          "whoever connects here names the client's address himself, loopback included",
          "let only the proxy reach this listener: bind it to loopback or an inner address");
    }
    const bool some_rule =
        std::any_of(config_.rules.begin(), config_.rules.end(), [&](const MatchRule& rule) {
          // In the old grammar who logs in is local.
          return is_for_users(rule) || (config_.is_old() && rule.from.what == From::What::local);
        });
    if (listen.auth == Listen::Auth::required && !some_rule && !config_.rules.empty()) {
      add("RP3002", Severity::low, listen.place.where,
          "users log in here, and no rule asks whether they did",
          "add `match from any auth for any action ...`");
    }
  }

  bool is_used_for_addresses(TableId id) const {
    return std::any_of(config_.rules.begin(), config_.rules.end(), [&](const MatchRule& rule) {
      return (rule.sender.table == id && !rule.sender.regex) ||
             (rule.recipient.table == id && !rule.recipient.regex);
    });
  }

  bool is_used_for_domains(TableId id) const {
    return std::any_of(config_.rules.begin(), config_.rules.end(), [&](const MatchRule& rule) {
      return rule.to.table == id && !rule.to.regex && !rule.to.negated && relays(rule) &&
             is_for_anybody(rule) && !is_for_users(rule);
    });
  }

  SourceRange place_of(const Table& table, const Row& row) const {
    return table.file.empty() ? table.place.where : SourceRange{table.file, row.line, 0};
  }

  void add(const Table& table) {
    const auto id = static_cast<TableId>(&table - config_.tables.data());
    const bool addresses = is_used_for_addresses(id);
    const bool domains = is_used_for_domains(id);
    if (!addresses && !domains) return;
    for (const auto& row : table.rows) {
      if (addresses && row.key.starts_with('*') && row.key.find('@') != std::string_view::npos) {
        add("RP1402", Severity::low, place_of(table, row),
            "`" + std::string(row.key) + "` matches only a user whose name is a star",
            "write @" + std::string(row.key.substr(row.key.rfind('@') + 1)) +
                " for all users of the domain");
      }
      if (domains && claims_others(row.key)) {
        add("RP2016", Severity::high, place_of(table, row),
            "anybody can have a domain that `" + std::string(row.key) + "` fits",
            "write out your domains, and *.example.com for those below");
      }
    }
  }

  const FileSystem& files_;
  const Config& config_;
  const dialects::Host& host_;
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> findings(const FileSystem& files, const Config& config,
                              const dialects::Host& host) {
  return Findings(files, config, host).run();
}

}  // namespace relayproof::opensmtpd
