// The grammar up to 6.3: `accept from any for domain <d> alias <a> deliver to mbox`.
#include <string>

#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

struct Seen {
  bool from = false;
  bool to = false;
};

bool from(Parser& parser, MatchRule& rule, Seen& seen) {
  if (seen.from) return parser.fail("from specified multiple times");
  seen.from = true;
  rule.from.negated = parser.take('!');
  if (parser.take("local")) return rule.from.what = From::What::local, true;
  if (parser.take("any")) return rule.from.what = From::What::any, true;
  if (!parser.take("source")) return parser.fail();
  rule.from.what = From::What::source;
  rule.from.table = parser.table();
  return rule.from.table.has_value();
}

bool destination(Parser& parser, MatchRule& rule, Seen& seen) {
  if (seen.to) return parser.fail("for specified multiple times");
  seen.to = true;
  rule.to.negated = parser.take('!');
  if (parser.take("local")) return rule.to.what = For::What::local, true;
  if (parser.take("any")) return rule.to.what = For::What::any, true;
  if (!parser.take("domain")) return parser.fail();
  rule.to.what = For::What::domain;
  rule.to.table = parser.table();
  return rule.to.table.has_value();
}

bool negatable(Parser& parser, Test& test, std::string_view word) {
  if (test.is_set) return parser.fail(std::string(word) + " specified multiple times");
  test.is_set = true;
  test.negated = parser.take('!');
  test.table = parser.table();
  return test.table.has_value();
}

bool tagged(Parser& parser, MatchRule& rule) {
  rule.tag = {};
  return negatable(parser, rule.tag, "tag");
}

// One of the conditions; nullopt: none stands here.
std::optional<bool> decision(Parser& parser, MatchRule& rule, Seen& seen) {
  if (parser.take("from")) return from(parser, rule, seen);
  if (parser.take("for")) return destination(parser, rule, seen);
  if (parser.take("sender")) return negatable(parser, rule.sender, "sender");
  if (parser.take("recipient")) return negatable(parser, rule.recipient, "recipient");
  if (parser.take("tagged")) return tagged(parser, rule);
  if (!parser.at('!') && !parser.at("authenticated")) return std::nullopt;
  rule.auth.is_set = true;
  rule.auth.negated = parser.take('!');
  return parser.take("authenticated") || parser.fail();
}

bool decisions(Parser& parser, MatchRule& rule) {
  Seen seen;
  for (;;) {
    const auto good = decision(parser, rule, seen);
    if (!good) return true;
    if (!*good) return false;
  }
}

bool lookups(Parser& parser, Action& action) {
  for (;;) {
    auto* to = parser.at("alias")      ? &action.aliases
               : parser.at("virtual")  ? &action.virtuals
               : parser.at("userbase") ? &action.userbase
                                       : nullptr;
    if (to == nullptr) return true;
    if (*to) return parser.fail(parser.token().text + " specified multiple times");
    parser.advance();
    *to = parser.table();
    if (!*to) return false;
  }
}

bool deliver(Parser& parser) {
  if (!parser.take("to")) return parser.fail();
  if (parser.take("mbox")) return true;
  if (parser.take("maildir")) return !parser.at_text() || parser.text().has_value();
  if (!parser.take("lmtp") && !parser.take("mda")) return parser.fail();
  if (!parser.text()) return false;
  parser.take("rcpt-to");
  return !parser.take("as") || parser.text().has_value();
}

// `relay [via host]` and its options, which say only how it is sent.
bool relay(Parser& parser, Action& action) {
  action.what = Action::What::relay;
  if (parser.take("via")) {
    auto host = parser.text();
    if (!host) return false;
    action.host = std::move(*host);
  }
  for (;;) {
    if (parser.take("backup")) {
      action.backup = true;
      if (parser.at_text() && !parser.text()) return false;
    } else if (parser.take("auth") || parser.take("source") || parser.take("hostnames")) {
      if (!parser.table()) return false;
    } else if (parser.take("as") || parser.take("hostname") || parser.take("pki") ||
               parser.take("ca") || parser.take("certificate")) {
      if (!parser.text()) return false;
    } else if (!parser.take("tls") && !parser.take("verify")) {
      return true;
    }
  }
}

bool parameters(Parser& parser, Action& action) {
  for (;;) {
    if (parser.take("expire")) {
      if (!parser.text()) return false;
    } else if (parser.take("forward-only")) {
      action.what = Action::What::forward_only;
    } else {
      return true;
    }
  }
}

void add(Parser& parser, MatchRule rule) {
  rule.place = {parser.place().where, parser.place().text};
  parser.config().rules.push_back(std::move(rule));
}

}  // namespace

bool parse_accept(Parser& parser) {
  MatchRule rule;
  Action action;
  action.what = Action::What::expand_only;  // without any, only by aliases and ~/.forward
  if (!decisions(parser, rule) || !lookups(parser, action)) return false;
  const auto begin = parser.place().text.size() + 1;
  if (parser.take("deliver")) {
    action.what = Action::What::deliver;
    if (!deliver(parser)) return false;
  } else if (parser.take("relay")) {
    if (!relay(parser, action)) return false;
    if (action.aliases || action.virtuals) {
      return parser.fail("aliases/virtual may not be used with a relay rule");
    }
  }
  if (!parameters(parser, action)) return false;
  if (!parser.at_end()) return parser.fail();
  const auto& text = parser.place().text;
  action.how = begin < text.size() ? text.substr(begin) : "expand";
  action.name = action.how;
  action.place = parser.place();
  rule.action = parser.config().actions.size();
  parser.config().actions.push_back(std::move(action));
  add(parser, std::move(rule));
  return true;
}

bool parse_old_reject(Parser& parser) {
  MatchRule rule;
  rule.rejects = true;
  if (!decisions(parser, rule)) return false;
  if (!parser.at_end()) return parser.fail();
  add(parser, std::move(rule));
  return true;
}

}  // namespace relayproof::opensmtpd
