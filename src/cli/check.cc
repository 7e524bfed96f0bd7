#include <cstdio>

#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace relayproof::cli {
namespace {

std::string render(const Arguments& arguments, const probe::Run& run) {
  switch (arguments.format) {
    case Format::json:
      return report::check_json(run, meta());
    case Format::jsonl: {
      std::string lines;
      for (const auto& door : run.doors) lines += report::json_line(run, door, meta());
      return lines;
    }
    case Format::text:
      break;
  }
  return report::text(run, text_options(arguments));
}

}  // namespace

int check(const Arguments& arguments) {
  net::Loop loop;
  auto network = net::system_network(loop, arguments.network);
  if (!network) return complain(network.error());
  const auto target = probe::parse_target(arguments.targets.front());
  if (!target) return complain(target.error());

  probe::RunOptions options = arguments.run;
  options.target = *target;
  options.follow_mx = true;
  Result<probe::Run> run = failure("not asked");
  {
    Progress progress(arguments.quiet);
    options.progress = [&](std::size_t count) { progress.done(count); };
    const auto announce = [&](const probe::Plan& plan) {
      progress.expect(plan.most_refusals);
      if (!arguments.quiet) std::fputs((announcement(plan) + "\n").c_str(), stderr);
    };
    run = loop.run(ask(**network, options, announce));
  }
  if (!run) return complain(run.error());
  show_transcripts(arguments, *run);
  const auto written = write_output(arguments.output, render(arguments, *run));
  if (!written) return complain(written.error());
  return exit_status(*run);
}

}  // namespace relayproof::cli
