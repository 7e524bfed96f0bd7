#include "dialects/opensmtpd/tables.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/networks.h"
#include "patterns/pattern.h"

namespace relayproof::opensmtpd {
namespace {

using policy::ConditionId;
using policy::Key;

// More networks than that are one cause together.
constexpr std::size_t most_causes = 200;

// How an address is asked for: mailaddr_match() of util.c.
std::vector<Key> address_keys() {
  return {Key::whole, Key::without_extension, Key::local, Key::local_without_extension,
          Key::at_domain};
}

bool is_catch_all(std::string_view row) { return row == "@"; }

// The key as it is asked for: in lower case.
std::string_view folded(std::string_view key, policy::Table& to) {
  const bool has_upper =
      std::any_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!has_upper) return key;
  to.storage.push_back(std::make_shared<const std::string>(to_lower(key)));
  return *to.storage.back();
}

}  // namespace

Tables::Tables(const Config& config, PolicyBuilder& builder)
    : config_(config), builder_(builder), found_(builder.result(policy::Nothing{})) {}

std::string Tables::told(TableId id) const {
  const auto& table = this->table(id);
  if (table.name.empty()) return "a list in a rule";
  return "table " + table.name + " (" + table.place.text.substr(table.place.text.rfind(' ') + 1) +
         ")";
}

ConditionId Tables::hidden(TableId id, policy::Question::Power power,
                           const std::vector<policy::Subject>& about, std::string_view says) {
  policy::Question question;
  question.name = told(id);
  question.origin = builder_.origin(table(id).place, table(id).name);
  question.power = power;
  question.says = says;
  return builder_.unknown(std::move(question), about);
}

// Of addresses, either those of a domain or, with `users`, the users of any domain: asked for
// together, a local part that looks like an address would find one of the former.
policy::Table Tables::literal_rows(TableId id, Ask ask, bool users) const {
  const auto& from = table(id);
  policy::Table to;
  to.name = told(id);
  to.file = from.file;
  to.storage = from.storage;
  for (const auto& row : from.rows) {
    if (ask == Ask::name && has_wildcard(row.key)) continue;
    if (ask == Ask::address) {
      if (has_wildcard(row.key.substr(std::min(row.key.rfind('@'), row.key.size())))) continue;
      if (is_catch_all(row.key)) continue;
    }
    // `user@` is a user of any domain.
    const bool any_domain = ask == Ask::address &&
                            (row.key.ends_with('@') || row.key.find('@') == std::string_view::npos);
    if (any_domain != users || (any_domain && config_.is_old())) continue;
    const auto key =
        row.key.ends_with('@') && users ? row.key.substr(0, row.key.size() - 1) : row.key;
    to.literals.try_emplace(folded(key, to), policy::Row{found_, row.line, row.value});
  }
  return to;
}

void Tables::add_pattern(policy::Table& to, const std::string& text, const Row& row) const {
  patterns::Options options;
  options.ignore_case = true;
  auto pattern = patterns::Pattern::compile(text, patterns::Flavour::posix_extended, options);
  if (!pattern) return;
  to.patterns.push_back({std::move(*pattern), false, {}, {}, {found_, row.line, row.value}});
}

policy::Table Tables::pattern_rows(TableId id, Ask ask, bool regex) const {
  const auto& from = table(id);
  policy::Table to;
  to.name = told(id);
  to.file = from.file;
  to.storage = from.storage;
  for (const auto& row : from.rows) {
    if (regex) {
      if (const auto pattern = regex_pattern(row.key)) add_pattern(to, *pattern, row);
    } else if (ask == Ask::name && has_wildcard(row.key)) {
      add_pattern(to, name_pattern(row.key), row);
    } else if (ask == Ask::address && is_catch_all(row.key)) {
      add_pattern(to, "", row);
    } else if (ask == Ask::address && row.key.find('@') != std::string_view::npos &&
               has_wildcard(row.key.substr(row.key.rfind('@')))) {
      add_pattern(to, address_pattern(row.key, style()), row);
    }
  }
  return to;
}

void Tables::add_lookup(std::vector<std::uint32_t>& to, policy::Table rows, std::vector<Key> keys) {
  if (rows.literals.empty() && rows.patterns.empty()) return;
  policy::Lookup lookup;
  lookup.tables = {builder_.table(std::move(rows))};
  lookup.keys = std::move(keys);
  lookup.extension_delimiters = std::string(1, config_.delimiter);
  to.push_back(builder_.lookup(std::move(lookup)));
}

