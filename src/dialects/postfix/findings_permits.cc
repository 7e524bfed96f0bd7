#include "dialects/postfix/findings_permits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/findings_names.h"

namespace relayproof::postfix {
namespace {

using Find = std::optional<Permit> (*)(FindingContext&, const Smtpd&, const MetRestriction&);

bool permits(FindingContext& context, const TableRow& row) {
  const auto* holes = row.pattern == nullptr ? nullptr : &row.pattern->result;
  const auto action = parse_access_result(row.result, holes, context.version());
  if (action.kind == AccessAction::Kind::permit) return true;
  if (action.kind != AccessAction::Kind::restrictions) return false;
  const auto list = parse_restrictions(action.text, std::nullopt, context.version());
  return !list.items.empty() && list.items.front().word != nullptr &&
         list.items.front().word->is == Is::permit;
}

std::string describe(const TableRow& row) {
  if (row.pattern != nullptr) return fmt::format("/{}/", row.key);
  return std::string(row.key);
}

SourceRange place_of(const TableRow& row, const MetRestriction& met) {
  return row.where.line == 0 ? met.where : row.where;
}

Permit of_everybody(const TableRow& row, const MetRestriction& met) {
  return {"RP2018", Severity::high, place_of(row, met),
          fmt::format("{} {} permits whatever it is asked ({}), in front of the gate",
                      met.item.name, met.item.argument, row.result),
          "answer DUNNO, or move it behind reject_unauth_destination"};
}

/// The client can say this itself, or give its host that name.
bool is_forgeable(Subject subject, const TableRow& row) {
  switch (subject) {
    case Subject::helo:
    case Subject::sender:
    case Subject::reverse_client:
      return true;
    case Subject::recipient:
      return row.pattern == nullptr && row.key.ends_with('@');
    case Subject::client:
      return is_foreign_host(row);
    case Subject::session:
    case Subject::etrn:
      break;
  }
  return false;
}

std::string_view what_is_asked(Subject subject) {
  constexpr std::array<std::string_view, 7> names{
      "the session",
      "a client's name that others can give their hosts",
      "a name of the client that nobody confirmed",
      "the HELO name, which clients choose",
      "the sender's address, which clients choose",
      "a local part, whatever the domain behind it",
      "an ETRN name"};
  return names[static_cast<std::size_t>(subject)];
}

std::optional<Permit> in_table(FindingContext& context, const Smtpd&, const MetRestriction& met) {
  if (!met.item.table || met.item.word->no_ok) return std::nullopt;
  const auto subject = met.item.word->subject;
  if (subject == Subject::session) return std::nullopt;  // a certificate, a login: they are proof
  std::optional<Permit> found;
  for_each_row(*context.shelf().open(*met.item.table), [&](const TableRow& row) {
    const bool for_all = applies_to_all(row);
    if ((found && !for_all) || !permits(context, row)) return true;
    if (for_all) {
      found = of_everybody(row, met);
      return false;
    }
    if (!is_forgeable(subject, row)) return true;
    found = Permit{"RP2002", Severity::high, place_of(row, met),
                   fmt::format("{} {} for {} permits by {}", met.item.name, row.result,
                               describe(row), what_is_asked(subject)),
                   "remove the row, or move the check behind reject_unauth_destination"};
    return true;
  });
  return found;
}

std::optional<Permit> naked_address(FindingContext& context, const Smtpd&,
                                    const MetRestriction& met) {
  if (met.item.word->removed && context.version() >= *met.item.word->removed) return std::nullopt;
  return Permit{"RP2002", Severity::high, met.where,
                fmt::format("{} permits whoever says an address in HELO", met.item.name),
                "remove it"};
}

std::optional<Permit> mx_backup(FindingContext&, const Smtpd& smtpd, const MetRestriction& met) {
  const bool anywhere = smtpd.values.value("permit_mx_backup_networks").text.empty();
  return Permit{"RP2009", anywhere ? Severity::high : Severity::medium, met.where,
                anywhere ? "permit_mx_backup takes mail for every domain whose owner names this "
                           "host in an MX record"
                         : "permit_mx_backup takes mail for every domain whose MX records name "
                           "this host and a primary in permit_mx_backup_networks",
                "list the domains in relay_domains and their recipients in relay_recipient_maps"};
}

/// Trust in every authority that anybody can buy from.
std::optional<std::string> public_authorities(const Smtpd& smtpd) {
  constexpr std::array<std::string_view, 6> places{"/etc/ssl/certs", "ca-certificates",
                                                   "ca-bundle",      "cacert.pem",
                                                   "/etc/pki/tls",   "/usr/share/ssl"};
  for (const auto* name : {"smtpd_tls_CAfile", "smtpd_tls_CApath"}) {
    const auto text = smtpd.values.value(name).text;
    const bool is_public = std::any_of(places.begin(), places.end(), [&](std::string_view place) {
      return text.find(place) != std::string::npos;
    });
    // A single authority's file can lie in /etc/ssl/certs, too.
    const bool single = text.starts_with("/etc/ssl/certs/") &&
                        text.find("ca-certificates") == std::string::npos &&
                        text.find("ca-bundle") == std::string::npos &&
                        text.size() > std::string_view("/etc/ssl/certs/").size();
    if (is_public && !single) return fmt::format("{} = {}", name, text);
  }
  if (smtpd.values.is_on("tls_append_default_CA")) return "tls_append_default_CA = yes";
  return std::nullopt;
}

std::optional<Permit> any_certificate(FindingContext&, const Smtpd& smtpd,
                                      const MetRestriction& met) {
  if (!smtpd.values.asks_for_certificate()) return std::nullopt;
  const auto trusted = public_authorities(smtpd);
  if (!trusted) return std::nullopt;
  return Permit{"RP3006", Severity::high, met.where,
                fmt::format("permit_tls_all_clientcerts permits every certificate of authorities "
                            "that sell to anybody ({})",
                            *trusted),
                "use permit_tls_clientcerts with relay_clientcerts, or an authority of your own"};
}

struct Kind {
  Is is;
  Find find;
};
constexpr Kind kinds[] = {
    {Is::permit_naked_ip_address, naked_address},
    {Is::permit_mx_backup, mx_backup},
    {Is::permit_tls_all_clientcerts, any_certificate},
};

}  // namespace

std::optional<Permit> careless_permit(FindingContext& context, const Smtpd& smtpd,
                                      const MetRestriction& met) {
  if (met.item.word->effect == Effect::table) return in_table(context, smtpd, met);
  const auto* kind = std::find_if(std::begin(kinds), std::end(kinds),
                                  [&](const Kind& each) { return each.is == met.item.word->is; });
  return kind == std::end(kinds) ? std::nullopt : kind->find(context, smtpd, met);
}

}  // namespace relayproof::postfix
