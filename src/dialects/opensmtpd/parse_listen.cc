#include <map>
#include <string>

#include "base/text.h"
#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

// getservbyname(3), as far as mail is concerned.
const std::map<std::string_view, std::uint16_t> services = {
    {"smtp", 25},   {"mail", 25},   {"submission", 587}, {"submissions", 465},
    {"smtps", 465}, {"ssmtp", 465}, {"urd", 465},        {"msa", 587},
    {"imap", 143},  {"pop3", 110},  {"lmtp", 24},        {"imaps", 993}};

bool port(Parser& parser, Listen& listen) {
  const auto& token = parser.token();
  const bool is_service = parser.at_text() || parser.at("smtp") || parser.at("smtps");
  if (token.kind == Token::Kind::number) {
    if (token.text.size() > 5 || token.text[0] == '-' || std::stoul(token.text) - 1 >= 65535) {
      return parser.fail("invalid port: " + token.text);
    }
    listen.port = static_cast<std::uint16_t>(std::stoul(token.text));
  } else if (is_service) {
    const auto found = services.find(token.text);
    if (found != services.end()) {
      listen.port = found->second;
    } else {
      listen.port_name = token.text;
    }
  } else {
    return parser.fail();
  }
  parser.advance();
  return true;
}

bool tls(Parser& parser, Listen& listen, Listen::Tls mode) {
  if (listen.tls != Listen::Tls::none) return parser.fail("TLS mode already specified");
  listen.tls = mode;
  if (mode != Listen::Tls::offered) listen.verify = parser.take("verify");
  return true;
}

bool auth(Parser& parser, Listen& listen, Listen::Auth mode) {
  if (listen.auth != Listen::Auth::none) return parser.fail("auth already specified");
  listen.auth = mode;
  return !parser.at_table() || parser.table().has_value();
}

bool filter(Parser& parser, Listen& listen) {
  if (!listen.filters.empty()) return parser.fail("filter already specified");
  if (parser.at('{')) return parser.names_in_braces(listen.filters);
  auto name = parser.text();
  if (!name) return false;
  // The old grammar's filters were never finished: nothing declares them.
  if (!parser.config().is_old() && !parser.filters.contains(*name)) {
    return parser.fail("no filter exist with that name: " + *name);
  }
  listen.filters.push_back(std::move(*name));
  return true;
}

bool tag(Parser& parser, Listen& listen) {
  constexpr std::size_t longest = 31;
  auto tag = parser.text();
  if (!tag) return false;
  if (!listen.tag.empty()) return parser.fail("tag already specified");
  if (tag->size() > longest) return parser.fail("tag name too long");
  listen.tag = std::move(*tag);
  return true;
}

bool pki(Parser& parser, Listen& listen) {
  const auto where = parser.token().where;
  const auto name = parser.text();
  if (!name) return false;
  if (!parser.pkis.contains(to_lower(*name))) {
    parser.complain(where, "pki name not found: " + *name);
  }
  static_cast<void>(listen);
  return true;
}

bool hostname(Parser& parser, Listen& listen) {
  auto name = parser.text();
  if (name) listen.hostname = std::move(*name);
  return name.has_value();
}

bool senders(Parser& parser, Listen&) {
  if (!parser.table()) return false;
  parser.take("masquerade");
  return true;
}

using Option = bool (*)(Parser&, Listen&);
const std::map<std::string_view, Option> options = {
    {"inet4", [](Parser&, Listen& to) { return to.family = mail::Family::ipv4, true; }},
    {"inet6", [](Parser&, Listen& to) { return to.family = mail::Family::ipv6, true; }},
    {"port", port},
    {"filter", filter},
    {"smtps", [](Parser& p, Listen& to) { return tls(p, to, Listen::Tls::from_the_start); }},
    {"tls", [](Parser& p, Listen& to) { return tls(p, to, Listen::Tls::offered); }},
    {"tls-require", [](Parser& p, Listen& to) { return tls(p, to, Listen::Tls::required); }},
    {"auth", [](Parser& p, Listen& to) { return auth(p, to, Listen::Auth::required); }},
    {"auth-optional", [](Parser& p, Listen& to) { return auth(p, to, Listen::Auth::offered); }},
    {"pki", pki},
    {"ca", [](Parser& p, Listen&) { return p.text().has_value(); }},
    {"ciphers", [](Parser& p, Listen&) { return p.text().has_value(); }},
    {"protocols", [](Parser& p, Listen&) { return p.text().has_value(); }},
    {"tag", tag},
    {"hostname", hostname},
    {"hostnames", [](Parser& p, Listen&) { return p.table().has_value(); }},
    {"mask-src", [](Parser&, Listen&) { return true; }},
    {"mask-source", [](Parser&, Listen&) { return true; }},
    {"received-auth", [](Parser&, Listen&) { return true; }},
    {"no-dsn", [](Parser&, Listen&) { return true; }},
    {"proxy-v2", [](Parser&, Listen& to) { return to.proxy = true; }},
    {"senders", senders},
};

// smtpd exits when it sees these.
void check(Parser& parser, const Listen& listen) {
  if (listen.is_socket) return;
  if (listen.auth != Listen::Auth::none && listen.tls == Listen::Tls::none) {
    parser.complain(listen.place.where, "invalid listen option: auth requires tls/smtps");
  }
}

}  // namespace

bool parse_listen(Parser& parser) {
  Listen listen;
  listen.place.where = parser.place().where;
  if (!parser.take("on")) return parser.fail();
  listen.is_socket = parser.take("socket");
  if (!listen.is_socket) {
    auto on = parser.text();
    if (!on) return false;
    listen.on = std::move(*on);
  }
  while (!parser.at_end()) {
    const auto option = options.find(parser.token().text);
    if (option == options.end() || parser.token().quoted) return parser.fail();
    parser.advance();
    if (!option->second(parser, listen)) return false;
  }
  listen.place.text = parser.place().text;
  check(parser, listen);
  parser.config().listens.push_back(std::move(listen));
  return true;
}

}  // namespace relayproof::opensmtpd
