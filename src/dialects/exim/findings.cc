#include "dialects/exim/findings.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/exim/authenticators.h"
#include "mail/ip_set.h"

namespace relayproof::exim {
namespace {

// More addresses than an owner has: half of what CLI.md still calls his networks.
constexpr std::uint64_t many_v4 = 65'536;

const Acl* rcpt_acl(const Config& config) {
  return config.acl(trim(config.value("acl_smtp_rcpt")));
}

bool has_item(const Statement& statement, std::string_view name, bool negated) {
  return std::any_of(statement.items.begin(), statement.items.end(), [&](const Item& item) {
    return item.name == name && item.negated == negated;
  });
}

bool any_statement(const Acl& acl, std::string_view verb, std::string_view item) {
  return std::any_of(acl.statements.begin(), acl.statements.end(), [&](const Statement& one) {
    return one.verb == verb && (item.empty() || has_item(one, item, false));
  });
}

void about_rcpt(const Config& config, std::vector<Finding>& found) {
  if (config.find("acl_smtp_rcpt") == nullptr) {
    found.push_back({"RP2500",
                     Severity::medium,
                     {config.file, 0, 0},
                     "acl_smtp_rcpt is not set: every recipient is refused",
                     "set acl_smtp_rcpt to an ACL that accepts your own domains"});
    return;
  }
  const auto* acl = rcpt_acl(config);
  if (acl == nullptr) return;
  if (!any_statement(*acl, "accept", "") && !any_statement(*acl, "discard", "")) {
    found.push_back({"RP2501", Severity::medium, acl->line.where,
                     acl->name + " has no accept, and the end of an ACL denies: no mail is taken",
                     "end the ACL with an accept behind what it refuses"});
    return;
  }
  if (!any_statement(*acl, "accept", "authenticated") &&
      !std::any_of(acl->statements.begin(), acl->statements.end(),
                   [](const Statement& one) { return has_item(one, "authenticated", true); })) {
    found.push_back({"RP2502", Severity::info, acl->line.where,
                     acl->name + " does not ask for `authenticated`: users elsewhere cannot send",
                     "put `accept authenticated = *` before the relay check"});
  }
  const bool verifies =
      std::any_of(acl->statements.begin(), acl->statements.end(), [](const Statement& one) {
        return std::any_of(one.items.begin(), one.items.end(), [](const Item& item) {
          return item.name == "verify" && item.value.starts_with("recipient");
        });
      });
  if (!verifies) {
    found.push_back({"RP2503", Severity::low, acl->line.where,
                     acl->name + " does not verify recipients: mail for unknown users is taken, "
                                 "and bounced to senders that may be invented",
                     "put `require verify = recipient` before the last accept"});
  }
}

// Networks that a host list writes out, without what it excludes before.
mail::IpSet networks_of(std::string_view list) {
  mail::IpSet all;
  mail::IpSet excluded;
  for (const auto& item : items_of(list)) {
    auto text = std::string_view(item);
    const bool negated = text.starts_with('!');
    if (negated) text = trim(text.substr(1));
    mail::IpSet set;
    if (text == "*") set = mail::IpSet::all();
    if (const auto network = mail::Network::parse(text)) set = mail::IpSet::of(*network);
    if (negated) {
      excluded = excluded | set;
    } else {
      all = all | (set - excluded);
    }
  }
  return all;
}

bool is_named(const Item& item, const NamedList& list) {
  return !item.negated && item.name == "hosts" &&
         item.value.find('+' + list.name) != std::string::npos;
}

// An accept for these hosts alone.
bool lets_relay(const Statement& statement, const NamedList& list) {
  if (statement.verb != "accept") return false;
  const bool bound =
      std::any_of(statement.items.begin(), statement.items.end(), [](const Item& item) {
        return item.name == "domains" || item.name == "authenticated" || item.name == "recipients";
      });
  return !bound && std::any_of(statement.items.begin(), statement.items.end(),
                               [&](const Item& item) { return is_named(item, list); });
}

void about_hosts(const Config& config, std::vector<Finding>& found) {
  const auto* acl = rcpt_acl(config);
  if (acl == nullptr) return;
  for (const auto& list : config.lists) {
    if (list.kind != NamedList::Kind::host) continue;
    const bool used = std::any_of(acl->statements.begin(), acl->statements.end(),
                                  [&](const Statement& one) { return lets_relay(one, list); });
    const auto strangers = networks_of(list.value) & mail::globally_routable();
    if (!used || strangers.size_v4() <= many_v4) continue;
    found.push_back({"RP2504", Severity::critical, list.line.where,
                     "hostlist " + list.name + " has " + std::to_string(strangers.size_v4()) +
                         " routable IPv4 addresses, all of which may relay",
                     "list only your own networks"});
  }
}

void about_logins(Lowering& of, std::vector<Finding>& found) {
  const auto* open = admits_anybody(of);
  if (open == nullptr || open->value("driver") != "plaintext") return;
  const auto* condition = open->find("server_condition");
  found.push_back({"RP3500", Severity::critical,
                   condition == nullptr ? open->line.where : condition->line.where,
                   "authenticator " + open->name + " takes any name with any password",
                   "let server_condition compare the password with a stored one"});
}

}  // namespace

std::vector<Finding> findings(Lowering& of) {
  std::vector<Finding> found;
  about_rcpt(of.config, found);
  about_hosts(of.config, found);
  about_logins(of, found);
  return found;
}

}  // namespace relayproof::exim
