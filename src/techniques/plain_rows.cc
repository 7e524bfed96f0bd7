// What a client claims about itself and its sender decides: the recipient is a plain address
// outside.
#include <array>

#include "techniques/rows.h"

namespace relayproof::techniques {
namespace {

constexpr std::array<Technique, 11> rows{{
    {.name = "null-sender",
     .mail_from = "<>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "no gate at all, or bounces are let past it",
     .reference = "RFC 5321 4.5.5, RFC 2505 2.6.1",
     .also_in = "nmap #1, Metasploit, abuse.net, MAPS, DSBL, OpenVAS"},
    {.name = "own-postmaster-sender",
     .mail_from = "<postmaster@{D}>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "senders of its own domain are trusted, or role addresses are exempt",
     .reference = "RFC 5321 4.5.1, RFC 2505 2.6.2, sendmail FEATURE(relay_local_from), "
                  "smtpd.conf(5) match mail-from",
     .also_in = "OpenVAS"},
    {.name = "operator-sender",
     .mail_from = "<{from}>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "no gate at all, for a sender that exists and that any sender check lets pass",
     .reference = "RFC 2505 2.1, RFC 5321 3.6.2",
     .also_in = "abuse.net, MXToolbox, rlytest"},
    {.name = "helo-localhost",
     .helo = HeloForm::localhost,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a client that calls itself localhost is trusted",
     .reference = "Postfix SMTPD_ACCESS_README (check_helo_access), RFC 5321 4.1.1.1"},
    {.name = "helo-server-name",
     .helo = HeloForm::server_name,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a client that calls itself by the server's name is trusted",
     .reference = "postconf(5) check_helo_access, smtpd.conf(5) match helo, RFC 5321 4.1.1.1"},
    {.name = "helo-server-literal",
     .helo = HeloForm::server_literal,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a client that calls itself by the server's address is trusted",
     .reference = "RFC 5321 4.1.1.1 and 4.1.3"},
    {.name = "host-sender",
     .mail_from = "<test@{H}>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "senders at the server's own name are trusted",
     .reference = "sendmail FEATURE(relay_local_from), RFC 2505 2.6.2",
     .also_in = "nmap #3, Metasploit, abuse.net, MAPS, DSBL, OpenVAS, rlytest"},
    {.name = "user-sender",
     .mail_from = "<{user}>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "senders that exist there are trusted without a password",
     .reference = "postconf(5) check_sender_access, RFC 6409 4.3",
     .also_in = "rlytest"},
    {.name = "literal-sender",
     .mail_from = "<test@{L}>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "senders at the server's own address are trusted",
     .reference = "RFC 5321 4.1.3",
     .also_in = "nmap #4, Metasploit, abuse.net, OpenVAS"},
    {.name = "outside-sender",
     .mail_from = "<test@{X}>",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "no gate at all, for a sender in the domain that the mail goes to",
     .reference = "RFC 2505 2.1",
     .also_in = "nmap #2, Metasploit, abuse.net, MAPS, DSBL, OpenVAS"},
    {.name = "second-recipient",
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .first_rcpt = "<postmaster@{D}>",
     .exploits = "only the first recipient of a message is checked",
     .reference = "RFC 5321 3.3"},
}};

}  // namespace

std::span<const Technique> plain_rows() { return rows; }

}  // namespace relayproof::techniques
