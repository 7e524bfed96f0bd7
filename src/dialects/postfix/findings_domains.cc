// Findings about domains: which are claimed, and where their mail is rewritten to.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/findings_context.h"
#include "dialects/postfix/findings_names.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/match_list.h"

namespace relayproof::postfix {
namespace {

constexpr std::array domain_lists = std::to_array<std::string_view>(
    {"mydestination", "relay_domains", "virtual_alias_domains", "virtual_mailbox_domains"});

void find_untrusted_routing(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    const auto value = smtpd.values.value("allow_untrusted_routing");
    if (smtpd.loopback_only || !to_bool(value.text).value_or(false)) continue;
    context.add("RP2013", Severity::medium, value.locate(0),
                "allow_untrusted_routing = yes takes user%elsewhere@domain from strangers: a "
                "server behind this one may send it on",
                "remove the line");
  }
}

void add_claim(FindingContext& context, std::string_view list, std::string_view text,
               const SourceRange& where, bool with_subdomains) {
  if (text.find('*') != text.npos) {
    context.add(
        "RP2016", Severity::low, where,
        fmt::format("{} in {} is no wildcard: it claims a domain of just that name", text, list),
        "write each domain; subdomains as postconf(5) says for this list");
  } else if ((with_subdomains || text.starts_with('.')) && is_public_suffix(text)) {
    context.add(
        "RP2016", Severity::high, where,
        fmt::format("{} in {} claims every domain below it, which belong to others", text, list),
        "write your own domains");
  }
}

void look_at_claims(FindingContext& context, std::string_view list) {
  const auto value = context.config().effective(list);
  if (value.setting->is_default()) return;
  const auto parsed = parse_match_list(context.shelf().files(), value.text, context.version());
  const bool with_subdomains = parents_match(context.config(), list);
  for (const auto& element : parsed.elements) {
    if (element.negated) continue;
    const auto in_file = parsed.locate(element);
    const auto where = in_file ? *in_file : value.locate(element.column);
    if (element.kind == ListElement::Kind::text) {
      add_claim(context, list, element.text, where, with_subdomains);
    } else if (element.kind == ListElement::Kind::table) {
      const auto& name = parsed.tables[element.table];
      for_each_row(*context.shelf().open(name), [&](const TableRow& row) {
        const auto& at = row.where.line == 0 ? where : row.where;
        if (applies_to_all(row)) {
          context.add("RP2016", Severity::high, at,
                      fmt::format("{} in {} claims every domain there is", name.text, list),
                      "write your own domains");
        } else if (row.pattern == nullptr) {
          add_claim(context, list, row.key, at, with_subdomains);
        }
        return true;
      });
    }
  }
}

void find_claims(FindingContext& context) {
  for (const auto list : domain_lists) look_at_claims(context, list);
}

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == address.npos ? std::string_view() : address.substr(at + 1);
}

/// Sees each row of the tables of a parameter, and where it stands.
template <typename See>
void for_each_row_of(FindingContext& context, std::string_view parameter, See see) {
  const auto value = context.config().effective(parameter);
  for (const auto& name : table_names(value.text, context.version())) {
    for_each_row(*context.shelf().open(name), [&](const TableRow& row) {
      see(row, row.where.line == 0 ? value.locate(name.offset) : row.where);
      return true;
    });
  }
}

void find_forwards(FindingContext& context) {
  for_each_row_of(
      context, "virtual_alias_maps", [&](const TableRow& row, const SourceRange& where) {
        const auto target = trim(row.result);
        const bool copies =
            row.pattern == nullptr && row.key.starts_with('@') && target.starts_with('@');
        if (!copies || target.find_first_of(", \t") != target.npos) return;
        const auto domain = domain_of(target);
        if (context.is_own(domain)) {
          context.add(
              "RP2015", Severity::low, where,
              fmt::format("{} takes every local part for {}: mail to unknown users is accepted "
                          "first and bounced to forged senders later",
                          row.key, target),
              "write one row for each address that exists");
          return;
        }
        context.add("RP2014", Severity::info, where,
                    fmt::format("mail for {} goes on to the same local part at {}, which is not a "
                                "domain of this server",
                                row.key, domain),
                    "nothing, if it is meant: only the domain's owner can point it elsewhere");
      });
}

bool verifies_recipients(FindingContext& context) {
  for (const auto& smtpd : context.smtpds()) {
    for (const auto kind : {ListKind::relay, ListKind::recipient}) {
      const auto items = context.items(smtpd, kind);
      const bool verifies = std::any_of(items.begin(), items.end(), [](const auto& met) {
        return met.item.word != nullptr && met.item.word->is == Is::reject_unverified_recipient;
      });
      if (verifies) return true;
    }
  }
  return false;
}

// Whether the list claims a domain that another list does not claim with recipients of its own.
bool relays_for_others(FindingContext& context, const Value& domains) {
  if (domains.setting->is_default() || trim(domains.text).empty()) return false;
  const auto local = context.config().effective("mydestination");
  return domains.text != local.text;
}

void find_backscatter(FindingContext& context) {
  const auto domains = context.config().effective("relay_domains");
  const auto known = context.config().effective("relay_recipient_maps");
  if (trim(known.text).empty() && relays_for_others(context, domains) &&
      !verifies_recipients(context)) {
    context.add("RP2015", Severity::low, domains.locate(0),
                "mail for any local part of relay_domains is taken, as relay_recipient_maps is "
                "empty: what the next server refuses is bounced to forged senders",
                "list the recipients in relay_recipient_maps, or use reject_unverified_recipient");
  }
  const auto local = context.config().effective("local_recipient_maps");
  if (!local.setting->is_default() && trim(local.text).empty() && !verifies_recipients(context)) {
    context.add("RP2015", Severity::low, local.locate(0),
                "local_recipient_maps is empty: mail for unknown local users is taken first and "
                "bounced to forged senders later",
                "remove the line, or list the recipients");
  }
}

constexpr std::array rewriting_maps = std::to_array<std::string_view>(
    {"virtual_alias_maps", "canonical_maps", "recipient_canonical_maps", "recipient_bcc_maps"});
constexpr std::array header_maps = std::to_array<std::string_view>(
    {"header_checks", "mime_header_checks", "nested_header_checks", "body_checks"});

void add_choice(FindingContext& context, const TableRow& row, const SourceRange& where) {
  context.add("RP2017", Severity::high, where,
              fmt::format("/{}/ {} lets whoever writes the address choose the domain that mail "
                          "goes to",
                          row.key, row.result),
              "write the domain out, or narrow what the group matches to your own domains");
}

void find_chosen_domains(FindingContext& context) {
  for (const auto name : rewriting_maps) {
    for_each_row_of(context, name, [&](const TableRow& row, const SourceRange& where) {
      if (row.pattern != nullptr && lets_client_choose_domain(*row.pattern)) {
        add_choice(context, row, where);
      }
    });
  }
  for (const auto name : header_maps) {
    for_each_row_of(context, name, [&](const TableRow& row, const SourceRange& where) {
      if (row.pattern == nullptr || row.pattern->result.groups == 0) return;
      if (!starts_with_ignoring_case(trim(row.result), "redirect")) return;
      // Without an @ the whole address is what was written.
      const bool whole = row.result.find('@') == row.result.npos;
      if (whole || lets_client_choose_domain(*row.pattern)) add_choice(context, row, where);
    });
  }
}

constexpr Detection detections[] = {
    find_untrusted_routing, find_claims, find_forwards, find_backscatter, find_chosen_domains,
};

}  // namespace

std::span<const Detection> domain_detections() { return detections; }

}  // namespace relayproof::postfix
