#include "probe/classify.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"

namespace relayproof::probe {
namespace {

using enum RefusedAs;

// Bits of the stages at which a rule holds.
constexpr unsigned bit(Stage stage) { return 1U << static_cast<unsigned>(stage); }
constexpr unsigned at_connect = bit(Stage::connect);
constexpr unsigned at_helo = bit(Stage::helo);
constexpr unsigned at_mail = bit(Stage::mail);
constexpr unsigned at_rcpt = bit(Stage::rcpt);
constexpr unsigned anywhere = ~0U;

struct Rule {
  int code = 0;                // a reply code; 4 or 5: any of that class; 0: any refusal
  std::string_view enhanced;   // subject and detail of the enhanced code; empty: any or none
  unsigned stages = anywhere;  // bits
  std::array<std::string_view, 3> words;  // lower case; all of them occur in the text
  RefusedAs result = policy;
};

// clang-format off
// The first rule that fits decides: what says exactly what it means comes first, what only hints
// comes later, what a code alone can say comes last. Each row names whose words they are.
constexpr std::array rules{
    // TLS first.
    Rule{0, "", anywhere, {"starttls"}, tls},  // RFC 3207 4; Postfix, Sendmail, OpenSMTPD
    Rule{538, "", anywhere, {}, tls},  // RFC 4954 6: 5.7.11
    Rule{0, "", anywhere, {"encryption", "require"}, tls},  // Postfix reject_plaintext_session
    Rule{0, "", anywhere, {"encryption too weak"}, tls},  // Sendmail 8.17 TLS_Clt
    Rule{0, "", anywhere, {"tls", "required"}, tls},

    // Block lists, before the relay words: their names and reasons speak of relays as well.
    Rule{0, "", anywhere, {"sender address", "blocked using"}, sender},  // Postfix
    Rule{0, "", anywhere, {"blocked using"}, client},  // Postfix smtpd and postscreen
    Rule{0, "", anywhere, {"spamhaus"}, client},  // Exchange Online, Yahoo, rblsmtpd
    Rule{0, "", anywhere, {"spamcop"}, client},  // rblsmtpd
    Rule{0, "", anywhere, {"black list"}, client},  // Exim 4 configure.default
    Rule{0, "", anywhere, {"blacklist"}, client},  // Exim, cPanel
    Rule{0, "", anywhere, {"block list"}, client},  // Outlook.com S3150
    Rule{0, "", anywhere, {"blocklist"}, client},  // Exim, rspamd
    Rule{0, "", anywhere, {"dnsbl"}, client},
    Rule{0, "", anywhere, {" rbl"}, client},  // cPanel
    Rule{0, "", anywhere, {"listed in"}, client},
    Rule{0, "", anywhere, {"is listed on"}, client},  // Haraka dns-list
    Rule{0, "", anywhere, {"listed at"}, client},  // Sendmail FEATURE(enhdnsbl)
    Rule{0, "", anywhere, {"blackhole"}, client},  // Sendmail 8.11 FEATURE(dnsbl)
    Rule{0, "", anywhere, {"banned"}, client},  // Exchange Online 5.7.606
    Rule{0, "", anywhere, {"reputation"}, client},  // Cisco ESA

    // Relaying, in so many words.
    Rule{0, "", anywhere, {"relay access denied"}, relay},  // Postfix, Exchange Online
    Rule{0, "", anywhere, {"relaying denied"}, relay},  // Sendmail and its suffixes, Courier, James
    Rule{0, "", anywhere, {"relay not permitted"}, relay},  // Exim 4 configure.default
    Rule{0, "", anywhere, {"relaying is prohibited"}, relay},  // old bare servers
    Rule{0, "", anywhere, {"relaying", "prohibited"}, relay},  // Exim 3
    Rule{0, "", anywhere, {"relay denied"}, relay},
    Rule{0, "", anywhere, {"unable to relay"}, relay},  // IIS SMTP, Exchange 5.7.54
    Rule{0, "", anywhere, {"credentials for relay"}, relay},  // Google Workspace relay
    Rule{0, "", anywhere, {"rcpthosts"}, relay},  // qmail, netqmail
    Rule{0, "", anywhere, {"relay not allowed"}, relay},  // chasquid, Stalwart
    Rule{0, "", anywhere, {"relaying not allowed"}, relay},  // Sun Messaging
    Rule{0, "", anywhere, {"relaying disallowed"}, relay},  // Zoho
    Rule{0, "", anywhere, {"relay rejected"}, relay},  // Domino
    Rule{0, "", anywhere, {"allowed to relay"}, relay},  // not allowed to relay
    Rule{0, "", anywhere, {"permitted to relay"}, relay},  // not permitted to relay
    Rule{0, "", anywhere, {"not relay"}, relay},  // we do not relay
    Rule{0, "", anywhere, {"n't relay"}, relay},  // can't, don't, won't
    Rule{0, "", anywhere, {"not an open relay"}, relay},
    Rule{0, "", anywhere, {"non-local"}, relay},  // MailEnable, Mercury
    Rule{0, "", at_rcpt, {"user not local"}, relay},  // RFC 5321 4.2.2: 551
    Rule{550, "", at_rcpt, {"delivery is not allowed to this address"}, relay},  // hMailServer
    Rule{0, "", at_rcpt, {"i cannot deliver mail for"}, relay},  // Haraka

    // Too much, too fast.
    Rule{0, "", anywhere, {"too many"}, rate},  // Postfix, Exim, OpenSMTPD, Sendmail
    Rule{0, "", anywhere, {"too much"}, rate},  // Postfix anvil, Exim load
    Rule{0, "", anywhere, {"rate limit"}, rate},  // Sendmail ratecontrol
    Rule{0, "", anywhere, {"unexpected volume"}, rate},  // Yahoo TSS04
    Rule{0, "", anywhere, {"unusual rate"}, rate},  // Gmail 4.7.28
    Rule{0, "", anywhere, {"submission rate"}, rate},  // Exchange
    Rule{0, "", anywhere, {"synchronization"}, rate},  // Exim, Postfix: talked too early
    Rule{0, "", anywhere, {"pipelining"}, rate},  // OpenSMTPD, Postfix
    Rule{0, "", anywhere, {"protocol error"}, rate},  // postscreen; Sendmail 5.5.0
    Rule{0, "", anywhere, {"i can break rules"}, rate},  // postscreen
    Rule{452, "5.3", anywhere, {}, rate},  // RFC 3463 X.5.3

    // Later, whatever it is about: greylisting is said in the words of a refused recipient.
    Rule{4, "", anywhere, {"greylist"}, temporary},  // postgrey, Exim, rspamd
    Rule{4, "", anywhere, {"graylist"}, temporary},  // milter-greylist, MDaemon
    Rule{4, "", at_rcpt, {"try again later"}, temporary},  // policy services, Exchange
    Rule{4, "", anywhere, {"lookup failure"}, temporary},  // Postfix 4.3.0
    Rule{4, "", at_rcpt, {"recipient address", "unverified address"}, temporary},  // Postfix
    Rule{4, "", at_rcpt, {"recipient address", "address verification"}, temporary},

    // Our sender.
    Rule{0, "", anywhere, {"sender"}, sender},  // Postfix, Exim, Sendmail, OpenSMTPD
    Rule{0, "", anywhere, {"openspf"}, sender},  // pypolicyd-spf, SPF milters
    Rule{5, "1.7", anywhere, {}, sender},  // RFC 3463 X.1.7
    Rule{0, "1.8", anywhere, {}, sender},  // RFC 3463 X.1.8
    Rule{0, "7.23", anywhere, {}, sender},  // RFC 7372: SPF
    Rule{0, "7.24", anywhere, {}, sender},  // RFC 7372: SPF error
    Rule{0, "7.27", anywhere, {}, sender},  // RFC 7505: its domain takes no mail
    Rule{0, "", at_mail, {"literals not allowed"}, sender},  // Exim: <test@[192.0.2.25]>
    Rule{0, "", at_mail, {"malformed"}, sender},  // Exim parse.c
    Rule{0, "1.3", at_mail, {}, sender},  // Sendmail: an address it cannot read

    // A password first.
    Rule{530, "", anywhere, {}, auth},  // RFC 4954 6, Exchange 5.7.57
    Rule{0, "", anywhere, {"not authenticated"}, auth},  // Exchange 5.7.57, Sendmail
    Rule{0, "", anywhere, {"authentication", "required"}, auth},  // hMailServer, James, Sendmail
    Rule{0, "", anywhere, {"authenticate"}, auth},  // must authenticate first
    Rule{503, "", anywhere, {"auth first"}, auth},  // qmail auth patches
    Rule{535, "", anywhere, {}, auth},  // RFC 4954 6

    // Us.
    Rule{503, "", anywhere, {"access denied for"}, client},  // Postfix: refused at connect
    Rule{0, "", anywhere, {"client host"}, client},  // Postfix client restrictions
    Rule{0, "", anywhere, {"helo command rejected"}, client},  // Postfix HELO restrictions
    Rule{0, "", anywhere, {"reverse dns"}, client},
    Rule{0, "", anywhere, {"ptr record"}, client},  // Gmail, Exim
    Rule{0, "", anywhere, {"rdns"}, client},  // OpenSMTPD filter-rdns
    Rule{0, "", anywhere, {"your ip"}, client},  // Gmail
    Rule{0, "", anywhere, {"ip you're using"}, client},  // Gmail 5.7.1
    Rule{0, "", anywhere, {"your host"}, client},
    Rule{0, "", anywhere, {"your server"}, client},
    Rule{0, "", anywhere, {"your network"}, client},
    Rule{0, "", anywhere, {"unsolicited"}, client},  // Gmail 5.7.1
    Rule{0, "", anywhere, {"dynamic ip"}, client},
    Rule{0, "7.25", anywhere, {}, client},  // RFC 7372: reverse DNS
    Rule{550, "", anywhere, {"helo"}, client},  // Exim ACLs on HELO names

    // The spelling.
    Rule{5, "", anywhere, {"syntax"}, syntax},  // Postfix, OpenSMTPD, Exim
    Rule{5, "", anywhere, {"malformed"}, syntax},  // Exim parse.c
    Rule{5, "", anywhere, {"restricted characters"}, syntax},  // Exim 4 configure.default
    Rule{5, "", anywhere, {"literals not allowed"}, syntax},  // Exim parse.c
    Rule{5, "", anywhere, {"must contain a domain"}, syntax},  // Exim 501
    Rule{5, "", anywhere, {"need fully-qualified"}, syntax},  // Postfix 5.5.2
    Rule{5, "", anywhere, {"address required"}, syntax},  // Sendmail 5.1.3
    Rule{5, "", anywhere, {"invalid route address"}, syntax},  // Sendmail 5.1.2, 5.1.3
    Rule{5, "", anywhere, {"invalid host name"}, syntax},  // Sendmail 5.1.2
    Rule{5, "", anywhere, {"invalid address"}, syntax},  // Sendmail, Exchange
    Rule{5, "1.3", anywhere, {}, syntax},  // RFC 3463 X.1.3

    // The recipient. Exchange Online's 5.4.1 is an unknown mailbox in the words of a policy.
    Rule{550, "4.1", at_rcpt, {"recipient address rejected", "access denied"}, recipient},
    Rule{0, "", anywhere, {"user unknown"}, recipient},  // Postfix, Sendmail
    Rule{0, "", anywhere, {"unknown user"}, recipient},  // Exim, Courier
    Rule{0, "", anywhere, {"no such"}, recipient},  // user here, recipient, mailbox
    Rule{0, "", at_rcpt, {"invalid recipient"}, recipient},  // OpenSMTPD, for relaying as well
    Rule{0, "", at_rcpt, {"unknown recipient"}, recipient},
    Rule{0, "", at_rcpt, {"recipient not found"}, recipient},
    Rule{0, "", at_rcpt, {"recipient unknown"}, recipient},  // MDaemon
    Rule{0, "", at_rcpt, {"recipientnotfound"}, recipient},  // Exchange RESOLVER.ADR
    Rule{0, "", at_rcpt, {"unrouteable address"}, recipient},  // Exim route.c
    Rule{0, "", at_rcpt, {"mailbox unavailable"}, recipient},  // RFC 5321 4.2.3
    Rule{0, "", at_rcpt, {"mailbox not found"}, recipient},
    Rule{0, "", at_rcpt, {"mailbox disabled"}, recipient},  // Sendmail 5.2.1
    Rule{0, "", at_rcpt, {"no mailbox"}, recipient},  // qmail chkuser, vpopmail
    Rule{0, "", at_rcpt, {"does not exist"}, recipient},  // Gmail, chasquid
    Rule{0, "", at_rcpt, {"doesn't have"}, recipient},  // Yahoo dd accounts
    Rule{0, "", at_rcpt, {"user has moved"}, recipient},  // Sendmail 5.1.1
    Rule{0, "", at_rcpt, {"does not accept mail"}, recipient},  // RFC 7505: Postfix 5.1.10
    Rule{0, "", at_rcpt, {"domain not found"}, recipient},  // Postfix 4.1.2
    Rule{556, "", at_rcpt, {}, recipient},  // RFC 7504
    Rule{0, "", anywhere, {"no valid recipients"}, recipient},  // Postfix, at DATA
    Rule{0, "1.1", at_rcpt, {}, recipient},  // RFC 3463 X.1.1
    Rule{0, "1.2", at_rcpt, {}, recipient},  // RFC 3463 X.1.2
    Rule{0, "1.6", at_rcpt, {}, recipient},  // RFC 3463 X.1.6
    Rule{0, "1.10", at_rcpt, {}, recipient},  // RFC 7505
    Rule{0, "2.1", at_rcpt, {}, recipient},  // RFC 3463 X.2.1
    Rule{0, "2.2", at_rcpt, {}, recipient},  // RFC 3463 X.2.2

    // The spelling, by code.
    Rule{500, "", anywhere, {}, syntax},  // RFC 5321 4.2.2
    Rule{501, "", anywhere, {}, syntax},
    Rule{502, "", anywhere, {}, syntax},
    Rule{504, "", anywhere, {}, syntax},
    Rule{555, "", anywhere, {}, syntax},  // RFC 5321 4.1.1.11

    // A rule that keeps its reason to itself.
    Rule{503, "", anywhere, {}, policy},  // RFC 5321 4.2.2: the order, not the spelling
    Rule{521, "", anywhere, {"does not accept mail"}, policy},  // RFC 7504: from nobody
    Rule{5, "", at_connect | at_helo, {}, client},  // before any address was said
    Rule{5, "", anywhere, {"access denied"}, policy},  // Postfix and Sendmail access maps
    Rule{5, "", anywhere, {"administrative prohibition"}, policy},  // Exim, no message
    Rule{5, "", anywhere, {"rejected"}, policy},  // Postfix: Recipient address rejected
    Rule{5, "", anywhere, {"policy"}, policy},
    Rule{5, "", anywhere, {"spam"}, policy},  // Sendmail 5.3.0 in access maps
    Rule{5, "", anywhere, {"blocked"}, policy},

    // RFC 3463 X.7.1 with nothing that points elsewhere: the code of refused relaying.
    Rule{5, "7.1", at_rcpt, {}, relay},
    Rule{454, "7.1", at_rcpt, {}, relay},  // RFC 5321 lets 454 say no for now

    Rule{551, "", at_rcpt, {}, relay},  // RFC 5321 3.4
    Rule{4, "", anywhere, {}, temporary},  // RFC 5321 4.2.1
    Rule{5, "", at_mail, {}, sender},  // it knows nothing else of us yet
    Rule{5, "", anywhere, {}, policy},
};
// clang-format on

// Our own addresses come back in refusals, and they may say anything: `relay`, `sender`, `spam`.
bool is_echo(std::string_view word) { return word.find('@') != std::string_view::npos; }

// Without `<…>`, as Postfix, Sendmail and Exim echo what they refuse. Each byte is looked at once.
std::string without_brackets(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('<'), text.size());
    kept += text.substr(0, open);
    text.remove_prefix(open);
    const std::size_t end = std::min(text.find_first_of("> \t"), text.size());
    const bool closed = end < text.size() && text[end] == '>';
    if (!closed) kept += text.substr(0, end);
    text.remove_prefix(closed ? end + 1 : end);
  }
  return kept;
}

