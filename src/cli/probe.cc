#include <cstdio>

#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/targets.h"

namespace relayproof::cli {
namespace {

// All targets of one command, and what has become of them so far.
class Probing {
 public:
  Probing(const Arguments& arguments, net::Network& network, Progress& progress)
      : arguments_(arguments), network_(network), progress_(progress) {}

  net::Task<void> ask_one(probe::TargetSpec target) {
    probe::RunOptions options = arguments_.run;
    options.target = target;
    options.progress = [this](std::size_t count) { progress_.done(count); };
    Announce announce = [this](const probe::Plan& plan) {
      progress_.expect(plan.most_refusals);
      if (!arguments_.quiet && arguments_.format == Format::text) {
        std::fputs((announcement(plan) + "\n").c_str(), stderr);
      }
    };
    auto run = co_await ask(network_, std::move(options), std::move(announce));
    if (!run) {
      status_ = worse(status_, complain(run.error()));
      co_return;
    }
    status_ = worse(status_, exit_status(*run));
    finish(std::move(*run));
  }

  // The text of whatever is printed at the end.
  std::string remaining() {
    if (arguments_.format != Format::json) return std::move(text_);
    return runs_.empty() ? std::string{} : report::json(runs_, meta());
  }
  int status() const { return status_; }

 private:
  void finish(probe::Run run) {
    show_transcripts(arguments_, run);
    if (arguments_.format == Format::json) {
      runs_.push_back(std::move(run));
      return;
    }
    std::string text;
    if (arguments_.format == Format::text) {
      text = report::text(run, text_options(arguments_));
    } else {
      for (const auto& door : run.doors) text += report::json_line(run, door, meta());
    }
    // A line as each one ends; a file is written whole at the end.
    if (arguments_.output.empty()) {
      const auto written = write_output({}, text);
      if (!written) status_ = worse(status_, complain(written.error()));
    } else {
      text_ += text;
    }
  }

  const Arguments& arguments_;
  net::Network& network_;
  Progress& progress_;
  std::vector<probe::Run> runs_;
  std::string text_;
  int status_ = ok;
};

net::Task<bool> ask_all(Probing& probing, std::vector<probe::TargetSpec> targets,
                        std::size_t concurrency) {
  std::vector<net::Task<void>> tasks;
  tasks.reserve(targets.size());
  for (auto& target : targets) tasks.push_back(probing.ask_one(std::move(target)));
  co_await net::all(std::move(tasks), concurrency);
  co_return true;
}

}  // namespace

int probe(const Arguments& arguments) {
  net::Loop loop;
  auto network = net::system_network(loop, arguments.network);
  if (!network) return complain(network.error());
  auto targets = collect_targets(arguments);
  if (!targets) return complain(targets.error());
  Progress progress(arguments.quiet);
  Probing probing(arguments, **network, progress);
  loop.run(ask_all(probing, std::move(*targets), arguments.concurrency));
  const std::string text = probing.remaining();
  if (!text.empty()) {
    const auto written = write_output(arguments.output, text);
    if (!written) return complain(written.error());
  }
  return probing.status();
}

}  // namespace relayproof::cli
