// Configurations for tests: sendmail.mc as text, its files beside it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "dialects/sendmail/dialect.h"
#include "policy/decide.h"
#include "policy/reach.h"

namespace relayproof::sendmail {

inline constexpr const char* head =
    "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\n"
    "OSTYPE(`debian')dnl\n"
    "FEATURE(`no_default_msa')dnl\n"
    "DAEMON_OPTIONS(`Family=inet6, Name=MTA-v6, Port=smtp')dnl\n"
    "DAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp')dnl\n"
    "FEATURE(`use_cw_file')dnl\n";
inline constexpr const char* with_access = "FEATURE(`access_db', , `skip')dnl\n";
inline constexpr const char* tail = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n";

inline dialects::Host usual_host() {
  dialects::Host host;
  host.hostname = "mail.example.com";
  host.interfaces = {*mail::Network::parse("192.0.2.25/24"),
                     *mail::Network::parse("2001:db8:25::25/64")};
  return host;
}

/// Files of /etc/mail by their names; local-host-names has example.com unless it is among them.
inline MemoryFiles files_of(const std::map<std::string, std::string>& named) {
  MemoryFiles files;
  files.add("/etc/mail/local-host-names", "example.com\n");
  for (const auto& [name, text] : named) {
    files.add(name.starts_with('/') ? name : "/etc/mail/" + name, text);
  }
  return files;
}

inline dialects::Loaded load_files(const std::map<std::string, std::string>& named) {
  return dialects::sendmail::dialect.load(files_of(named), "/etc/mail", usual_host()).value();
}

/// The usual sendmail.mc with these lines in its middle.
inline dialects::Loaded load(const std::string& lines,
                             std::map<std::string, std::string> more = {}) {
  more["sendmail.mc"] = head + lines + tail;
  return load_files(more);
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

/// Who relays, in words: `all`, `none`, `some` of the globally routable addresses but the host's
/// own; `undecided`.
inline std::string who_relays(const dialects::Loaded& loaded) {
  mail::IpSet surely;
  mail::IpSet possibly;
  for (const auto& door : loaded.policy.doors) {
    const auto reach = policy::reach(loaded.policy, door, {});
    surely = surely | reach.surely;
    possibly = possibly | reach.possibly;
  }
  auto routable = mail::globally_routable();
  for (const auto& own : usual_host().interfaces) {
    routable = routable - mail::IpSet::of(own.address);
  }
  for (const auto& each : loaded.assumptions) {
    if (each.decisive && !routable.is_subset_of(surely)) return "undecided";
  }
  if ((possibly & routable) != (surely & routable)) return "undecided";
  if ((surely & routable).empty()) return "none";
  return routable.is_subset_of(surely) ? "all" : "some";
}

}  // namespace relayproof::sendmail
