#include "report/path.h"

#include <fmt/format.h>

#include <set>

#include "questions/lost_addresses.h"
#include "report/layout.h"

namespace relayproof::report {
namespace {

constexpr std::size_t hanging = 12;
constexpr std::size_t longest_text = 120;

std::string at_place(const std::string& label, const policy::Origin& origin,
                     const TextOptions& options) {
  const std::string setting = origin.setting.empty() || origin.setting == "deployment" ||
                                      origin.text.starts_with(origin.setting)
                                  ? ""
                                  : origin.setting + ": ";
  return paragraph(label,
                   fmt::format("{}   {}{}", place(origin.range), setting,
                               shown(origin.text, longest_text, options)),
                   hanging + 3);
}

}  // namespace

std::string place(const SourceRange& where) {
  if (where.file.empty()) return "default";
  const auto slash = where.file.rfind('/');
  const std::string file = where.file.substr(slash == std::string::npos ? 0 : slash + 1);
  return where.line == 0 ? file : fmt::format("{}:{}", file, where.line);
}

std::string lost_address_words(const Audited& audited) {
  const auto& audit = audited.audit;
  if (audit.verdict != questions::Verdict::open) return {};
  mail::IpSet strangers;
  mail::IpSet explained;
  std::set<std::string> as;
  std::string line;
  for (std::size_t i = 0; i < audit.doors.size(); ++i) {
    const auto& door = audit.doors[i];
    if (door.loopback_only) continue;
    const auto mine = door.relays & mail::globally_routable();
    strangers = strangers | mine;
    for (const auto& seen : audited.loaded.policy.doors.at(i).seen) {
      const auto here = mine & seen.clients;
      if (here.empty()) continue;
      explained = explained | here;
      as.insert(seen.as.to_string());
      const auto* origin = questions::trusting_line(audited.loaded.policy, door,
                                                    audited.loaded.policy.doors[i], seen);
      if (line.empty() && origin != nullptr) line = place(origin->range);
    }
  }
  if (strangers.empty() || strangers != explained) return {};
  return fmt::format(
      "proved: {}, because {} sees all of them as {}{}", questions::strangers_in_words(strangers),
      audited.title, fmt::join(as, " or "),
      line.empty() || line == "default" ? "" : fmt::format(", which {} trusts", line));
}

std::string path_lines(const Audited& audited, const TextOptions& options) {
  std::string text;
  const auto& policy = audited.loaded.policy;
  std::set<std::string> told;
  std::string trusted;
  for (std::size_t i = 0; i < policy.doors.size(); ++i) {
    const auto& door = policy.doors[i];
    for (const auto& seen : door.seen) {
      const auto strangers = seen.clients & mail::globally_routable();
      if (strangers.empty()) continue;
      const auto& origin = policy.origins.at(seen.origin);
      std::string words =
          fmt::format("{} > {} > {}:{}", questions::strangers_in_words(strangers),
                      shown(seen.how, longest_text, options), seen.as.to_string(), door.port);
      if (!told.insert(words).second) continue;
      text += paragraph(text.empty() ? "  path      " : std::string(hanging, ' '), words, hanging);
      if (!origin.range.file.empty()) text += at_place(std::string(hanging, ' '), origin, options);
      const auto* line = questions::trusting_line(policy, audited.audit.doors.at(i), door, seen);
      if (line == nullptr || !told.insert(to_string(line->range)).second) continue;
      trusted +=
          at_place(trusted.empty() ? "  trusted   " : std::string(hanging, ' '), *line, options);
    }
  }
  return text + trusted;
}

}  // namespace relayproof::report
