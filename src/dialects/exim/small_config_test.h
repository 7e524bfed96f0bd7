// Configurations for tests: exim4.conf as text, its tables beside it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "dialects/exim/dialect.h"
#include "policy/decide.h"
#include "policy/reach.h"

namespace relayproof::exim {

inline const std::string head =
    "primary_hostname = mail.example.com\n"
    "qualify_domain = example.com\n"
    "domainlist local_domains = example.com : mail.example.com : localhost\n"
    "domainlist relay_to_domains =\n"
    "hostlist relay_from_hosts = <; 127.0.0.1 ; ::1\n"
    "acl_smtp_rcpt = rcpt\n";
inline const std::string tail =
    "begin routers\n"
    "remote:\n  driver = dnslookup\n  domains = ! +local_domains\n  transport = out\n  no_more\n"
    "aliases:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{/etc/aliases}}\n"
    "users:\n  driver = accept\n  check_local_user\n  transport = in\n"
    "begin transports\nout:\n  driver = smtp\nin:\n  driver = appendfile\n  file = /var/mail/x\n";
inline const std::string gate =
    "  require verify = sender\n"
    "  accept hosts = +relay_from_hosts\n"
    "  accept authenticated = *\n"
    "  require message = relay not permitted\n"
    "          domains = +local_domains : +relay_to_domains\n"
    "  require verify = recipient\n"
    "  accept\n";

inline std::string with_acl(const std::string& rcpt) {
  return head + "begin acl\nrcpt:\n" + rcpt + tail;
}

inline MemoryFiles files_of(const std::string& text,
                            const std::map<std::string, std::string>& more = {}) {
  MemoryFiles files;
  files.add("/etc/exim4/exim4.conf", text);
  files.add("/etc/aliases", "postmaster: root\nroot: alice\nout: someone@example.org\n");
  files.add("/etc/passwd", "root:x:0:0::/:/bin/sh\nalice:x:1:1::/:/bin/sh\n");
  files.add("/etc/nsswitch.conf", "passwd: files\n");
  for (const auto& [path, content] : more) files.add(path, content);
  return files;
}

inline dialects::Host usual_host() {
  dialects::Host host;
  host.hostname = "mail.example.com";
  host.interfaces = {*mail::Network::parse("192.0.2.25/24")};
  host.mta_version = "4.96";
  return host;
}

inline dialects::Loaded load(const std::string& text,
                             const std::map<std::string, std::string>& more = {}) {
  return dialects::exim::dialect.load(files_of(text, more), "/etc/exim4", usual_host()).value();
}

inline policy::Attempt attempt(const std::string& from, const std::string& to,
                               const std::string& client = "203.0.113.9") {
  policy::Attempt made;
  made.client = *mail::IpAddress::parse(client);
  made.helo = "client.example.net";
  made.mail_from = from;
  made.rcpt_to = to;
  return made;
}

/// `250 local`, `550`, `250 handed-on user@example.net`: what becomes of it at the first listener.
inline std::string told(const dialects::Loaded& loaded, const policy::Attempt& attempt) {
  const auto decision = policy::decide(loaded.policy, 0, attempt);
  if (decision.reply == policy::Decision::Reply::undecided) return "undecided";
  auto text = std::to_string(decision.answer.code);
  for (const auto& end : decision.ends) {
    if (end.fate == policy::Fate::local) text += " local";
    if (end.fate == policy::Fate::dropped) text += " dropped";
    if (end.fate == policy::Fate::handed_on) text += " handed-on " + end.to;
  }
  return text;
}

/// `open`, `closed`, `undecided: why`, or the networks that surely relay, loopback and the host
/// left out.
std::string verdict(const dialects::Loaded& loaded);

}  // namespace relayproof::exim
