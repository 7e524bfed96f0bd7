#include "dialects/postfix/findings_context.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "dialects/postfix/domain_lists.h"

namespace relayproof::postfix {
namespace {

// Classes can name each other; smtpd gives up after a hundred rounds.
constexpr int deepest_class = 10;

bool is_loopback_only(const Addresses& at) {
  return at.complete && !at.addresses.empty() &&
         std::all_of(at.addresses.begin(), at.addresses.end(),
                     [](const mail::IpAddress& address) { return address.is_loopback(); });
}

// What stands in the table's name has no place of its own.
SourceRange row_at(const TableText& text, std::uint32_t line) {
  return text.file.empty() ? SourceRange{} : SourceRange{text.file, line, 1};
}

bool see_patterns(const PatternTable& table, const std::function<bool(const TableRow&)>& see) {
  for (const auto& row : table.rows) {
    if (row.op != PatternRow::Op::match) continue;
    const TableRow seen{row.pattern.text, row.text, row_at(*table.text, row.line), &row,
                        nullptr,          false};
    if (!see(seen)) return false;
  }
  return true;
}

bool see_networks(const CidrTable& table, const std::function<bool(const TableRow&)>& see) {
  for (const auto& row : table.rows) {
    if (row.op != CidrRow::Op::match) continue;
    const TableRow seen{{}, row.result, row_at(*table.text, row.line), nullptr, &row, false};
    if (!see(seen)) return false;
  }
  return true;
}

bool see_all(const Table& table, const std::function<bool(const TableRow&)>& see) {
  if (table.standing != Standing::read || table.name.table_class == TableClass::chain) return true;
  for (const auto& part : table.parts) {
    if (!see_all(part, see)) return false;
  }
  for (const auto& value : table.values) {
    if (!see({{}, value, {}, nullptr, nullptr, true})) return false;
  }
  if (table.rows) {
    for (const auto& row : table.rows->rows) {
      const SourceRange where =
          table.file.empty() ? SourceRange{} : SourceRange{table.file, row.line, 1};
      if (!see({row.key, row.value, where, nullptr, nullptr, false})) return false;
    }
  }
  if (table.cidr && !see_networks(*table.cidr, see)) return false;
  return !table.patterns || see_patterns(*table.patterns, see);
}

}  // namespace

void for_each_row(const Table& table, const std::function<bool(const TableRow&)>& see) {
  see_all(table, see);
}

bool applies_to_all(const TableRow& row) {
  if (row.is_every) return true;
  if (row.network != nullptr) return row.network->network.prefix == 0 && !row.network->negated;
  if (row.pattern == nullptr || row.pattern->pattern.negated || row.pattern->also) return false;
  constexpr std::array<std::string_view, 12> everything{"",    "^",   "$",    ".",  ".*",   ".+",
                                                        "^.*", ".*$", "^.*$", "^.", "^.+$", "(.*)"};
  return std::find(everything.begin(), everything.end(), row.pattern->pattern.text) !=
         everything.end();
}

FindingContext::FindingContext(const Config& config, TableShelf& shelf)
    : builder_(scratch_), shared_{builder_, shelf, config, {}, {}, {}, {}, {}, {}} {
  for (const auto& service : config.services()) {
    if (!service.is_disabled && service.type == Service::Type::inet) add_smtpd(service);
  }
}

void FindingContext::add_smtpd(const Service& inet) {
  const Service* smtpd = &inet;
  if (inet.command == "postscreen") {
    smtpd =
        config().service(config().effective(inet, "smtpd_service_name").text, Service::Type::pass);
  }
  if (smtpd == nullptr || smtpd->command != "smtpd") return;
  smtpds_.push_back(
      {ServiceLowering(shared_, *smtpd), is_loopback_only(config().listens_at(inet))});
}

std::vector<MetRestriction> FindingContext::items(const Smtpd& smtpd, ListKind kind) const {
  const auto value = smtpd.values.value(to_string(kind));
  std::vector<MetRestriction> met;
  collect(smtpd, parse_restrictions(value.text, kind, version()), value, 0, met);
  return met;
}

void FindingContext::collect(const Smtpd& smtpd, const RestrictionList& list, const Value& value,
                             int depth, std::vector<MetRestriction>& to) const {
  for (const auto& item : list.items) {
    if (item.kind == Restriction::Kind::named && depth < deepest_class) {
      if (const auto* known = smtpd.values.find_class(item.name)) {
        collect(smtpd, known->list, known->value, depth + 1, to);
        continue;
      }
    }
    to.push_back({item, value.locate(item.offset)});
  }
}

SourceRange FindingContext::place(const Value& value) const {
  if (value.setting->is_default()) return {config().main_cf(), 0, 0};
  return value.locate(0);
}

bool FindingContext::is_own(std::string_view domain) const {
  if (own_.empty()) {
    for (const auto* list :
         {"mydestination", "relay_domains", "virtual_alias_domains", "virtual_mailbox_domains"}) {
      own_.push_back(domain_oracle(shared_.shelf, list));
    }
  }
  return std::any_of(own_.begin(), own_.end(), [&](const auto& claims) { return claims(domain); });
}

void FindingContext::add(std::string_view code, Severity severity, const SourceRange& where,
                         std::string says, std::string remedy) {
  findings_.push_back({std::string(code), severity, where, std::move(says), std::move(remedy)});
}

std::vector<Finding> FindingContext::take() {
  // Several services share the lines of main.cf: one place, one finding.
  std::map<std::tuple<std::string, std::string, std::size_t, std::size_t>, Finding> worst;
  for (auto& finding : std::exchange(findings_, {})) {
    const auto key =
        std::make_tuple(finding.code, finding.where.file, finding.where.line, finding.where.column);
    const auto [at, is_new] = worst.emplace(key, finding);
    if (!is_new && at->second.severity < finding.severity) at->second = std::move(finding);
  }
  std::vector<Finding> all;
  for (auto& [key, finding] : worst) all.push_back(std::move(finding));
  return all;
}

}  // namespace relayproof::postfix
