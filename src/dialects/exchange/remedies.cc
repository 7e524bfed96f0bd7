#include "dialects/exchange/remedies.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dialects/exchange/config.h"
#include "dialects/exchange/domains.h"
#include "dialects/exchange/export_writer.h"
#include "dialects/exchange/recognise.h"
#include "dialects/exchange/rights.h"
#include "mail/ip_set.h"

namespace relayproof::exchange {
namespace {

using dialects::Remedy;

constexpr std::string_view relay_right = "ms-Exch-SMTP-Accept-Any-Recipient";

struct Mechanism {
  unsigned flag;
  std::string_view name;
};
constexpr std::array<Mechanism, 5> mechanisms = {{{tls, "Tls"},
                                                  {integrated, "Integrated"},
                                                  {basic_auth, "BasicAuth"},
                                                  {basic_auth_require_tls, "BasicAuthRequireTLS"},
                                                  {exchange_server, "ExchangeServer"}}};

std::string names_of(unsigned flags) {
  std::string names;
  for (const auto& each : mechanisms) {
    if ((flags & each.flag) != 0) names += (names.empty() ? "" : ", ") + std::string(each.name);
  }
  return names.empty() ? "None" : names;
}

class Proposals {
 public:
  Proposals(const FileSystem& files, Export all, const dialects::RemedyRequest& request)
      : files_(files), all_(std::move(all)), request_(request) {}

  std::vector<Remedy> run() {
    for (std::size_t i = 0; i < all_.domains.size(); ++i) {
      if (claims_others(all_.domains[i])) remove_domain(i);
    }
    for (std::size_t i = 0; i < all_.connectors.size(); ++i) {
      const auto& connector = all_.connectors[i];
      const AccessList access(all_, connector);
      const bool secured = (connector.mechanisms & external_authoritative) != 0;
      const auto principal = secured ? Principal::externally_secured : Principal::anonymous;
      const bool relays = access.grant(principal, Right::any_recipient).holds != Truth::no &&
                          access.grant(principal, Right::submit).holds != Truth::no;
      if (!connector.enabled || !relays) continue;
      if (secured) drop_mechanism(i);
      if (access.is_known() && !secured) take_right_away(i, access, principal);
      narrow(i);
      disable(i);
    }
    return std::move(found_);
  }

 private:
  // Both files of the change are written anew, whatever their format was.
  void propose(const Export& after, const std::vector<std::string>& files, std::string says,
               std::vector<std::string> commands, unsigned cost, std::string asks = {}) {
    Remedy remedy;
    remedy.says = std::move(says);
    remedy.cost = cost;
    remedy.asks = std::move(asks);
    for (const auto& file : files) {
      const auto old = files_.read(file);
      if (!old) return;
      remedy.edits.push_back({file, 0, (*old)->size(), write_file(after, file)});
    }
    for (const auto& command : commands) {
      if (command.empty()) return;
      remedy.rehearsal.push_back(command + " -WhatIf");
      remedy.commands.push_back(command);
    }
    found_.push_back(std::move(remedy));
  }

  // Empty if the connector's name cannot be a word of a command.
  static std::string about(std::string_view verb, const Connector& connector,
                           const std::string& rest) {
    const auto name = powershell_quote(connector.identity());
    if (name.empty() || rest.empty()) return {};
    return std::string(verb) + " -Identity " + name + ' ' + rest;
  }

  void remove_domain(std::size_t index) {
    const auto& domain = all_.domains[index];
    auto after = all_;
    after.domains.erase(after.domains.begin() + static_cast<std::ptrdiff_t>(index));
    std::vector<std::string> commands;
    if (domain.is_default) {
      const auto other =
          std::find_if(after.domains.begin(), after.domains.end(),
                       [](const AcceptedDomain& each) { return !claims_others(each); });
      if (other == after.domains.end()) return;
      other->is_default = true;
      const auto name = powershell_quote(other->identity);
      if (name.empty()) return;
      commands.push_back("Set-AcceptedDomain -Identity " + name + " -MakeDefault $true");
    }
    // Proof needs a domain that is left: without any nothing is known of them.
    if (after.domains.empty()) return;
    const auto name = powershell_quote(domain.identity);
    if (name.empty()) return;
    commands.push_back("Remove-AcceptedDomain -Identity " + name);
    propose(after, {domain.place.where.file}, "remove the accepted domain " + domain.identity,
            std::move(commands), 1);
  }

  static bool is_for(const Permission& permission, Principal principal) {
    const auto of = principal_of(permission.sid.empty() ? permission.user : permission.sid);
    return of == principal || of == Principal::unclear;
  }

