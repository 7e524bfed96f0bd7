#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "questions/causes.h"
#include "report/fix.h"
#include "report/layout.h"

namespace relayproof::report {
namespace {

using questions::Loss;
using questions::Verdict;
using repair::Way;

constexpr std::size_t most_domains = 6;
constexpr std::size_t longest_step = 300;

std::string steps_of(const Way& way, const TextOptions& options) {
  std::string text;
  for (const auto& step : way.steps) {
    text += (text.empty() ? "" : "; ") + said(step, longest_step, options);
  }
  return text;
}

std::string attempt_of(const policy::Attempt& attempt, const TextOptions& options) {
  return fmt::format("MAIL FROM:{} RCPT TO:{}", shown(attempt.mail_from, 100, options),
                     shown(attempt.rcpt_to, 120, options));
}

std::string loss_line(const Loss& loss, const TextOptions& options) {
  const auto clients = questions::clients_in_words(loss.clients);
  const auto door = shown(loss.door, 40, options);
  switch (loss.kind) {
    case Loss::Kind::relaying:
      return fmt::format("{}, which may relay by right, through {}", clients, door);
    case Loss::Kind::credentials:
      return fmt::format("users with credentials at {}, e.g. {} {}", door,
                         loss.witness.client.to_string(), attempt_of(loss.witness, options));
    case Loss::Kind::delivery:
      return fmt::format("mail to your own domains at {}, e.g. from {} {}", door,
                         loss.witness.client.to_string(), attempt_of(loss.witness, options));
    case Loss::Kind::door:
      break;
  }
  return fmt::format("{}, who cannot reach {} any more", clients, door);
}

std::string kept(const Fixed& fixed, const TextOptions& options) {
  std::vector<std::string> names;
  for (const auto& claim : fixed.before.policy.answers_for) {
    if (!claim.starts_with('[')) names.push_back(shown(claim, 80, options));
  }
  const auto more = names.size() > most_domains ? names.size() - most_domains : 0;
  names.resize(names.size() - more);
  std::string text = "Keep everything: users with a password";
  if (!names.empty()) text += fmt::format(", mail to {}", fmt::join(names, " and "));
  if (more != 0) text += fmt::format(" and {} more domains", more);
  for (const auto& network : fixed.promised) {
    text += fmt::format(", {}", mail::IpSet::of(network).to_string());
  }
  return text + ".";
}

std::string legitimate_losses(const Way& way, const TextOptions& options) {
  std::string text;
  for (const auto& loss : way.losses.found) {
    if (loss.legitimate) text += paragraph("  loses     ", loss_line(loss, options), 12);
  }
  for (const auto& ask : way.asks) {
    text += paragraph("  loses     ", said(ask, longest_step, options), 12);
  }
  for (const auto& limit : way.losses.limits) {
    text += paragraph("  unknown   ", "not compared: " + said(limit, longest_step, options), 12);
  }
  return text;
}

// What those will be told who relay no longer.
std::string refusal_of(const repair::Way& way) {
  for (const auto& loss : way.losses.found) {
    if (!loss.legitimate && !loss.refused_with.empty()) return loss.refused_with;
  }
  return {};
}

std::string chosen_way(const Fixed& fixed, const TextOptions& options) {
  const auto& way = fixed.plan.ways.at(fixed.chosen);
  std::string words = "Proved closed with this: " + steps_of(way, options) + ".";
  const auto lost = way.losses.no_longer();
  if (!lost.empty()) {
    words += fmt::format(" Lose relaying: {}.", questions::clients_in_words(lost));
  }
  if (!way.asks_owner() && way.losses.limits.empty()) words += " " + kept(fixed, options);
  auto text = paragraph("", words, 0) + legitimate_losses(way, options);
  if (!(lost & mail::globally_routable()).empty()) {
    const auto told = refusal_of(way);
    text +=
        paragraph("",
                  fmt::format("Users outside who send without a password will {}: they need port "
                              "587 and their password.",
                              told.empty() ? "be refused" : "see \"" + told + "\""),
                  0);
  }
  if (!way.commands.empty() && (!way.asks_owner() || fixed.allow_loss)) {
    text += paragraph("",
                      "Paste the commands where it was exported, export again, and audit that: "
                      "proved is what the export will be then.",
                      0);
  }
  if (way.asks_owner() && !fixed.allow_loss) {
    text += paragraph("",
                      "Something legitimate may be lost: name your networks with --trusted, or "
                      "accept it with --allow-loss. Nothing was written and no patch is given.",
                      0);
  }
  return text;
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string other_ways(const Fixed& fixed, const TextOptions& options) {
  if (fixed.plan.ways.size() < 2) return {};
  std::string text = "Other ways, each proved (--way N):\n";
  for (std::size_t i = 0; i < fixed.plan.ways.size(); ++i) {
    if (i == fixed.chosen) continue;
    const auto& way = fixed.plan.ways[i];
    auto words = steps_of(way, options);
    if (way.asks_owner()) words += "   (loses something legitimate)";
    text += paragraph(fmt::format("  {}  ", i + 1), words, 5);
  }
  return text;
}

}  // namespace

std::string fix_text(const Fixed& fixed, const TextOptions& options) {
  const auto& plan = fixed.plan;
  if (!plan.needed) return "Closed already, proved: there is nothing to fix.\n";
  if (plan.ways.empty()) {
    return paragraph("",
                     fmt::format("No proved fix: {} ({} edits tried). relayproof audit names the "
                                 "lines.",
                                 said(plan.why_none, 300, options), plan.trials),
                     0);
  }
  return chosen_way(fixed, options) + other_ways(fixed, options);
}

std::string applied_text(const Fixed& fixed, const TextOptions& options) {
  std::string done;
  for (const auto& file : fixed.applied->files) {
    done += fmt::format("{}{} written", done.empty() ? "" : "    ",
                        shown(base_name(file.path), 80, options));
    if (!file.backup.empty()) {
      done += fmt::format(" (before: {})", shown(base_name(file.backup), 120, options));
    }
  }
  for (const auto& line : fixed.applied->told) done += "    " + said(line, 400, options);
  auto text = paragraph("  ", done, 4);
  text += "  CLOSED   audit of what is on disk: proved\n";
  text += chosen_way(fixed, options);
  if (!fixed.applied->reloaded) {
    text += paragraph("  ", "The running server keeps its old settings until it is reloaded.", 2);
  }
  text += paragraph(
      "  ", "Still to do: ask it from outside, relayproof check HOST on another machine.", 2);
  text += fmt::format("  Undo: relayproof fix {} --undo\n", shell_quote(fixed.folder));
  return text;
}

}  // namespace relayproof::report
