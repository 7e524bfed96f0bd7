#include <algorithm>
#include <array>
#include <string>

#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

constexpr std::array<std::string_view, 8> phases = {"connect",   "helo",    "ehlo", "auth",
                                                    "mail-from", "rcpt-to", "data", "commit"};
constexpr std::array<std::string_view, 7> questions = {"fcrdns", "rdns",      "src",    "helo",
                                                       "auth",   "mail-from", "rcpt-to"};
constexpr std::array<std::string_view, 4> with_text = {"reject", "disconnect", "rewrite", "report"};
constexpr std::array<std::string_view, 2> without_text = {"junk", "bypass"};

template <std::size_t Size>
bool take_one(Parser& parser, const std::array<std::string_view, Size>& words, std::string& to) {
  for (const auto word : words) {
    if (!parser.take(word)) continue;
    to = word;
    return true;
  }
  return false;
}

bool condition(Parser& parser, Filter& filter) {
  filter.test.is_set = true;
  filter.test.negated = parser.take('!');
  if (!take_one(parser, questions, filter.asks)) return parser.fail();
  const bool alone = filter.asks == "fcrdns" || ((filter.asks == "rdns" || filter.asks == "auth") &&
                                                 !parser.at("regex") && !parser.at_table());
  if (alone) return true;
  filter.test.regex = parser.take("regex");
  filter.test.table = parser.table();
  return filter.test.table.has_value();
}

bool builtin(Parser& parser, Filter& filter) {
  filter.what = Filter::What::builtin;
  if (!take_one(parser, phases, filter.phase)) return parser.fail();
  if (!parser.take("match")) return parser.fail();
  if (!condition(parser, filter)) return false;
  if (take_one(parser, without_text, filter.does)) return true;
  if (!take_one(parser, with_text, filter.does)) return parser.fail();
  auto reply = parser.text();
  if (!reply) return false;
  filter.reply = std::move(*reply);
  return true;
}

bool program(Parser& parser) {
  if (!parser.text()) return false;
  while (!parser.at_end()) {
    if (!parser.take("user") && !parser.take("group") && !parser.take("chroot")) {
      return parser.fail();
    }
    if (!parser.text()) return false;
  }
  return true;
}

bool kind(Parser& parser, Filter& filter) {
  if (parser.take("proc-exec") || parser.take("proc")) return program(parser);
  if (parser.take("phase")) return builtin(parser, filter);
  if (parser.take("chain")) {
    filter.what = Filter::What::chain;
    return parser.names_in_braces(filter.chain);
  }
  return parser.fail();
}

}  // namespace

bool parse_filter(Parser& parser) {
  Filter filter;
  filter.place.where = parser.place().where;
  const auto name = parser.text();
  if (!name) return false;
  if (parser.filters.contains(*name)) {
    return parser.fail("filter already exists with that name: " + *name);
  }
  filter.name = *name;
  if (!kind(parser, filter)) return false;
  filter.place.text = parser.place().text;
  parser.filters.emplace(*name, parser.config().filters.size());
  parser.config().filters.push_back(std::move(filter));
  return true;
}

}  // namespace relayproof::opensmtpd
