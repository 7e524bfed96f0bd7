#include "probe/software.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include "base/text.h"

namespace relayproof::probe {
namespace {

struct Trait {
  std::string_view words;  // lower case
  Software software;
};

// What a banner says behind the host name.
constexpr std::array banners{
    Trait{"opensmtpd", Software::opensmtpd},
    Trait{"postfix", Software::postfix},
    Trait{"exim", Software::exim},
    Trait{"sendmail", Software::sendmail},
    // IIS SMTP says so too; it is the transport of Exchange 2000 and 2003, and refuses in its
    // words.
    Trait{"microsoft esmtp mail service", Software::exchange},
    Trait{"microsoft exchange", Software::exchange},
    Trait{"chasquid", Software::other},
    Trait{"haraka", Software::other},
    Trait{"james", Software::other},
    Trait{"courier", Software::other},
    Trait{"hmailserver", Software::other},
    Trait{"mdaemon", Software::other},
    Trait{"mailenable", Software::other},
    Trait{"qmail", Software::other},
    Trait{"stalwart", Software::other},
    Trait{"maddy", Software::other},
    Trait{"domino", Software::other},
    Trait{"groupwise", Software::other},
    Trait{"icewarp", Software::other},
    Trait{"kerio", Software::other},
    Trait{"gsmtp", Software::other},
    Trait{"mailpit", Software::sink},
    Trait{"mailhog", Software::sink},
    Trait{"papercut", Software::sink},
    Trait{"smtp4dev", Software::sink},
    Trait{"maildev", Software::sink},
    Trait{"mailcatcher", Software::sink},
    Trait{"mailtrap", Software::sink},
    Trait{"inbucket", Software::sink},
    Trait{"greenmail", Software::sink},
    Trait{"smtp-sink", Software::sink},
};

// Sentences that only one program says, as far as is known.
constexpr std::array sentences{
    Trait{": relay access denied", Software::postfix},
    Trait{"recipient address rejected: user unknown in", Software::postfix},
    Trait{"sender address rejected: domain not found", Software::postfix},
    Trait{"error: send helo/ehlo first", Software::postfix},
    Trait{"ok: queued as", Software::postfix},
    Trait{"relay not permitted", Software::exim},
    Trait{"administrative prohibition", Software::exim},
    Trait{"unrouteable address", Software::exim},
    Trait{"too many nonmail commands", Software::exim},
    Trait{"... relaying denied", Software::sendmail},
    Trait{"... user unknown", Software::sendmail},
    Trait{"... sender ok", Software::sendmail},
    Trait{"... recipient ok", Software::sendmail},
    Trait{"... domain of sender address", Software::sendmail},
    Trait{"destination address valid: recipient ok", Software::opensmtpd},
    Trait{"invalid recipient: <", Software::opensmtpd},
    Trait{"invalid command: pipelining not supported", Software::opensmtpd},
    Trait{"smtp; unable to relay", Software::exchange},
    Trait{"resolver.adr.", Software::exchange},
    Trait{".prod.outlook.com", Software::exchange},
};

// The keywords of EHLO in the order given, without parameters.
std::vector<std::string> keywords(const std::vector<std::string>& ehlo_lines) {
  std::vector<std::string> found;
  for (std::size_t i = 1; i < ehlo_lines.size(); ++i) {
    const auto line = words(ehlo_lines[i]);
    if (!line.empty()) found.push_back(to_lower(line.front()));
  }
  return found;
}

bool has(const std::vector<std::string>& all, std::string_view keyword) {
  return std::find(all.begin(), all.end(), keyword) != all.end();
}

bool has_any(const std::vector<std::string>& all, std::initializer_list<std::string_view> wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](std::string_view keyword) { return has(all, keyword); });
}

// OpenSMTPD and Sendmail greet alike. OpenSMTPD never offers PIPELINING and ends with HELP;
// Sendmail offers what OpenSMTPD has never had.
Software pleased_to_meet(const std::vector<std::string>& offered) {
  if (has_any(offered, {"pipelining", "deliverby", "etrn", "expn", "verb"})) {
    return Software::sendmail;
  }
  const bool like_opensmtpd = has(offered, "8bitmime") && has(offered, "enhancedstatuscodes") &&
                              !offered.empty() && offered.back() == "help";
  return like_opensmtpd ? Software::opensmtpd : Software::unknown;
}

// Postfix's reply to EHLO starts with its name alone, and its keywords keep one order.
bool like_postfix(const std::vector<std::string>& ehlo_lines,
                  const std::vector<std::string>& offered) {
  return words(ehlo_lines.front()).size() == 1 && offered.size() >= 4 &&
         offered[0] == "pipelining" && offered[1] == "size" && has(offered, "etrn") &&
         has(offered, "enhancedstatuscodes") && has(offered, "8bitmime");
}

Software by_ehlo(const std::vector<std::string>& ehlo_lines) {
  if (ehlo_lines.empty()) return Software::unknown;
  const auto offered = keywords(ehlo_lines);
  if (has_any(offered, {"x-exps", "x-anonymoustls", "xexch50", "xrdst", "xshadow"})) {
    return Software::exchange;
  }
  if (contains_ignoring_case(ehlo_lines.front(), ", pleased to meet you")) {
    return pleased_to_meet(offered);
  }
  // Exim's own extensions; its default greeting ends with the client's address.
  const bool says_hello = contains_ignoring_case(ehlo_lines.front(), " hello ") &&
                          trim(ehlo_lines.front()).ends_with(']');
  if (says_hello && has_any(offered, {"pipeconnect", "x_pipe_connect", "prdr"})) {
    return Software::exim;
  }
  return like_postfix(ehlo_lines, offered) ? Software::postfix : Software::unknown;
}

std::optional<Software> by_banner(std::string_view greeting) {
  const std::size_t end = greeting.find(' ');
  if (end == std::string_view::npos) return {};
  // A host may be called exim.example.com whatever runs there.
  const std::string_view rest = greeting.substr(end);
  const auto* found = std::find_if(banners.begin(), banners.end(), [&](const Trait& trait) {
    return contains_ignoring_case(rest, trait.words);
  });
  if (found == banners.end()) return {};
  return found->software;
}

}  // namespace

Software identify(std::string_view greeting, const std::vector<std::string>& ehlo_lines,
                  const std::vector<std::string>& replies) {
  if (const auto named = by_banner(greeting)) return *named;
  Software guess = by_ehlo(ehlo_lines);
  for (const auto& reply : replies) {
    for (const auto& trait : sentences) {
      if (!contains_ignoring_case(reply, trait.words)) continue;
      if (guess != Software::unknown && guess != trait.software) return Software::unknown;
      guess = trait.software;
    }
  }
  return guess;
}

}  // namespace relayproof::probe
