#include "policy/solve_check.h"

#include <algorithm>

#include "mail/address.h"
#include "mail/domain.h"
#include "policy/facts_of.h"
#include "policy/part.h"

namespace relayproof::policy {
namespace {

// Of a subject that is a domain itself, or has one.
std::string_view domain_in(const Subject& subject, std::string_view text) {
  const bool is_host = subject.field == Field::client_name ||
                       subject.field == Field::reverse_name || subject.field == Field::helo;
  return subject.part == Part::domain || is_host ? text : part_of(text, Part::domain);
}

bool is_outside(const Policy& policy, std::string_view domain) {
  if (answers_for(policy, domain)) return false;
  if (mail::literal_address(domain)) return true;
  if (mail::is_at_or_below_unregistrable(domain)) return false;
  return mail::is_domain_name(domain) && mail::is_registrable_or_below(domain);
}

bool is_deliverable(std::string_view address) {
  const auto local = part_of(address, Part::local);
  const auto domain = part_of(address, Part::domain);
  return !local.empty() && local.front() != '-' &&
         (mail::is_domain_name(domain) || mail::literal_address(domain));
}

bool finds(const Policy& policy, const Wanted& wanted, std::string_view text) {
  const auto match = find(policy.tables, policy.lookups.at(wanted.lookup), text);
  return match && match->row.result == wanted.result;
}

bool is_below_one_of(const NameList& names, std::string_view name) {
  const auto parents = mail::name_and_parents(name);
  return std::ranges::any_of(parents,
                             [&](const std::string& parent) { return names.contains(parent); });
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return byte >= ' ' && byte <= '~'; });
}

bool is_word(std::string_view text) {
  return is_printable(text) && !text.empty() && text.front() != ' ' && text.back() != ' ';
}

bool reads_back(const std::function<std::optional<std::string>(std::string_view)>& read,
                const Addresses& addresses, std::string_view text) {
  if (!is_printable(text)) return false;
  return !read || !addresses.spell || read(addresses.spell(text)) == text;
}

bool is_header(std::string_view line) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  return colon != std::string_view::npos && !name.empty() && is_printable(line) &&
         name.find(' ') == std::string_view::npos;
}

}  // namespace

bool meets(const Policy& policy, const Wanted& wanted, std::string_view rewritten_text) {
  const auto text = part_of(rewritten_text, wanted.subject.part);
  switch (wanted.kind) {
    case Wanted::Kind::present:
      return wanted.holds;
    case Wanted::Kind::finds:
      return finds(policy, wanted, text) == wanted.holds;
    case Wanted::Kind::outside:
      return is_outside(policy, domain_in(wanted.subject, text)) == wanted.holds;
    case Wanted::Kind::deliverable:
      return is_deliverable(text) == wanted.holds;
  }
  return false;
}

bool meets_as_sent(const Policy& policy, const Wanted& wanted,
                   const std::optional<std::string>& text) {
  if (!text) return !wanted.holds;
  if (wanted.subject.via.empty()) return meets(policy, wanted, *text);
  return meets(policy, wanted, rewritten(policy, *text, wanted.subject.via));
}

Ownership ownership(const Policy& policy, Field field, std::string_view text) {
  if (field != Field::client_name) return Ownership::strangers;
  if (!mail::is_registrable_or_below(text)) return Ownership::impossible;
  if (answers_for(policy, text)) {
    return policy.lets_strangers_own_names ? Ownership::somebodys : Ownership::impossible;
  }
  return is_below_one_of(policy.owned_names, text) ? Ownership::somebodys : Ownership::strangers;
}

bool can_be_sent(const Policy& policy, Field field, std::string_view text) {
  switch (field) {
    case Field::client_name:
    case Field::reverse_name:
      return mail::is_domain_name(text);
    case Field::helo:
    case Field::user:
      return is_word(text);
    case Field::sender:
      return reads_back(policy.addresses.read_sender, policy.addresses, text);
    case Field::recipient:
      return !text.empty() && reads_back(policy.addresses.read_recipient, policy.addresses, text);
    case Field::header:
      return is_header(text);
  }
  return false;
}

bool arrives(const Policy& policy, Field field, std::string_view address) {
  const auto& addresses = policy.addresses;
  return !addresses.before_reading ||
         read_address(addresses, field, addresses.spell(address)) == address;
}

}  // namespace relayproof::policy
