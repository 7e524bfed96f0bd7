#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "questions/causes.h"
#include "report/audit.h"
#include "report/layout.h"
#include "report/path.h"

namespace relayproof::report {
namespace {

using questions::AuditedDoor;
using questions::AuditedExposure;
using questions::Verdict;

constexpr std::size_t longest_text = 200;
constexpr std::size_t hanging = 12;
constexpr std::size_t most_domains = 6;

std::string coloured(std::string_view words, Verdict verdict, const TextOptions& options) {
  if (!options.colour) return std::string(words);
  const std::string_view colour = verdict == Verdict::open     ? "\033[1;31m"
                                  : verdict == Verdict::closed ? "\033[1;32m"
                                                               : "\033[1;33m";
  return fmt::format("{}{}\033[0m", colour, words);
}

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::open:
      return "OPEN RELAY";
    case Verdict::scoped:
      return "SCOPED";
    case Verdict::undecided:
      return "UNDECIDED";
    case Verdict::closed:
      break;
  }
  return "CLOSED";
}

std::string counted_addresses(const mail::IpSet& set) {
  std::string text;
  if (set.size_v4() != 0) text = grouped(set.size_v4()) + " IPv4 addresses";
  if (set.size_v4() == 1) text = "1 IPv4 address";
  if (set.v6().empty()) return text.empty() ? "no address" : text + ", no IPv6";
  const auto v6 = set & mail::IpSet::all_v6();
  const std::string six =
      v6 == mail::IpSet::all_v6() ? "all of IPv6" : questions::clients_in_words(v6);
  return text.empty() ? "no IPv4, " + six : text + ", " + six;
}

mail::IpSet outside_doors(const questions::Audit& audit, mail::IpSet AuditedDoor::*which) {
  mail::IpSet all;
  for (const auto& door : audit.doors) {
    if (!door.loopback_only) all = all | door.*which;
  }
  return all;
}

std::string header(const Audited& audited) {
  const auto& loaded = audited.loaded;
  const auto unclear = std::count_if(loaded.coverage.begin(), loaded.coverage.end(),
                                     [](const dialects::CoveredLine& line) {
                                       return line.how == dialects::Understood::unsupported ||
                                              line.how == dialects::Understood::unrecognised;
                                     });
  std::string text = fmt::format("{} {}configuration: {}", audited.title,
                                 loaded.version ? escape_foreign(*loaded.version, 20) + " " : "",
                                 escape_foreign(fmt::format("{}", fmt::join(loaded.files, ", "))));
  if (loaded.tables != 0) text += ", " + counted(loaded.tables, "table", "tables");
  text += unclear == 0 ? ". Every line that can matter is understood."
                       : fmt::format(". {} not understood (--coverage).",
                                     counted(static_cast<std::size_t>(unclear), "line", "lines"));
  return paragraph("", fmt::format("{}  ({:.0f} ms)", text, audited.seconds * 1000), 2);
}

// Nothing was left out that could close what is open.
bool is_whole(const dialects::Loaded& loaded) {
  return std::none_of(loaded.assumptions.begin(), loaded.assumptions.end(),
                      [](const auto& assumption) { return assumption.decisive; });
}

