#include "dialects/opensmtpd/responsible.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialects/own_names.h"
#include "policy/part.h"

namespace relayproof::opensmtpd {
namespace {

using policy::Field;
using policy::Part;

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

class Responsibility {
 public:
  explicit Responsibility(Scope& scope) : scope_(scope) {}

  void run() {
    own_.claim_as_it_stands("localhost");
    for (const auto& name : scope_.local) {
      if (name.starts_with('[') || mail::IpAddress::parse(name)) own_.claim_as_it_stands(name);
    }
    for (const auto& interface : scope_.host.interfaces) {
      own_.claim_as_it_stands(to_lower(interface.address.literal()));
    }
    own_.claim(scope_.hostname);
    for (const auto& listen : scope_.config.listens) own_.claim(listen.hostname);
    for (const auto& rule : scope_.config.rules) {
      if (is_owners(rule)) add(rule);
    }
    for (const auto& statement : scope_.config.statements) {
      own_.mention_all_in(statement.place.text);
    }
    std::move(own_).write(scope_.builder.policy());
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
    if (star == std::string_view::npos) return own_.claim(name);
    if (name.substr(star + 1).starts_with('.')) own_.claim(name.substr(star + 2));
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
    if (name.starts_with('.')) return own_.claim(std::string_view(name).substr(1));
    if (whole) own_.claim(name);
  }

  // `^(.+\.)?`: nothing, or labels in front of the name.
  static bool is_labels(std::string_view pattern) {
    if (!pattern.starts_with("^(") || pattern.size() < 6) return false;
    const auto end = pattern.substr(pattern.size() - 4);
    if (end != "\\.)?" && end != "\\.)*") return false;
    return pattern.substr(2, pattern.size() - 6).find_first_of("()|") == std::string_view::npos;
  }

  Scope& scope_;
  dialects::OwnNames own_;
};

}  // namespace

void lower_responsibility(Scope& scope) { Responsibility(scope).run(); }

}  // namespace relayproof::opensmtpd
