#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "report/check.h"
#include "report/layout.h"
#include "report/path.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

using questions::Verdict;

constexpr std::size_t hanging = 12;
constexpr std::size_t longest_text = 400;
constexpr std::size_t most_seen = 4;

std::string labelled(std::string_view label, const std::string& text) {
  return paragraph(fmt::format("  {}", padded(label, hanging - 2)), text, hanging);
}

const CheckedInstance* worst_of(const Checked& checked) {
  const auto worst = std::max_element(checked.inside.begin(), checked.inside.end(),
                                      [](const auto& a, const auto& b) {
                                        return a.audited.audit.verdict < b.audited.audit.verdict;
                                      });
  return worst == checked.inside.end() ? nullptr : &*worst;
}

std::string verdict_of(const Checked& checked, const TextOptions& options) {
  const auto& cross = checked.cross;
  const auto* worst = worst_of(checked);
  // Where the configuration decides, its own words say the most.
  if (worst != nullptr && cross.evidence == "proved" &&
      cross.verdict == worst->audited.audit.verdict) {
    return audit_verdict(worst->audited, options);
  }
  const std::string label = "  " + verdict_word(cross.verdict, TextOptions{}) + "   ";
  std::string text =
      paragraph(label, fmt::format("{}: {}", cross.evidence, cross.reason), label.size());
  const auto plain = verdict_word(cross.verdict, TextOptions{});
  return text.replace(2, plain.size(), verdict_word(cross.verdict, options));
}

std::string network_words(const Checked& checked) {
  std::size_t agree = 0;
  std::size_t compared = 0;
  for (const auto& both : checked.cross.agreement) {
    if (both.relation == crosscheck::Relation::not_compared) continue;
    ++compared;
    if (both.relation == crosscheck::Relation::agree) ++agree;
  }
  if (checked.run == nullptr) return "nothing was asked in the network";
  if (compared == 0) return "nothing could be compared";
  if (agree == compared) {
    return compared == 1 ? "agrees with the configuration at the one door that could be compared"
                         : fmt::format("agrees with the configuration at all {} doors", compared);
  }
  return fmt::format("agrees with the configuration at {} of {}", agree,
                     counted(compared, "door", "doors"));
}

bool is_as_we_are(const crosscheck::SeenAs& seen) { return seen.saw == seen.asked_from.unmapped(); }

std::string seen_lines(const Checked& checked, const TextOptions& options) {
  std::string text;
  std::size_t told = 0;
  const auto plain = static_cast<std::size_t>(
      std::count_if(checked.seen.begin(), checked.seen.end(), is_as_we_are));
  const bool in_one = plain > 1 && !options.verbose;
  if (in_one) {
    text = labelled("seen", fmt::format("under our own address at {} doors, so addresses arrive as "
                                        "they are",
                                        plain));
  }
  for (const auto& seen : checked.seen) {
    const bool same = is_as_we_are(seen);
    if (same && in_one) continue;
    if (++told > most_seen && !options.verbose) break;
    text += labelled(
        text.empty() ? "seen" : "",
        fmt::format("as {} (we asked {} from {}{})", seen.saw.to_string(), door_label(seen.door),
                    seen.asked_from.to_string(), same ? ", so addresses arrive as they are" : ""));
    if (!same || options.verbose) {
      text += paragraph(
          std::string(hanging, ' '),
          fmt::format("{}: {}", seen.log.empty() ? "its reply" : shown(seen.log, 80, options),
                      shown(seen.line, longest_text, options)),
          hanging + 2);
    }
  }
  return text;
}

// As wide as its widest cell, within reason.
std::size_t column_width(const std::vector<std::array<std::string, 4>>& rows, std::size_t column) {
  constexpr std::size_t widest = 40;
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, columns(row.at(column)));
  return std::min(width, widest);
}

std::string door_lines(const Checked& checked, const TextOptions& options) {
  std::vector<std::array<std::string, 4>> rows{{"door", "network", "configuration", ""}};
  for (const auto& both : checked.cross.agreement) {
    std::string relation(to_string(both.relation));
    if (!both.code.empty()) relation += "  " + both.code;
    rows.push_back({door_label(both.door), shown(both.outside, 80, options),
                    shown(both.inside, 80, options), std::move(relation)});
  }
  if (rows.size() == 1) return {};
  const auto door = column_width(rows, 0);
  const auto network = column_width(rows, 1);
  const auto inside = column_width(rows, 2);
  std::string text = "\n";
  for (const auto& row : rows) {
    const auto label = fmt::format("  {}   ", padded(row[0], door));
    const auto cells =
        fmt::format("{}   {}   {}", padded(row[1], network), padded(row[2], inside), row[3]);
    text += paragraph(label, trim(cells), columns(label));
  }
  return text;
}

