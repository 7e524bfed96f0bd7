#include "dialects/sendmail/route_tables.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/sendmail/class_names.h"

namespace relayproof::sendmail {

using policy::ConditionId;
using policy::Fate;
using policy::Field;
using policy::Part;

namespace {

constexpr std::string_view copies_local = "%1@";

bool is_error(std::string_view value) { return starts_with_ignoring_case(value, "error:"); }

// A domain that the client would choose: `%1` behind the @. None of the real ones do.
bool chooses_domain(std::string_view value) {
  const auto at = value.find('@');
  return at != std::string_view::npos && value.find('%', at) != std::string_view::npos;
}

policy::Effect mailer_effect(std::string_view value, RouteTables::Ask ask) {
  if (ask == RouteTables::Ask::errors) {
    if (!is_error(value)) return policy::Nothing{};
    return policy::Refuse{{access_error_code(value), ""}};
  }
  if (is_error(value)) return policy::End{Fate::dropped};
  const bool here = starts_with_ignoring_case(value, "local:");
  return policy::End{here ? Fate::local : Fate::handed_on};
}

}  // namespace

ConditionId RouteTables::is_virtual() {
  const auto domain = subject_of(Field::recipient, Part::domain);
  const auto below = scope_.has(Feature::virtuser_entire_domain) ? Below::counts : Below::none;
  std::vector<ConditionId> any = {recipients_.is_local};
  if (const auto hosts = lower_class(builder_, scope_.config.class_of("VirtHost"), below)) {
    any.push_back(builder_.finds(*hosts, domain));
  }
  return builder_.any(std::move(any));
}

std::optional<std::uint32_t> RouteTables::virtual_users(Ask ask, policy::ListId then) {
  const auto& use = scope_.config.virtusertable;
  if (!use) return std::nullopt;
  const auto text = scope_.files.read(use->source);
  if (use->source.empty() || !text) {
    if (ask == Ask::targets) {
      scope_.notes.push_back(
          {use->place, "its rows are not here: where your own mail is forwarded is not known",
           false});
    }
    return std::nullopt;
  }
  policy::Table table;
  table.name = "virtusertable";
  table.file = use->source;
  table.storage.push_back(*text);
  for (const auto& row : parse_map(**text).rows) {
    if (chooses_domain(row.value) && ask == Ask::targets) {
      scope_.notes.push_back({{{use->source, row.line, 1}, std::string(row.value)},
                              "the recipient chooses the domain",
                              true});
    }
    add(table, row, ask, then);
  }
  return builder_.lookup(
      {{builder_.table(std::move(table))},
       {policy::Key::whole, policy::Key::without_extension, policy::Key::at_domain},
       "+"});
}

// `%1@example.org` is told as `@example.org`: the local part stays.
void RouteTables::add(policy::Table& table, const MapRow& row, Ask ask, policy::ListId then) {
  policy::Effect effect = policy::RewriteAsRow{then, false};
  if (ask == Ask::targets && is_error(row.value)) effect = policy::End{Fate::dropped};
  if (ask == Ask::errors) {
    effect = is_error(row.value) ? policy::Effect(policy::Refuse{{550, ""}})
                                 : policy::Effect(policy::Permit{});
  }
  auto value = row.value;
  if (value.starts_with(copies_local)) value.remove_prefix(copies_local.size() - 1);
  const auto key = std::make_shared<const std::string>(to_lower(row.key));
  if (table.literals.try_emplace(*key, {builder_.result(effect), row.line, value}).second) {
    table.storage.push_back(key);
  }
}

void RouteTables::mailers(policy::ListId list, Ask ask) {
  const auto& use = scope_.config.mailertable;
  const auto text =
      use ? scope_.files.read(use->source) : Result<std::shared_ptr<const std::string>>{};
  if (!use || use->source.empty() || !text) return;
  policy::Table table;
  table.name = "mailertable";
  table.file = use->source;
  table.storage.push_back(*text);
  std::optional<policy::Effect> otherwise;
  for (const auto& row : parse_map(**text).rows) {
    const auto effect = mailer_effect(row.value, ask);
    if (row.key == ".") {
      otherwise = effect;
      continue;
    }
    const auto key = std::make_shared<const std::string>(to_lower(row.key));
    if (table.literals.try_emplace(*key, {builder_.result(effect), row.line, row.value}).second) {
      table.storage.push_back(key);
    }
  }
  const auto origin = scope_.origin(Feature::mailertable);
  const auto domain = subject_of(Field::recipient, Part::domain);
  const auto elsewhere = builder_.all({builder_.negation(recipients_.is_local),
                                       builder_.negation(builder_.matches("^\\[", domain))});
  const auto lookup = builder_.lookup({{builder_.table(std::move(table))},
                                       {policy::Key::whole, policy::Key::dotted_host_parents},
                                       ""});
  builder_.rule_by_row(list, elsewhere, {lookup, domain}, origin, "mailertable");
  if (!otherwise) return;
  const auto found = builder_.finds(lookup, domain);
  builder_.rule(list, builder_.all({elsewhere, builder_.negation(found)}), *otherwise, origin,
                "mailertable .");
}

std::optional<std::uint32_t> RouteTables::aliases(policy::ListId then) {
  policy::Lookup lookup{{}, {policy::Key::local, policy::Key::local_without_extension}, "+"};
  const auto result = builder_.result(policy::RewriteAsRow{then, false});
  for (const auto& use : scope_.config.aliases) {
    const auto text = scope_.files.read(use.source);
    if (!text) continue;
    policy::Table table;
    table.name = "aliases";
    table.file = use.source;
    for (auto& row : parse_aliases(**text)) {
      const auto key = std::make_shared<const std::string>(std::move(row.key));
      const auto value = std::make_shared<const std::string>(std::move(row.value));
      table.storage.push_back(value);
      if (table.literals.try_emplace(*key, {result, row.line, *value}).second) {
        table.storage.push_back(key);
      }
    }
    lookup.tables.push_back(builder_.table(std::move(table)));
  }
  if (lookup.tables.empty()) return std::nullopt;
  return builder_.lookup(lookup);
}

}  // namespace relayproof::sendmail
