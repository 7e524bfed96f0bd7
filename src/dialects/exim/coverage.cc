#include "dialects/exim/coverage.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/text.h"
#include "dialects/exim/option_names.h"

namespace relayproof::exim {
namespace {

using dialects::CoveredLine;
using dialects::Understood;

// Main options that say who may relay, to where, and how that is read.
constexpr auto that_count = std::to_array<std::string_view>({"acl_smtp_connect",
                                                             "acl_smtp_data",
                                                             "acl_smtp_helo",
                                                             "acl_smtp_mail",
                                                             "acl_smtp_predata",
                                                             "acl_smtp_rcpt",
                                                             "allow_domain_literals",
                                                             "auth_advertise_hosts",
                                                             "daemon_smtp_port",
                                                             "daemon_smtp_ports",
                                                             "disable_ipv6",
                                                             "helo_accept_junk_hosts",
                                                             "helo_allow_chars",
                                                             "helo_try_verify_hosts",
                                                             "helo_verify_hosts",
                                                             "host_lookup",
                                                             "host_reject_connection",
                                                             "hosts_proxy",
                                                             "hosts_require_helo",
                                                             "local_interfaces",
                                                             "percent_hack_domains",
                                                             "primary_hostname",
                                                             "qualify_domain",
                                                             "qualify_recipient",
                                                             "strip_excess_angle_brackets",
                                                             "strip_trailing_dot",
                                                             "system_filter",
                                                             "tls_advertise_hosts",
                                                             "tls_on_connect_ports"});

enum class Section : std::uint8_t { main, weighed, other };

Section section_of(std::string_view line) {
  const auto name = to_lower(trim(line.substr(6)));
  for (const std::string_view known : {"acl", "router", "authenticator", "rewrite"}) {
    if (name.starts_with(known)) return Section::weighed;
  }
  return Section::other;
}

std::string_view first_word(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() &&
         (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_')) {
    ++end;
  }
  return line.substr(0, end);
}

Understood of_main(std::string_view line) {
  auto word = first_word(line);
  if (word == "hide") word = first_word(trim(line.substr(4)));
  if (word.ends_with("list") || word.empty()) return Understood::understood;
  for (const std::string_view prefix : {"no_", "not_"}) {
    if (word.starts_with(prefix)) word.remove_prefix(prefix.size());
  }
  const bool counts = std::find(that_count.begin(), that_count.end(), word) != that_count.end();
  if (counts || std::isupper(static_cast<unsigned char>(word.front())) != 0) {
    return Understood::understood;
  }
  return is_main_option(word) ? Understood::irrelevant : Understood::unrecognised;
}

bool is_at(const SourceRange& one, const SourceRange& other) {
  return one.line == other.line && one.file == other.file;
}

}  // namespace

std::vector<CoveredLine> coverage(const Lowering& of) {
  std::vector<CoveredLine> lines;
  auto section = Section::main;
  for (const auto& line : of.config.read.lines) {
    auto how = Understood::understood;
    std::string why;
    if (starts_with_ignoring_case(line.text, "begin ")) {
      section = section_of(line.text);
    } else if (section == Section::main) {
      how = of_main(line.text);
    } else if (section == Section::other) {
      how = Understood::irrelevant;
    }
    for (const auto& note : of.notes) {
      if (!note.decisive || !is_at(note.where, line.where)) continue;
      how = Understood::unsupported;
      why = note.says;
    }
    for (const auto& problem : of.config.read.problems) {
      if (!is_at(problem.where, line.where)) continue;
      how = Understood::unrecognised;
      why = problem.says;
    }
    lines.push_back({line.where, line.text, how, std::move(why)});
  }
  for (const auto& gap : of.config.read.gaps) {
    lines.push_back({gap.where, gap.text, Understood::unsupported, gap.why});
  }
  return lines;
}

}  // namespace relayproof::exim