std::vector<std::uint32_t> Tables::lookups_of(TableId id, Ask ask, bool regex) {
  const auto key =
      std::to_string(id) + '.' + std::to_string(static_cast<int>(ask)) + (regex ? "regex" : "");
  const auto [found, is_new] = lookups_.try_emplace(key);
  if (!is_new) return found->second;
  auto& lookups = found->second;
  if (!regex && ask == Ask::address) {
    add_lookup(lookups, literal_rows(id, ask, false),
               {Key::whole, Key::without_extension, Key::at_domain});
    add_lookup(lookups, literal_rows(id, ask, true), {Key::local, Key::local_without_extension});
  } else if (!regex) {
    add_lookup(lookups, literal_rows(id, ask, false), {Key::whole});
  }
  add_lookup(lookups, pattern_rows(id, ask, regex), {Key::whole});
  return lookups;
}

ConditionId Tables::finds(TableId id, Ask ask, bool regex, const policy::Subject& subject,
                          bool owners) {
  using Power = policy::Question::Power;
  if (table(id).standing != Table::Standing::read) {
    return hidden(id, owners ? Power::premise : Power::any, {subject},
                  owners ? "lists only what is yours" : "its rows are not in the configuration");
  }
  std::vector<ConditionId> found;
  for (const auto lookup : lookups_of(id, ask, regex)) {
    found.push_back(builder_.finds(lookup, subject));
  }
  return builder_.any(std::move(found));
}

ConditionId Tables::finds_sender(TableId id, bool regex) {
  const auto sender = subject_of(policy::Field::sender);
  const auto listed = finds(id, Ask::address, regex, sender, false);
  const auto none = has(id, Ask::address, regex, "@");
  if (!none) return listed;
  const auto named = builder_.matches(".", sender);
  return builder_.any({builder_.all({named, listed}),
                       builder_.all({builder_.negation(named), builder_.constant(*none)})});
}

ConditionId Tables::client_in(TableId id, bool regex) {
  const auto& from = table(id);
  if (from.standing != Table::Standing::read) {
    return hidden(id, policy::Question::Power::any, {}, "its rows are not in the configuration");
  }
  if (regex) {
    return hidden(id, policy::Question::Power::any, {},
                  "patterns for the text of an address are not followed");
  }
  if (from.rows.size() > most_causes) {
    mail::IpSetBuilder all;
    for (const auto& row : from.rows) {
      if (const auto network = parse_network(row.key)) all.add(*network);
    }
    return builder_.client_in(all.build(), builder_.origin(from.place, from.name));
  }
  std::vector<ConditionId> rows;
  for (const auto& row : from.rows) {
    const auto network = parse_network(row.key);
    if (!network) continue;
    // Each network is a line of its own, so that it can be named as the cause.
    Place place = from.place;
    if (!from.file.empty()) place = {{from.file, row.line, 0}, std::string(row.key)};
    rows.push_back(builder_.client_in(*network, builder_.origin(place, row.key)));
  }
  return builder_.any(std::move(rows));
}

const Tables::Index& Tables::index_of(TableId id, bool regex) const {
  auto [found, is_new] = indices_.try_emplace({id, regex});
  if (!is_new) return found->second;
  auto& index = found->second;
  for (const auto& row : table(id).rows) {
    if (regex) {
      if (auto pattern = compiled_regex(row.key)) index.patterns.push_back(std::move(*pattern));
    } else if (has_wildcard(row.key) || row.key == "@") {
      index.others.push_back(row.key);
    } else {
      const bool any_domain = row.key.ends_with('@') && !config_.is_old();
      index.literals.insert(to_lower(row.key));
      if (any_domain) index.literals.insert(to_lower(row.key.substr(0, row.key.size() - 1)));
    }
  }
  return index;
}

std::optional<bool> Tables::has(TableId id, Ask ask, bool regex, std::string_view text) const {
  if (table(id).standing != Table::Standing::read) return std::nullopt;
  const auto& index = index_of(id, regex);
  const auto lower = to_lower(text);
  if (regex) {
    return std::any_of(index.patterns.begin(), index.patterns.end(),
                       [&](const auto& each) { return each.matches(lower).value_or(false); });
  }
  if (ask == Ask::address) {
    const policy::Lookup keys{{}, address_keys(), std::string(1, config_.delimiter)};
    for (const auto& key : policy::keys_of(keys, lower)) {
      const bool bare = key.find('@') == std::string::npos;
      if (!(bare && config_.is_old()) && index.literals.contains(key)) return true;
    }
  } else if (index.literals.contains(lower)) {
    return true;
  }
  return std::any_of(index.others.begin(), index.others.end(), [&](std::string_view row) {
    if (ask == Ask::name) return matches_name(text, row);
    if (ask == Ask::address) return matches_address(text, row, style());
    return equals_ignoring_case(text, row);
  });
}

}  // namespace relayproof::opensmtpd
