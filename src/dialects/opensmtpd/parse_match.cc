#include <string>

#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

bool is_list(Parser& parser, const SourceRange& where, TableId id, std::string_view use) {
  const auto& table = parser.config().tables[id];
  if (table.standing != Table::Standing::read || table.kind != Table::Kind::hash) return true;
  return parser.fail_at(
      where, "table \"" + table.name + "\" may not be used for " + std::string(use) + " lookups");
}

// `[regex] <table>`
bool regex_and_table(Parser& parser, bool& regex, std::optional<TableId>& table,
                     std::string_view use, bool takes_maps) {
  regex = parser.take("regex");
  const auto where = parser.token().where;
  table = parser.table();
  return table && (takes_maps || is_list(parser, where, *table, use));
}

bool test(Parser& parser, Test& to, bool negated, std::string_view use, bool takes_maps = false) {
  if (to.is_set) return parser.fail(std::string(use) + " already specified for this rule");
  to.is_set = true;
  to.negated = negated;
  return regex_and_table(parser, to.regex, to.table, use, takes_maps);
}

// `auth` and `rdns` may stand alone.
bool optional_test(Parser& parser, Test& to, bool negated, std::string_view use) {
  if (parser.at("regex") || parser.at_table()) return test(parser, to, negated, use, true);
  if (to.is_set) return parser.fail(std::string(use) + " already specified for this rule");
  to.is_set = true;
  to.negated = negated;
  return true;
}

struct Seen {
  bool from = false;
  bool to = false;
};

bool from(Parser& parser, MatchRule& rule, bool negated, Seen& seen) {
  if (seen.from) return parser.fail("from already specified for this rule");
  seen.from = true;
  auto& source = rule.from;
  source.negated = negated;
  using What = From::What;
  if (parser.take("local")) return source.what = What::local, true;
  if (parser.take("any")) return source.what = What::any, true;
  if (parser.take("socket")) return source.what = What::socket, true;
  if (parser.take("src")) {
    source.what = What::source;
    return regex_and_table(parser, source.regex, source.table, "from", false);
  }
  if (parser.take("rdns")) {
    source.what = What::reverse_name;
    if (!parser.at("regex") && !parser.at_table()) return true;
    return regex_and_table(parser, source.regex, source.table, "rdns", false);
  }
  // These say nothing about where it comes from: anywhere.
  source = {};
  source.what = What::any;
  if (parser.take("auth")) return optional_test(parser, rule.auth, negated, "from");
  if (parser.take("mail-from")) return test(parser, rule.sender, negated, "from", true);
  return parser.fail();
}

bool destination(Parser& parser, MatchRule& rule, bool negated, Seen& seen) {
  if (seen.to) return parser.fail("for already specified for this rule");
  seen.to = true;
  auto& to = rule.to;
  to.negated = negated;
  if (parser.take("local")) return to.what = For::What::local, true;
  if (parser.take("any")) return to.what = For::What::any, true;
  if (parser.take("domain")) {
    to.what = For::What::domain;
    return regex_and_table(parser, to.regex, to.table, "'for'", false);
  }
  to = {};
  to.what = For::What::any;
  if (parser.take("rcpt-to")) return test(parser, rule.recipient, negated, "for", true);
  return parser.fail();
}

bool option(Parser& parser, MatchRule& rule, Seen& seen) {
  const bool negated = parser.take('!');
  if (parser.take("from")) return from(parser, rule, negated, seen);
  if (parser.take("for")) return destination(parser, rule, negated, seen);
  if (parser.take("tag")) return test(parser, rule.tag, negated, "tag");
  if (parser.take("helo")) return test(parser, rule.helo, negated, "helo");
  if (parser.take("mail-from")) return test(parser, rule.sender, negated, "mail-from", true);
  if (parser.take("rcpt-to")) return test(parser, rule.recipient, negated, "rcpt-to", true);
  if (parser.take("auth")) return optional_test(parser, rule.auth, negated, "auth");
  if (parser.take("tls")) {
    if (rule.tls.is_set) return parser.fail("tls already specified for this rule");
    rule.tls.is_set = true;
    rule.tls.negated = negated;
    return true;
  }
  return parser.fail();
}

void add(Parser& parser, MatchRule rule) {
  rule.place = {parser.place().where, parser.place().text};
  parser.config().rules.push_back(std::move(rule));
}

// `match ... relay`, and `match ... action relay`: what they would be in a grammar that took them.
bool as_meant(Parser& parser, MatchRule rule) {
  const auto where = parser.token().where;
  parser.fail();
  parser.advance();
  Action action;
  action.name = "relay";
  action.place = parser.place();
  action.what = Action::What::relay;
  action.how = "relay";
  rule.action = parser.config().actions.size();
  parser.config().actions.push_back(std::move(action));
  parser.config().meant.push_back({parser.config().rules.size(), where});
  add(parser, std::move(rule));
  return false;
}

}  // namespace

bool parse_match(Parser& parser) {
  MatchRule rule;
  Seen seen;
  for (;;) {
    if (parser.take("reject")) {
      rule.rejects = true;
      add(parser, std::move(rule));
      return true;
    }
    if (parser.at("relay")) return as_meant(parser, std::move(rule));
    if (parser.take("action")) break;
    if (!option(parser, rule, seen)) return false;
  }
  if (parser.at("relay")) {
    // `action relay` for `action "relay"`, which may well be there.
    const auto declared = parser.actions.find("relay");
    if (declared == parser.actions.end()) return as_meant(parser, std::move(rule));
    const auto where = parser.token().where;
    parser.fail();
    parser.advance();
    rule.action = declared->second;
    parser.config().meant.push_back({parser.config().rules.size(), where});
    add(parser, std::move(rule));
    return false;
  }
  const auto where = parser.token().where;
  const auto name = parser.text();
  if (!name) return false;
  const auto action = parser.actions.find(*name);
  if (action == parser.actions.end()) {
    return parser.fail_at(where, "no such dispatcher: " + *name);
  }
  rule.action = action->second;
  add(parser, std::move(rule));
  return true;
}

}  // namespace relayproof::opensmtpd