std::string verdict_line(const Audited& audited, const TextOptions& options) {
  const auto& audit = audited.audit;
  const auto relays = outside_doors(audit, &AuditedDoor::relays);
  const auto possible = outside_doors(audit, &AuditedDoor::may_relay);
  std::string what;
  if (!audit.runs) {
    what = "it does not run: " + audit.why_not;
  } else if (const auto lost = lost_address_words(audited); !lost.empty()) {
    what = lost;
  } else if (audit.verdict == Verdict::open || audit.verdict == Verdict::scoped) {
    what = fmt::format("{}: {} ({})", is_whole(audited.loaded) ? "proved" : "by what could be read",
                       counted_addresses(relays), questions::clients_in_words(relays));
    if (audit.verdict == Verdict::scoped) {
      what += "; confirm that they are yours with --trusted, once";
    }
  } else if (audit.verdict == Verdict::closed) {
    what = "proved: nobody may relay without a password";
    what += relays.empty() ? fmt::format(" but {}", questions::clients_in_words(audited.trusted))
                           : fmt::format(" but {} and private networks ({})",
                                         questions::clients_in_words(audited.trusted),
                                         questions::clients_in_words(relays));
  } else if (audit.doors.empty()) {
    what = "no service of it takes mail from the network: is this all of the configuration?";
  } else {
    what = "not proved: ";
    for (const auto& door : audit.doors) {
      if (door.verdict != Verdict::undecided || door.loopback_only) continue;
      what += fmt::format("{} {}", door.name,
                          door.runs ? door.reason : "does not run: " + door.why_not);
      break;
    }
    if (!possible.empty()) what += fmt::format(" (at most {})", counted_addresses(possible));
  }
  const std::string label = "  " + std::string(word(audit.verdict)) + "   ";
  std::string text = paragraph(label, shown(what, 400, options), label.size());
  const auto at = text.find(word(audit.verdict));
  return text.replace(at, word(audit.verdict).size(),
                      coloured(word(audit.verdict), audit.verdict, options));
}

std::string cause_line(std::string_view label, const questions::Cause& cause,
                       const TextOptions& options) {
  return paragraph(
      fmt::format("  {}{}", padded(label, hanging - 2), padded(place(cause.where), 11)) + " ",
      fmt::format("{}   {}", shown(cause.text, longest_text, options), cause.says), hanging + 12);
}

std::string attempt_words(const policy::Attempt& attempt, const TextOptions& options) {
  std::string text = attempt.client.to_string() + "   ";
  if (attempt.reverse_name) text += "named " + shown(*attempt.reverse_name, 80, options) + "  ";
  if (attempt.speaks_for) text += "claims to be " + attempt.speaks_for->to_string() + "  ";
  if (attempt.port != 25) text += fmt::format("port {}  ", attempt.port);
  if (attempt.tls) text += "TLS  ";
  if (attempt.user) text += "any password  ";
  if (attempt.helo) text += "HELO " + shown(*attempt.helo, 80, options) + "  ";
  text += fmt::format("MAIL FROM:{}  RCPT TO:{}", shown(attempt.mail_from, 120, options),
                      shown(attempt.rcpt_to, 200, options));
  for (const auto& line : attempt.headers) text += "  " + shown(line, 120, options);
  return text;
}

std::string exposure_lines(const AuditedDoor& door, const TextOptions& options) {
  std::string text;
  for (const auto& exposure : door.exposures) {
    if (!exposure.exposure.surely) continue;
    std::string_view label = "because";
    for (const auto& cause : exposure.because) {
      text += cause_line(label, cause, options);
      label = "";
    }
    text += paragraph(fmt::format("  {}", padded("e.g.", hanging - 2)),
                      attempt_words(exposure.exposure.witness, options) + "   250", hanging);
  }
  return text;
}

std::string door_words(const AuditedDoor& door) {
  if (!door.runs) return "does not run";
  if (door.verdict == Verdict::open) return "OPEN";
  std::string text(to_string(door.verdict));
  if (door.loopback_only) text += " (loopback only)";
  return text;
}

std::string door_lines(const questions::Audit& audit, const TextOptions& options) {
  std::string text;
  for (const auto& door : audit.doors) {
    if (!text.empty()) text += "   ";
    text += shown(door.name, 60, options) + " " + door_words(door);
  }
  return text.empty() ? text : paragraph("  doors     ", text, hanging);
}

// What was taken for granted, and the option that says it.
std::string assumption_lines(const dialects::Loaded& loaded, const TextOptions& options) {
  std::string text;
  std::string_view label = "assumed";
  for (const auto& assumption : loaded.assumptions) {
    if (assumption.decisive) continue;
    text += paragraph(fmt::format("  {}", padded(label, hanging - 2)),
                      fmt::format("{}   {}", shown(assumption.text, 60, options),
                                  shown(assumption.says, longest_text, options)),
                      hanging);
    label = "";
  }
  return text;
}