// A refusal that needs more words than this to say what it is about says nothing.
constexpr std::size_t most_read = 8192;

// In lower case, single-spaced, without what the server only repeats.
std::string own_words(const mail::Reply& reply) {
  const std::string text = without_brackets(to_lower(reply.text().substr(0, most_read)));
  std::string kept;
  for (const auto word : words(text)) {
    if (is_echo(word)) continue;
    if (!kept.empty()) kept += ' ';
    kept += word;
  }
  return kept;
}

bool fits_code(int wanted, int code) {
  return wanted == 0 || wanted == code || wanted == code / 100;
}

}  // namespace

std::optional<RefusedAs> classify(const mail::Reply& reply, Stage stage) {
  if (!reply.is_transient() && !reply.is_permanent()) return {};
  const std::string text = own_words(reply);
  std::string enhanced;
  if (const auto code = reply.enhanced()) {
    enhanced = std::to_string(code->subject) + "." + std::to_string(code->detail);
  }
  const auto fits = [&](const Rule& rule) {
    return (rule.stages & bit(stage)) != 0 && fits_code(rule.code, reply.code) &&
           (rule.enhanced.empty() || rule.enhanced == enhanced) &&
           std::all_of(rule.words.begin(), rule.words.end(), [&](std::string_view needle) {
             return text.find(needle) != std::string::npos;
           });
  };
  const auto* rule = std::find_if(rules.begin(), rules.end(), fits);
  return rule == rules.end() ? policy : rule->result;
}

}  // namespace relayproof::probe
