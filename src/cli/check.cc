#include "report/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/asking.h"
#include "cli/audit_names.h"
#include "cli/check_inside.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/next_steps.h"

namespace relayproof::cli {
namespace {

Result<probe::Run> ask_outside(const Arguments& arguments, net::Network& network, net::Loop& loop) {
  const auto target = probe::parse_target(arguments.targets.front());
  if (!target) return tl::unexpected(target.error());
  probe::RunOptions options = arguments.run;
  options.target = *target;
  options.follow_mx = true;
  Progress progress(arguments.quiet);
  options.progress = [&](std::size_t count) { progress.done(count); };
  const auto announce = [&](const probe::Plan& plan) {
    progress.expect(plan.most_refusals);
    if (!arguments.quiet) std::fputs((announcement(plan) + "\n").c_str(), stderr);
  };
  return loop.run(ask(network, options, announce));
}

bool is_this_machine(const probe::Run& run, net::Network& network) {
  const auto own = network.own_addresses();
  return std::any_of(run.doors.begin(), run.doors.end(), [&](const probe::DoorResult& door) {
    return std::find(own.begin(), own.end(), door.target.address) != own.end();
  });
}

std::string render(const Arguments& arguments, const report::Checked& checked) {
  switch (arguments.format) {
    case Format::json:
      return report::checked_json(checked, finding_names(), meta());
    case Format::jsonl:
      return report::checked_json_line(checked, finding_names(), meta());
    case Format::text:
      break;
  }
  if (!checked.inside.empty()) return report::checked_text(checked, text_options(arguments));
  return report::text(*checked.run, text_options(arguments)) +
         report::likely_text(checked, text_options(arguments));
}

// What a stranger to this machine has found of it.
report::Checked outside_only(const probe::Run& run) {
  report::Checked checked;
  checked.run = &run;
  crosscheck::Evidence evidence;
  evidence.run = &run;
  checked.cross = crosscheck::crosscheck(evidence);
  for (const auto& step : report::next_steps(run)) checked.next.push_back(to_string(step));
  return checked;
}

}  // namespace

int check(const Arguments& arguments) {
  net::Loop loop;
  auto network = net::system_network(loop, arguments.network);
  if (!network) return complain(network.error());
  std::optional<probe::Run> outside;
  if (!arguments.targets.empty()) {
    const auto proxied = proxied_network(**network, loop, arguments.places);
    if (!proxied) return complain(proxied.error());
    auto run = ask_outside(arguments, *proxied ? **proxied : **network, loop);
    if (!run) return complain(run.error());
    outside = with_other_places(std::move(*run), arguments);
  }
  const bool wants_inside = !outside || arguments.inside.container != "" ||
                            (is_this_machine(*outside, **network) && !arguments.run.as_stranger);
  std::optional<InsideCheck> inside;
  if (wants_inside) {
    auto found = check_inside(arguments, std::move(outside), **network, loop);
    if (found) {
      inside = std::move(*found);
    } else if (!found.error().run) {
      return complain(found.error().error);
    } else {
      outside = std::move(found.error().run);
    }
  }
  const report::Checked checked = inside ? inside->checked() : outside_only(*outside);
  if (checked.run != nullptr) show_transcripts(arguments, *checked.run);
  const auto written = write_output(arguments.output, render(arguments, checked));
  if (!written) return complain(written.error());
  return inside ? exit_status(checked.cross, inside->audits) : exit_status(*checked.run);
}

}  // namespace relayproof::cli