std::string domain_line(const Audited& audited, const TextOptions& options) {
  std::vector<std::string> names;
  for (const auto& claim : audited.loaded.policy.answers_for) {
    if (!claim.starts_with('[')) names.push_back(shown(claim, 80, options));
  }
  if (names.empty()) return {};
  const std::size_t more = names.size() > most_domains ? names.size() - most_domains : 0;
  names.resize(names.size() - more);
  return paragraph(
      "  your mail ",
      fmt::format("{}{}: anyone may send there, as it should be", fmt::join(names, ", "),
                  more == 0 ? "" : fmt::format(" and {} more", more)),
      hanging);
}

std::string doubt_lines(const questions::Audit& audit, const TextOptions& options) {
  std::string text;
  std::map<std::string, bool> told;
  for (const auto& door : audit.doors) {
    for (const auto& assumption : door.assumptions) {
      const std::string line = fmt::format("{}   {}", shown(assumption.text, longest_text, options),
                                           shown(assumption.says, longest_text, options));
      if (!told.emplace(line, true).second) continue;
      text += paragraph(fmt::format("  hangs on  {} ", padded(place(assumption.where), 11)), line,
                        hanging + 12);
    }
    for (const auto& premise : door.premises) {
      const std::string line = "closed provided that " + shown(premise, longest_text, options);
      if (told.emplace(line, true).second) text += paragraph("  premise   ", line, hanging);
    }
  }
  return text;
}

std::string finding_lines(const questions::Audit& audit, const TextOptions& options) {
  std::string text;
  for (const auto& finding : audit.findings) {
    if (finding.severity == Severity::info && !options.verbose) continue;
    text += paragraph(fmt::format("  {}{} ", padded(to_string(finding.severity), hanging - 2),
                                  padded(place(finding.where), 11)),
                      fmt::format("{}   {}", shown(finding.says, 400, options), finding.code),
                      hanging + 12);
  }
  return text;
}

std::string setting_lines(const dialects::Loaded& loaded, const TextOptions& options) {
  std::string text;
  for (const auto& setting : loaded.settings) {
    if (setting.where.file.empty() && !options.verbose) continue;
    const std::string from = setting.where.file.empty() ? setting.provenance : place(setting.where);
    text += paragraph(fmt::format("  {} ", padded(shown(from, 40, options), 16)),
                      fmt::format("{} = {}", shown(setting.name, 80, options),
                                  shown(setting.value, 400, options)),
                      21);
  }
  return text.empty() ? text
                      : fmt::format("\n  What bears on relaying, and where it is set{}\n{}",
                                    options.verbose ? "" : " (--verbose: defaults, too)", text);
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string verdict_word(Verdict verdict, const TextOptions& options) {
  return coloured(word(verdict), verdict, options);
}

std::string audit_verdict(const Audited& audited, const TextOptions& options) {
  return verdict_line(audited, options);
}

std::string audit_reasons(const Audited& audited, const TextOptions& options) {
  std::string text = path_lines(audited, options);
  for (const auto& door : audited.audit.doors) {
    if (!door.loopback_only && door.verdict != Verdict::closed)
      text += exposure_lines(door, options);
  }
  return text + doubt_lines(audited.audit, options);
}

std::string audit_text(const Audited& audited, const TextOptions& options) {
  std::string text = header(audited) + "\n" + verdict_line(audited, options) + "\n";
  text += path_lines(audited, options);
  for (const auto& door : audited.audit.doors) {
    if (!door.loopback_only) text += exposure_lines(door, options);
  }
  text += door_lines(audited.audit, options);
  text += doubt_lines(audited.audit, options);
  text += domain_line(audited, options);
  text += assumption_lines(audited.loaded, options);
  text += finding_lines(audited.audit, options);
  text += setting_lines(audited.loaded, options);
  return text;
}

std::string coverage_text(const dialects::Loaded& loaded, const TextOptions& options) {
  std::string text;
  for (const auto& line : loaded.coverage) {
    std::string words = shown(line.text, longest_text, options);
    if (!line.why.empty()) words += "   (" + shown(line.why, longest_text, options) + ")";
    text += paragraph(fmt::format("{}  {} ", padded(to_string(line.how), 12),
                                  padded(shown(place(line.where), 40, options), 15)),
                      words, 30);
  }
  return text;
}

}  // namespace relayproof::report
