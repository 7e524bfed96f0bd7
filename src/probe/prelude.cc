#include "probe/prelude.h"

#include <algorithm>
#include <string_view>

namespace relayproof::probe {
namespace {

using std::string_view_literals::operator""sv;
using techniques::Prelude;

// RFC 4648 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = group << 8U | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    }
    const std::size_t used = std::min<std::size_t>(bytes.size() - i, 3);
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= used ? alphabet[group >> (18 - 6 * j) & 0x3fU] : '=';
    }
  }
  return text;
}

// HAProxy's "The PROXY protocol", 2.2: version 2, PROXY, TCP over IPv4, 12 bytes of addresses:
// from 127.0.0.1:2525 to 127.0.0.1:25.
constexpr auto proxy_v2 =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"
    "\x7f\0\0\1\x7f\0\0\1\x09\xdd\0\x19"sv;

// RFC 4616: no authorization identity, name, password.
std::string plain_login(const std::string& secret) {
  return "AUTH PLAIN " + base64(std::string(1, '\0') + secret + std::string(1, '\0') + secret);
}

}  // namespace

bool is_login(Prelude claim) {
  return claim == Prelude::random_login || claim == Prelude::anonymous_login ||
         claim == Prelude::external_login;
}

bool crosses_tls(Prelude claim) {
  return claim == Prelude::injected_behind_tls || claim == Prelude::mail_before_tls;
}

bool needs_tls(Prelude claim) { return crosses_tls(claim) || claim == Prelude::client_certificate; }

bool fits(Prelude claim, mail::TlsMode door) {
  if (crosses_tls(claim)) return door == mail::TlsMode::starttls;
  if (needs_tls(claim)) return door != mail::TlsMode::none;
  if (claim == Prelude::old_hello && door == mail::TlsMode::starttls) return false;
  // A PROXY header goes in front of TLS: not where the connection begins with it.
  const bool header = claim == Prelude::proxy_loopback || claim == Prelude::proxy_binary_loopback;
  return !header || door != mail::TlsMode::implicit;
}

smtp::Prelude prelude_of(Prelude claim, const std::string& secret, const std::string& own_domain) {
  switch (claim) {
    case Prelude::none:
    case Prelude::client_certificate:
      return {};
    case Prelude::no_hello:
      return {.says_hello = false};
    case Prelude::old_hello:
      return {.knows_ehlo = false};
    case Prelude::xclient_loopback:
      return {.commands = {"XCLIENT ADDR=127.0.0.1 NAME=localhost"}};
    case Prelude::xclient_login:
      return {.commands = {"XCLIENT LOGIN=" + secret}};
    case Prelude::xforward_loopback:
      return {.commands = {"XFORWARD ADDR=127.0.0.1 NAME=localhost"}};
    case Prelude::proxy_loopback:
      return {.opening = "PROXY TCP4 127.0.0.1 127.0.0.1 2525 25\r\n"};
    case Prelude::proxy_binary_loopback:
      return {.opening = std::string(proxy_v2)};
    case Prelude::random_login:
      return {.commands = {plain_login(secret)}};
    case Prelude::refused_login:
      return {.commands = {plain_login(secret)}, .must_be_taken = false};
    case Prelude::anonymous_login:
      return {.commands = {"AUTH ANONYMOUS " + base64(secret)}};
    case Prelude::external_login:
      return {.commands = {"AUTH EXTERNAL ="}};
    case Prelude::injected_behind_tls:
      return {.crossing = smtp::Crossing::injected};
    case Prelude::mail_before_tls:
      return {.crossing = smtp::Crossing::carried};
    case Prelude::after_reset:
      return {.commands = {"MAIL FROM:<>",
                           own_domain.empty() ? "RCPT TO:<postmaster>"
                                              : "RCPT TO:<postmaster@" + own_domain + ">",
                           "RSET"}};
  }
  return {};
}

}  // namespace relayproof::probe