std::string finding_lines(const Checked& checked, const TextOptions& options) {
  std::string text;
  for (const auto& one : checked.inside) {
    for (const auto& finding : one.audited.audit.findings) {
      const bool minor = finding.severity < Severity::medium && finding.code != "RP2020";
      if (minor && !options.verbose) continue;
      text += labelled(
          to_string(finding.severity),
          fmt::format("{}{}   {}", finding.where.file.empty() ? "" : place(finding.where) + "   ",
                      shown(finding.says, longest_text, options), finding.code));
    }
  }
  for (const auto& finding : checked.cross.findings) {
    text +=
        labelled(to_string(finding.severity),
                 fmt::format("{}   {}", shown(finding.says, longest_text, options), finding.code));
  }
  return text.empty() ? text : "\n" + text;
}

std::string opinion_lines(const Checked& checked, const TextOptions& options) {
  std::string text;
  for (const auto& opinion : checked.opinions) {
    const auto words = [](Truth relays) {
      return relays == Truth::yes ? "it relays" : relays == Truth::no ? "it refuses" : "open";
    };
    const std::string said =
        !opinion.answered ? "could not be asked: "
        : *opinion.answered == opinion.predicted
            ? fmt::format("agrees, {}: ", words(*opinion.answered))
            : fmt::format("disagrees, {} (predicted: {}): ", words(*opinion.answered),
                          words(opinion.predicted));
    text += labelled(text.empty() ? "answers" : "",
                     fmt::format("{}{}   {}", said, shown(opinion.words, longest_text, options),
                                 shown(opinion.how, 120, options)));
  }
  return text;
}

std::string instance_lines(const Checked& checked, const TextOptions& options) {
  std::string text;
  for (const auto& one : checked.inside) {
    if (checked.inside.size() > 1) {
      text += labelled(text.empty() ? "servers" : "",
                       fmt::format("{}: {}", shown(one.name, 120, options),
                                   to_string(one.audited.audit.verdict)));
    }
  }
  for (const auto& one : checked.inside) {
    if (one.audited.audit.verdict == Verdict::closed) continue;
    text += audit_reasons(one.audited, options);
  }
  return text;
}

std::string way_lines(const Checked& checked, const TextOptions& options) {
  if (checked.ways.empty()) return {};
  std::string text = checked.ways.size() == 1
                         ? "\n  To close it (proved):\n"
                         : "\n  To close it, any one of these (each proved):\n";
  std::size_t number = 0;
  for (const auto& way : checked.ways) {
    std::string words = shown(way.says, longest_text, options);
    for (const auto& loss : way.loses) words += "   loses: " + shown(loss, longest_text, options);
    text += paragraph(fmt::format("    {}  ", ++number), words, 7);
  }
  return text;
}

std::string next_lines(const Checked& checked, const TextOptions& options) {
  std::string text;
  for (const auto& step : checked.next) {
    text +=
        paragraph(text.empty() ? "  Next   " : "         ", shown(step, longest_text, options), 9);
  }
  return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string likely_text(const Checked& checked, const TextOptions& options) {
  std::string text;
  for (const auto& finding : checked.cross.findings) {
    text += paragraph(
        text.empty() ? "\n  Likely " : "         ",
        fmt::format("{}; {}   relayproof finding {}", shown(finding.says, longest_text, options),
                    finding.remedy, finding.code),
        9);
  }
  return text;
}

std::string checked_text(const Checked& checked, const TextOptions& options) {
  std::string text = verdict_of(checked, options);
  if (!checked.inside.empty()) text += labelled("network", network_words(checked));
  text += "\n";
  text += instance_lines(checked, options);
  text += seen_lines(checked, options);
  for (const auto& abuse : checked.abuse) {
    text += labelled("abused?", shown(abuse.says, longest_text, options));
  }
  text += opinion_lines(checked, options);
  for (const auto& sentence : checked.not_read) {
    text += labelled("not read", shown(sentence, longest_text, options));
  }
  text += door_lines(checked, options);
  text += finding_lines(checked, options);
  text += way_lines(checked, options);
  text += next_lines(checked, options);
  return text;
}

}  // namespace relayproof::report
