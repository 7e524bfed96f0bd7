// Configurations for tests: smtpd.conf as text, its tables beside it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "dialects/opensmtpd/dialect.h"
#include "policy/decide.h"
#include "policy/reach.h"

namespace relayproof::opensmtpd {

inline constexpr const char* passwd =
    "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home:/bin/sh\n";

inline MemoryFiles files_of(const std::string& conf,
                            const std::map<std::string, std::string>& more = {}) {
  MemoryFiles files;
  files.add("/etc/smtpd.conf", conf);
  files.add("/etc/passwd", passwd);
  files.add("/etc/nsswitch.conf", "passwd: files\n");
  for (const auto& [path, text] : more) files.add(path, text);
  return files;
}

inline dialects::Host usual_host() {
  dialects::Host host;
  host.hostname = "mail.example.com";
  host.interfaces = {*mail::Network::parse("192.0.2.25/24"),
                     *mail::Network::parse("2001:db8:25::25/64")};
  return host;
}

inline dialects::Loaded load(const std::string& conf,
                             const std::map<std::string, std::string>& more = {}) {
  return dialects::opensmtpd::dialect.load(files_of(conf, more), "/etc", usual_host()).value();
}

inline policy::Attempt attempt(std::string_view client, std::string from, std::string to) {
  policy::Attempt made;
  made.client = *mail::IpAddress::parse(client);
  made.helo = "client.example.net";
  made.mail_from = std::move(from);
  made.rcpt_to = std::move(to);
  return made;
}

/// `250 local`, `550`, `250 handed-on user@example.net`: what becomes of it at the first listener.
inline std::string told(const dialects::Loaded& loaded, const policy::Attempt& attempt,
                        std::size_t listener = 0) {
  const auto decision = policy::decide(loaded.policy, listener, attempt);
  if (decision.reply == policy::Decision::Reply::undecided) return "undecided";
  auto text = std::to_string(decision.answer.code);
  for (const auto& end : decision.ends) {
    if (end.fate == policy::Fate::local) text += " local";
    if (end.fate == policy::Fate::dropped) text += " dropped";
    if (end.fate == policy::Fate::handed_on) text += " handed-on " + end.to;
  }
  return text;
}

}  // namespace relayproof::opensmtpd
