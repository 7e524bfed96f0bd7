// The session itself is what is tried: no greeting, a forged client behind XCLIENT or PROXY, a
// login that nobody was given. The recipient is a plain address outside; the same without the
// prelude is asked by the plain rows.
#include <array>

#include "techniques/rows.h"

namespace relayproof::techniques {
namespace {

constexpr std::array<Technique, 10> rows{{
    {.name = "no-hello",
     .prelude = Prelude::no_hello,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a check of the client's greeting is the gate, and does not run without one",
     .reference = "RFC 5321 4.1.4, postconf(5) smtpd_helo_required"},
    {.name = "random-login",
     .prelude = Prelude::random_login,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "the server lets any name with any password log in",
     .reference = "RFC 4954, RFC 4616, Exim server_condition"},
    {.name = "anonymous-login",
     .prelude = Prelude::anonymous_login,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a login without a secret counts as one",
     .reference = "RFC 4505, postconf(5) smtpd_sasl_security_options"},
    {.name = "external-login",
     .prelude = Prelude::external_login,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "nothing outside of SMTP vouches for the client, and the server takes it",
     .reference = "RFC 4422 app. A"},
    {.name = "refused-login",
     .prelude = Prelude::refused_login,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "the session counts as authenticated although the login was refused",
     .reference = "RFC 4954 6",
     .set = Set::historic},
    {.name = "xclient-loopback",
     .prelude = Prelude::xclient_loopback,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "anybody may say that he is another client, this machine itself",
     .reference = "Postfix XCLIENT_README, postconf(5) smtpd_authorized_xclient_hosts",
     .set = Set::invasive},
    {.name = "xclient-login",
     .prelude = Prelude::xclient_login,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "anybody may say that another server has authenticated him",
     .reference = "Postfix XCLIENT_README, postconf(5) smtpd_authorized_xclient_hosts",
     .set = Set::invasive},
    {.name = "xforward-loopback",
     .prelude = Prelude::xforward_loopback,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "what is only for the log is used for access, too",
     .reference = "Postfix XFORWARD_README, postconf(5) smtpd_authorized_xforward_hosts",
     .set = Set::invasive},
    {.name = "proxy-loopback",
     .prelude = Prelude::proxy_loopback,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a service for a load balancer is open to all, who say that they are this machine",
     .reference = "HAProxy, The PROXY protocol 2.1; postconf(5) smtpd_upstream_proxy_protocol",
     .set = Set::invasive},
    {.name = "proxy-binary-loopback",
     .prelude = Prelude::proxy_binary_loopback,
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a service for a load balancer is open to all, who say that they are this machine",
     .reference = "HAProxy, The PROXY protocol 2.2; postconf(5) smtpd_upstream_proxy_protocol",
     .set = Set::invasive},
}};

}  // namespace

std::span<const Technique> session_rows() { return rows; }

}  // namespace relayproof::techniques
