#include <algorithm>

#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "report/comparison.h"

namespace relayproof::cli {
namespace {

std::string render(const Arguments& arguments, const report::Compared& compared) {
  switch (arguments.format) {
    case Format::json:
      return report::comparison_json(compared);
    case Format::jsonl:
      return report::comparison_json_line(compared);
    case Format::text:
      break;
  }
  return report::comparison_text(compared, text_options(arguments));
}

// Critical if strangers may relay who could not before; unknown if not all could be compared; a
// warning if anything else changed.
int status_of(const questions::Comparison& comparison, const mail::IpSet& trusted) {
  using Kind = policy::Difference::Kind;
  const auto strangers = mail::globally_routable() - trusted;
  const bool opens = std::any_of(comparison.changes.begin(), comparison.changes.end(),
                                 [&](const questions::Change& change) {
                                   return change.difference.kind == Kind::relays_now &&
                                          !(change.difference.clients & strangers).empty();
                                 });
  if (opens) return critical;
  if (!comparison.limits.empty()) return unknown;
  return comparison.same() ? ok : warning;
}

}  // namespace

int diff(const Arguments& arguments) {
  const auto& inside = arguments.inside;
  auto before = load_configuration(inside, inside.path);
  if (!before) return complain(before.error());
  auto after = load_configuration(inside, inside.other_path);
  if (!after) return complain(after.error());
  questions::AuditOptions options;
  options.trusted = trusted_of(inside, after->host);
  options.strict = inside.strict;
  const auto comparison = questions::compare(before->loaded, after->loaded, options);
  const auto written = write_output(
      arguments.output, render(arguments, {inside.path, inside.other_path, comparison}));
  if (!written) return complain(written.error());
  return status_of(comparison, options.trusted);
}

}  // namespace relayproof::cli
