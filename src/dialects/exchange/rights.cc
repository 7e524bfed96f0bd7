#include "dialects/exchange/rights.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace relayproof::exchange {
namespace {

constexpr std::array<std::string_view, 4> right_names = {
    "ms-exch-smtp-submit", "ms-exch-smtp-accept-any-recipient", "ms-exch-smtp-accept-any-sender",
    "ms-exch-smtp-accept-authoritative-domain-sender"};

// By which group a principal has a right.
struct GroupRight {
  Principal principal;
  unsigned group;
  Right right;
};
constexpr std::array<GroupRight, 9> group_rights = {{
    {Principal::anonymous, anonymous_users, Right::submit},
    {Principal::anonymous, anonymous_users, Right::any_sender},
    {Principal::anonymous, anonymous_users, Right::authoritative_sender},
    {Principal::users, exchange_users, Right::submit},
    {Principal::users, exchange_users, Right::any_recipient},
    {Principal::externally_secured, exchange_servers, Right::submit},
    {Principal::externally_secured, exchange_servers, Right::any_recipient},
    {Principal::externally_secured, exchange_servers, Right::any_sender},
    {Principal::externally_secured, exchange_servers, Right::authoritative_sender},
}};

// Well-known SIDs; those of Exchange's own accounts have this authority.
constexpr std::string_view exchange_sid = "s-1-9-1419165041-1139599005-3936102811-1022490595-";

// Accounts of NT AUTHORITY that no anonymous session is, by how their names begin.
constexpr std::array<std::string_view, 12> known_accounts = {
    "authenticated", "authentifizierte", "syst",    "sist",  "self",  "selbst",
    "enterprise",    "network service",  "local s", "netzw", "lokal", "domänen"};

bool is_word_nt(std::string_view authority) {
  const auto lower = to_lower(authority);
  for (auto at = lower.find("nt"); at != std::string::npos; at = lower.find("nt", at + 1)) {
    const auto is_end = [&](std::size_t place) {
      return place >= lower.size() || lower[place] == ' ' || lower[place] == '-';
    };
    if ((at == 0 || is_end(at - 1)) && is_end(at + 2)) return true;
  }
  return false;
}

Principal of_sid(std::string_view sid) {
  if (sid == "s-1-5-7") return Principal::anonymous;
  if (sid == "s-1-5-11") return Principal::users;
  if (sid.starts_with("s-1-5-21-") || sid == "s-1-5-18") return Principal::others;
  if (sid.starts_with(exchange_sid)) {
    return sid.ends_with("-23") ? Principal::externally_secured : Principal::others;
  }
  return Principal::unclear;
}

Principal of_nt_authority(std::string_view account) {
  // ANONYMOUS LOGON, ANONYMOUS-ANMELDUNG, ACCESSO ANONIMO.
  if (contains_ignoring_case(account, "anonym") || contains_ignoring_case(account, "anonim")) {
    return Principal::anonymous;
  }
  if (starts_with_ignoring_case(account, "authenti")) return Principal::users;
  const bool known = std::any_of(
      known_accounts.begin(), known_accounts.end(),
      [&](std::string_view begin) { return starts_with_ignoring_case(account, begin); });
  return known ? Principal::others : Principal::unclear;
}

bool names(const Permission& permission, Right right) {
  return permission.has_all_rights || std::find(permission.rights.begin(), permission.rights.end(),
                                                name_of(right)) != permission.rights.end();
}

// A right that the console cut short, or that stands behind the cut.
bool may_name(const Permission& permission, Right right) {
  return names(permission, right) || permission.cut_off;
}

bool is_for(const Permission& permission, const Connector& connector, bool is_only) {
  const auto& id = permission.connector;
  if (id.name.empty()) return is_only;
  return id.name == connector.id.name &&
         (id.server.empty() || connector.id.server.empty() || id.server == connector.id.server);
}

}  // namespace

std::string_view name_of(Right right) { return right_names.at(static_cast<std::size_t>(right)); }

Principal principal_of(std::string_view user) {
  const auto name = trim(user);
  const auto lower = to_lower(name);
  if (lower.starts_with("s-1-")) return of_sid(lower);
  const auto slash = name.find('\\');
  if (slash == std::string_view::npos) {
    return lower == "anonymous logon" ? Principal::anonymous : Principal::unclear;
  }
  const auto account = name.substr(slash + 1);
  if (lower.starts_with("ms exchange\\")) {
    return equals_ignoring_case(account, "Externally Secured Servers")
               ? Principal::externally_secured
               : Principal::others;
  }
  return is_word_nt(name.substr(0, slash)) ? of_nt_authority(account) : Principal::others;
}

AccessList::AccessList(const Export& all, const Connector& connector) : connector_(connector) {
  const bool is_only = all.connectors.size() == 1;
  for (const auto& permission : all.permissions) {
    if (!is_for(permission, connector, is_only)) continue;
    entries_.push_back(&permission);
    has_inherited_ = has_inherited_ || permission.is_inherited;
  }
  is_known_ = !entries_.empty();
}

// What stands at the connector goes before what it inherits, and denying before granting.
Truth AccessList::listed(Principal principal, Right right, const Place*& by) const {
  for (const bool inherited : {false, true}) {
    for (const bool denies : {true, false}) {
      Truth found = Truth::no;
      for (const auto* entry : entries_) {
        if (entry->is_inherited != inherited || entry->denies != denies) continue;
        if (!may_name(*entry, right)) continue;
        const auto of = principal_of(entry->sid.empty() ? entry->user : entry->sid);
        if (of != principal && of != Principal::unclear) continue;
        const bool sure = of == principal && names(*entry, right);
        if (sure || found == Truth::no) by = &entry->place;
        found = found || (sure ? Truth::yes : Truth::unknown);
      }
      // What may be denied is not known to be granted, and what may be granted not known to be not.
      if (found == Truth::yes) return denies ? Truth::no : Truth::yes;
      if (found == Truth::unknown) return Truth::unknown;
    }
  }
  by = nullptr;
  return Truth::no;
}

Grant AccessList::grant(Principal principal, Right right) const {
  const bool by_group =
      std::any_of(group_rights.begin(), group_rights.end(), [&](const GroupRight& each) {
        return each.principal == principal && each.right == right &&
               (connector_.groups & each.group) != 0;
      });
  Grant found;
  const auto listed_as = listed(principal, right, found.by);
  const bool is_denied = listed_as == Truth::no && found.by != nullptr;
  if (is_known_ && (listed_as == Truth::yes || is_denied)) return {listed_as, found.by};
  if (by_group && listed_as == Truth::no) return {Truth::yes, &connector_.groups_place};
  if (is_known_ && listed_as == Truth::unknown) return {Truth::unknown, found.by};
  if (!is_known_) return {Truth::unknown, &connector_.groups_place};
  return {Truth::no, nullptr};
}

}  // namespace relayproof::exchange
