#include "dialects/sendmail/own_rules.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/sendmail/rule_prints.h"

namespace relayproof::sendmail {
namespace {

// Those that decide who relays, read addresses, or say where mail goes. All others are asked about
// clients and senders, whom they can only refuse, or for headers and mail that goes out.
constexpr auto deciding = std::to_array<std::string_view>({
    "0",
    "3",
    "5",
    "90",
    "95",
    "96",
    "97",
    "98",
    "a",
    "basic_check_rcpt",
    "canonaddr",
    "canonify",
    "canonify2",
    "canonlocal",
    "check_rcpt",
    "checkrcpt",
    "d",
    "e",
    "f",
    "local_check_rcpt",
    "local_localaddr",
    "local_relay_auth",
    "localaddr",
    "mailertable",
    "mailertotriple",
    "parse",
    "parse0",
    "parse1",
    "parselocal",
    "parserecipient",
    "rcpt_ok",
    "recurse",
    "relay_ok",
    "relaytls",
    "searchlist",
    "u",
});

// `$#error`, `$#discard`: the only mailers it names, and no other rule set is asked.
bool only_refuses(std::string_view text) {
  const auto tab = text.find('\t');
  auto right = tab == std::string_view::npos ? text : text.substr(tab);
  if (right.find("$>") != std::string_view::npos) return false;
  for (auto at = right.find("$#"); at != std::string_view::npos; at = right.find("$#")) {
    right = trim(right.substr(at + 2));
    if (!starts_with_ignoring_case(right, "error") &&
        !starts_with_ignoring_case(right, "discard")) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_deciding(std::string_view rule_set) {
  return std::find(deciding.begin(), deciding.end(), to_lower(rule_set)) != deciding.end();
}

std::string why_it_matters(const OwnRule& rule) {
  const auto set = to_lower(rule.set);
  if (!is_deciding(set)) return {};
  if (set == "local_check_rcpt" && only_refuses(rule.text)) return {};
  return "a rule of your own in " + rule.set + " may let a relay through";
}

}  // namespace relayproof::sendmail
