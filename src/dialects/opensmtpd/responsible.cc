#include "dialects/opensmtpd/responsible.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "mail/domain.h"
#include "policy/part.h"

namespace relayproof::opensmtpd {
namespace {

using policy::Field;
using policy::Part;

std::string registrable(std::string_view name) {
  const auto normal = mail::normalised_domain(name);
  if (!mail::is_domain_name(normal)) return {};
  const auto names = mail::name_and_parents(normal);
  return names.empty() ? std::string() : names.back();
}

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

void collect_names(std::string_view text, std::set<std::string>& names) {
  while (!text.empty()) {
    const auto begin = std::find_if(text.begin(), text.end(), is_part_of_name);
    text.remove_prefix(static_cast<std::size_t>(begin - text.begin()));
    const auto end = std::find_if_not(text.begin(), text.end(), is_part_of_name);
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (word.find('.') != std::string_view::npos) names.insert(registrable(word));
    text.remove_prefix(word.size());
  }
}

class Responsibility {
 public:
  explicit Responsibility(Scope& scope) : scope_(scope) {}

  void run() {
    claims_.insert("localhost");
    for (const auto& name : scope_.local) {
      if (name.starts_with('[') || mail::IpAddress::parse(name)) claims_.insert(name);
    }
    for (const auto& interface : scope_.host.interfaces) {
      claims_.insert(to_lower(interface.address.literal()));
    }
    claim(scope_.hostname);
    for (const auto& listen : scope_.config.listens) claim(listen.hostname);
    for (const auto& rule : scope_.config.rules) {
      if (is_owners(rule)) add(rule);
    }
    for (const auto& statement : scope_.config.statements) {
      collect_names(statement.place.text, mentioned_);
    }
    mentioned_.erase("");
    auto& policy = scope_.builder.policy();
    policy.answers_for.assign(claims_.begin(), claims_.end());
    policy.owned_names.assign(mentioned_.begin(), mentioned_.end());
  }

 private:
  // Whom a rule for everybody, or for mailboxes here, names is the owner's. What only his own
  // clients are sent elsewhere for is not.
  bool is_owners(const MatchRule& rule) const {
    if (rule.rejects || !rule.action) return false;
    const bool here = scope_.config.actions.at(*rule.action).what != Action::What::relay;
    const bool everybody = rule.from.what == From::What::any && !rule.from.negated;
    const bool login = rule.auth.is_set && !rule.auth.negated;
    return here || (everybody && !login);
  }

  void add(const MatchRule& rule) {
    if (rule.to.what == For::What::domain && !rule.to.negated) {
      add_names(*rule.to.table, rule.to.regex, Ask::name);
    }
    if (rule.recipient.is_set && !rule.recipient.negated) {
      add_names(*rule.recipient.table, rule.recipient.regex, Ask::address);
    }
  }

  void add_names(TableId id, bool regex, Ask ask) {
    const auto& table = scope_.tables.table(id);
    if (table.standing != Table::Standing::read) {
      const auto subject = ask == Ask::name ? subject_of(Field::recipient, Part::domain)
                                            : subject_of(Field::recipient);
      auto& premises = scope_.builder.policy().premises;
      const auto premise = scope_.tables.finds(id, ask, regex, subject, true);
      if (std::find(premises.begin(), premises.end(), premise) == premises.end()) {
        premises.push_back(premise);
      }
      return;
    }
    for (const auto& row : table.rows) {
      if (regex) {
        claim_pattern(row.key);
      } else {
        const auto at = row.key.rfind('@');
        if (ask == Ask::name || at != std::string_view::npos) {
          claim_name(ask == Ask::name ? row.key : row.key.substr(at + 1));
        }
      }
    }
  }

  // `*.example.com` lies below example.com, `*example.com` does not.
  void claim_name(std::string_view name) {
    const auto star = name.rfind('*');
    if (star == std::string_view::npos) return claim(name);
    if (name.substr(star + 1).starts_with('.')) claim(name.substr(star + 2));
  }

  // `@example\.com$` and `\.example\.com$` end in a written-out name; anything less plain does not
  // count.
  void claim_pattern(std::string_view pattern) {
    if (!pattern.ends_with('$')) return;
    pattern.remove_suffix(1);
    std::string name;
    while (!pattern.empty()) {
      const char last = pattern.back();
      const bool is_dot = pattern.ends_with("\\.");
      if (last == '.' && !is_dot) break;
      if (!is_dot && (!is_part_of_name(last) || last == '.')) break;
      name.insert(name.begin(), last);
      pattern.remove_suffix(is_dot ? 2 : 1);
    }
    const bool whole = pattern == "^" || pattern.ends_with('@') || is_labels(pattern);
    if (name.starts_with('.')) return claim(std::string_view(name).substr(1));
    if (whole) claim(name);
  }

  // `^(.+\.)?`: nothing, or labels in front of the name.
  static bool is_labels(std::string_view pattern) {
    if (!pattern.starts_with("^(") || pattern.size() < 6) return false;
    const auto end = pattern.substr(pattern.size() - 4);
    if (end != "\\.)?" && end != "\\.)*") return false;
    return pattern.substr(2, pattern.size() - 6).find_first_of("()|") == std::string_view::npos;
  }

  void claim(std::string_view name) {
    auto normal = mail::normalised_domain(name);
    if (!mail::is_registrable_or_below(normal)) return;
    mentioned_.insert(registrable(normal));
    claims_.insert(std::move(normal));
  }

  Scope& scope_;
  std::set<std::string> claims_;
  std::set<std::string> mentioned_;
};

}  // namespace

void lower_responsibility(Scope& scope) { Responsibility(scope).run(); }

}  // namespace relayproof::opensmtpd