  void take_right_away(std::size_t index, const AccessList& access, Principal principal) {
    const auto& connector = all_.connectors[index];
    auto after = all_;
    std::vector<std::string> commands;
    std::vector<std::string> files;
    bool needs_denial = false;
    std::string user;
    for (const auto* entry : access.entries()) {
      const auto& rights = entry->rights;
      const bool named =
          std::find(rights.begin(), rights.end(), name_of(Right::any_recipient)) != rights.end();
      if (entry->denies || !is_for(*entry, principal)) continue;
      if (!named && !entry->has_all_rights && !entry->cut_off) continue;
      user = entry->user;
      if (entry->is_inherited || !named) {
        needs_denial = true;
        continue;
      }
      auto& changed =
          after.permissions.at(static_cast<std::size_t>(entry - all_.permissions.data()));
      std::erase(changed.rights, name_of(Right::any_recipient));
      files.push_back(entry->place.where.file);
      commands.push_back(about("Remove-ADPermission", connector, right_of(entry->user)));
    }
    if (needs_denial) deny(connector, user, after, commands, files);
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    if (commands.empty()) return;
    propose(after, files, "take the right to relay at " + connector.title() + " from " + user,
            std::move(commands), 1);
  }

  static std::string right_of(const std::string& user) {
    const auto name = powershell_quote(user);
    if (name.empty()) return {};
    return "-User " + name + " -ExtendedRights '" + std::string(relay_right) + '\'';
  }

  // What is inherited, or a part of more, is not taken away here but denied.
  void deny(const Connector& connector, const std::string& user, Export& after,
            std::vector<std::string>& commands, std::vector<std::string>& files) const {
    const auto same = std::find_if(all_.permissions.begin(), all_.permissions.end(),
                                   [&](const Permission& each) { return each.user == user; });
    auto denial = *same;
    denial.connector = connector.id;
    denial.denies = true;
    denial.is_inherited = false;
    denial.has_all_rights = false;
    denial.cut_off = false;
    denial.rights = {std::string(name_of(Right::any_recipient))};
    files.push_back(denial.place.where.file);
    after.permissions.push_back(std::move(denial));
    const auto rest = right_of(user);
    commands.push_back(about("Add-ADPermission", connector, rest.empty() ? rest : rest + " -Deny"));
  }

  void drop_mechanism(std::size_t index) {
    const auto& connector = all_.connectors[index];
    auto after = all_;
    auto& changed = after.connectors[index];
    changed.mechanisms &= ~static_cast<unsigned>(external_authoritative);
    propose(after, {connector.place.where.file},
            "take ExternalAuthoritative from " + connector.title(),
            {about("Set-ReceiveConnector", connector,
                   "-AuthMechanism " + names_of(changed.mechanisms))},
            2);
  }

  // What of the ranges is inside, and what is said to relay by right.
  void narrow(std::size_t index) {
    const auto& connector = all_.connectors[index];
    auto after = all_;
    auto& ranges = after.connectors[index].ranges;
    std::erase_if(ranges, [](const RemoteRange& range) {
      return !(range.clients & mail::globally_routable()).empty();
    });
    for (const auto& network : request_.networks) {
      const auto clients = mail::IpSet::of(network);
      if (clients.is_subset_of(mail::loopback())) continue;
      ranges.push_back(
          {network.address.to_string() + '/' + std::to_string(network.prefix), clients});
    }
    if (ranges.empty() || connector.ranges_cut_off) return;
    std::string list;
    for (const auto& range : ranges)
      list += (list.empty() ? "" : ",") + powershell_quote(range.text);
    propose(after, {connector.place.where.file},
            "narrow the RemoteIPRanges of " + connector.title(),
            {about("Set-ReceiveConnector", connector, "-RemoteIPRanges " + list)}, 2);
  }

  void disable(std::size_t index) {
    const auto& connector = all_.connectors[index];
    auto after = all_;
    after.connectors[index].enabled = false;
    propose(after, {connector.place.where.file}, "switch off " + connector.title(),
            {about("Set-ReceiveConnector", connector, "-Enabled $false")}, 6,
            "whoever sends through " + connector.title() + " as he should");
  }

  const FileSystem& files_;
  Export all_;
  const dialects::RemedyRequest& request_;
  std::vector<Remedy> found_;
};

}  // namespace

std::string powershell_quote(std::string_view text) {
  // PowerShell takes typographic quotes for quotes, too (U+2018 to U+201B).
  constexpr std::array<std::string_view, 5> quotes = {"'", "\xE2\x80\x98", "\xE2\x80\x99",
                                                      "\xE2\x80\x9A", "\xE2\x80\x9B"};
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '\\', '/');
  if (text.empty() || escape_foreign(plain) != plain) return {};
  std::string quoted = "'";
  for (std::size_t at = 0; at < text.size();) {
    const auto* const quote =
        std::find_if(quotes.begin(), quotes.end(),
                     [&](std::string_view each) { return text.substr(at).starts_with(each); });
    const auto length = quote == quotes.end() ? 1 : quote->size();
    quoted += text.substr(at, length);
    if (quote != quotes.end()) quoted += *quote;
    at += length;
  }
  return quoted + '\'';
}

std::vector<Remedy> remedies(const FileSystem& files, const std::string& path,
                             const dialects::Host&, const dialects::RemedyRequest& request) {
  auto all = read(files, path);
  if (!all) return {};
  return Proposals(files, std::move(*all), request).run();
}

}  // namespace relayproof::exchange
