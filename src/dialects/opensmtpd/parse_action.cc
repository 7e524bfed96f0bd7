#include <map>
#include <string>

#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

// The words of how it is done, for people.
std::string told(const Parser& parser, std::size_t from) {
  const auto& text = parser.place().text;
  return from < text.size() ? text.substr(from) : std::string();
}

bool mapping(Parser& parser, std::optional<TableId>& to, std::string_view name) {
  if (to) return parser.fail(std::string(name) + " mapping already specified for this dispatcher");
  const auto where = parser.token().where;
  to = parser.table();
  if (!to) return false;
  const auto& table = parser.config().tables[*to];
  if (table.standing == Table::Standing::read && table.kind == Table::Kind::list) {
    return parser.fail_at(where, "table \"" + table.name + "\" may not be used for " +
                                     std::string(name) + " lookups");
  }
  return true;
}

bool local_option(Parser& parser, Action& action) {
  if (parser.take("alias")) return mapping(parser, action.aliases, "alias");
  if (parser.take("virtual")) return mapping(parser, action.virtuals, "virtual");
  if (parser.take("userbase")) return mapping(parser, action.userbase, "userbase");
  if (parser.take("user") || parser.take("wrapper") || parser.take("ttl")) {
    return parser.text().has_value();
  }
  return parser.fail();
}

bool remote_host(Parser& parser, Action& action) {
  if (action.backup) return parser.fail("backup and host are mutually exclusive");
  const auto table = parser.table();
  if (!table) return false;
  const auto& rows = parser.config().tables[*table].rows;
  if (!rows.empty()) action.host = rows.front().key;
  return true;
}

bool backup(Parser& parser, Action& action) {
  if (!action.host.empty()) return parser.fail("backup and host are mutually exclusive");
  action.backup = true;
  return !parser.take("mx") || parser.text().has_value();
}

bool filters(Parser& parser) {
  std::vector<std::string> names;
  return parser.at('{') ? parser.names_in_braces(names) : parser.text().has_value();
}

bool remote_option(Parser& parser, Action& action) {
  if (parser.take("host")) return remote_host(parser, action);
  if (parser.take("domain")) return parser.table().has_value();
  if (parser.take("backup")) return backup(parser, action);
  if (parser.take("filter")) return filters(parser);
  if (parser.take("tls")) return parser.take("no-verify"), true;
  if (parser.take("srs")) return true;
  for (const std::string_view word : {"auth", "src", "helo-src"}) {
    if (parser.take(word)) return parser.table().has_value();
  }
  for (const std::string_view word :
       {"helo", "pki", "ca", "ciphers", "protocols", "mail-from", "ttl"}) {
    if (parser.take(word)) return parser.text().has_value();
  }
  return parser.fail();
}

// What stands behind the action's name.
bool kind(Parser& parser, Action& action) {
  if (parser.take("relay")) {
    action.what = Action::What::relay;
    return true;
  }
  if (parser.take("forward-only")) {
    action.what = Action::What::forward_only;
    return true;
  }
  if (parser.take("expand-only")) {
    action.what = Action::What::expand_only;
    return true;
  }
  if (parser.take("mbox")) return true;
  if (parser.take("maildir")) {
    if (parser.at_text() && !parser.text()) return false;
    parser.take("junk");
    return true;
  }
  if (parser.take("lmtp")) {
    if (!parser.text()) return false;
    parser.take("rcpt-to");
    return true;
  }
  if (parser.take("mda")) return parser.text().has_value();
  return parser.fail();
}

}  // namespace

bool parse_action(Parser& parser) {
  Action action;
  action.place.where = parser.place().where;
  const auto name = parser.text();
  if (!name) return false;
  if (parser.actions.contains(*name)) {
    return parser.fail("dispatcher already declared with that name: " + *name);
  }
  action.name = *name;
  const auto begin = parser.place().text.size() + 1;
  if (!kind(parser, action)) return false;
  const bool remote = action.what == Action::What::relay;
  while (!parser.at_end()) {
    if (!(remote ? remote_option(parser, action) : local_option(parser, action))) return false;
  }
  if (action.aliases && action.virtuals) {
    return parser.fail("alias mapping already specified for this dispatcher");
  }
  action.how = told(parser, begin);
  action.place.text = parser.place().text;
  parser.actions.emplace(*name, parser.config().actions.size());
  parser.config().actions.push_back(std::move(action));
  return true;
}

}  // namespace relayproof::opensmtpd
