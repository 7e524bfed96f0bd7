#include "report/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/archive_files.h"
#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/disk_files.h"
#include "cli/exit_status.h"
#include "cli/fix_files.h"
#include "cli/moved_files.h"
#include "cli/output.h"

namespace relayproof::cli {
namespace {

// What is not closed keeps the status of its verdict.
int status_of(const repair::Plan& plan, const repair::Way* way, bool allow_loss) {
  if (!plan.needed) return ok;
  if (way != nullptr) return way->asks_owner() && !allow_loss ? warning : ok;
  return plan.before.verdict == questions::Verdict::open ? critical : unknown;
}

bool may_give(const repair::Way* way, bool allow_loss) {
  return way != nullptr && (!way->asks_owner() || allow_loss);
}

Result<bool> print(const Arguments& arguments, const report::Fixed& fixed, const repair::Way* way) {
  switch (arguments.format) {
    case Format::json:
      return write_output(arguments.output, report::fix_json(fixed));
    case Format::jsonl:
      return write_output(arguments.output, report::fix_json_line(fixed));
    case Format::text:
      break;
  }
  const auto options = text_options(arguments);
  if (fixed.applied != nullptr) {
    return write_output(arguments.output, report::applied_text(fixed, options));
  }
  if (may_give(way, fixed.allow_loss)) {
    const auto text =
        way->commands.empty() ? report::patch_of(fixed.folder, *way) : report::commands_of(*way);
    const auto written = write_output(arguments.output, text);
    if (!written) return written;
  }
  std::fputs(report::fix_text(fixed, options).c_str(), stderr);
  return true;
}

std::optional<Error> misuse(const InsideArguments& inside) {
  const auto& fix = inside.fix;
  const bool writes = fix.apply || fix.undo;
  if (inside.path == "-") {
    return Error{"fix: name the folder: what comes from standard input cannot be edited", {}};
  }
  if (inside.root.empty() && looks_like_archive(inside.path)) {
    return Error{"fix edits files: unpack the archive and name the folder",
                 SourceRange{inside.path, 0, 0}};
  }
  if (fix.reload && !writes) return Error{"fix: --reload goes with --apply or --undo", {}};
  if (writes && !inside.root.empty()) {
    return Error{"fix: --apply and --undo work on this machine's files; with --root take the patch",
                 {}};
  }
  return {};
}

// Where a server's configuration is if nobody says so.
std::string usual_path(const InsideArguments& inside) {
  if (!inside.path.empty()) return inside.path;
  const DiskFiles files;
  for (const auto* dialect : dialects::all_dialects()) {
    const std::string place(dialect->usual_place);
    if (dialect->recognise(files, place)) return place;
  }
  return {};
}

int plan_and_apply(const Arguments& arguments, const std::string& locked_folder) {
  const auto& inside = arguments.inside;
  const auto configuration = load_configuration(inside, inside.path);
  if (!configuration) return complain(configuration.error());
  const DiskFiles disk(inside.root);
  const auto& path = configuration->path;
  const auto folder =
      disk.info(path).kind == FileInfo::Kind::folder ? path : repair::folder_of(path);
  const MovedFiles files(disk, folder, std::string(configuration->dialect->usual_place));
  auto surroundings = surroundings_of(inside, configuration->host);
  if (!surroundings) return complain(surroundings.error());
  const repair::Subject subject{
      configuration->dialect,  &files, path, configuration->host, inside.responsible,
      std::move(*surroundings)};
  repair::PlanOptions options;
  options.audit.trusted = trusted_of(inside, configuration->host);
  options.audit.strict = inside.strict;
  options.networks = inside.trusted;
  auto plan = repair::plan(subject, options);
  if (!plan) return complain(plan.error());
  // A copy's files are edited where they are, never those of the same name that are in use.
  for (auto& found : plan->ways) {
    for (auto& file : found.files) file.path = files.where(file.path);
  }
  const auto chosen = std::max<std::size_t>(inside.fix.way, 1) - 1;
  if (!plan->ways.empty() && chosen >= plan->ways.size()) {
    return complain(
        {fmt::format("fix: there is no way {}, only {}", chosen + 1, plan->ways.size()), {}});
  }
  const auto* way = plan->ways.empty() ? nullptr : &plan->ways[chosen];
  report::Fixed fixed{std::string(configuration->dialect->title),
                      std::string(configuration->dialect->name),
                      folder,
                      *plan,
                      configuration->loaded,
                      inside.trusted,
                      chosen,
                      inside.fix.allow_loss,
                      nullptr};
  if (inside.fix.apply && way != nullptr && !way->commands.empty()) {
    return complain({fmt::format("fix: {} is not configured by these files: take the commands that "
                                 "fix prints without --apply",
                                 configuration->dialect->title),
                     SourceRange{path, 0, 0}});
  }
  Result<repair::Applied> applied;
  if (inside.fix.apply && may_give(way, inside.fix.allow_loss)) {
    applied = repair::apply(subject, *way,
                            {options.audit, locked_folder, time_stamp(), inside.fix.reload});
    if (!applied) return complain(applied.error());
    fixed.applied = &*applied;
  }
  const auto printed = print(arguments, fixed, way);
  if (!printed) return complain(printed.error());
  return status_of(*plan, way, inside.fix.allow_loss);
}

}  // namespace

int fix(const Arguments& arguments) {
  const auto& inside = arguments.inside;
  if (const auto error = misuse(inside)) return complain(*error);
  const auto path = usual_path(inside);
  if (inside.fix.undo) return undo_fix(arguments, path);
  if (!inside.fix.apply) return plan_and_apply(arguments, {});
  const SignalsLater later;
  const auto folder = real_folder(path);
  if (!folder) return complain(folder.error());
  const auto lock = lock_and_recover(*folder);
  if (!lock) return complain(lock.error());
  return plan_and_apply(arguments, *folder);
}

}  // namespace relayproof::cli
