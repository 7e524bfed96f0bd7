#include <unistd.h>

#include <cstdio>
#include <memory>

#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/journal.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/scope.h"
#include "cli/targets.h"
#include "probe/many.h"
#include "probe/ulid.h"

namespace relayproof::cli {
namespace {

using Now = std::chrono::system_clock;

// What has become of the targets so far.
class Results : public probe::ResultSink {
 public:
  Results(const Arguments& arguments, Journal* journal)
      : arguments_(arguments), journal_(journal), status_(journal ? journal->status() : ok) {}

  Result<bool> take(const probe::Work& work, Result<probe::Run> run) override {
    int status = unknown;
    std::string text;
    if (run) {
      *run = with_other_places(std::move(*run), arguments_);
      status = exit_status(*run);
      text = rendered(std::move(*run));
    } else {
      complain(run.error());
    }
    status_ = worse(status_, status);
    if (journal_ != nullptr) return journal_->keep(work.number, status, text);
    // A line as each one ends; a file is written whole at the end.
    if (arguments_.output.empty()) return write_output({}, text);
    text_ += text;
    return true;
  }

  // The text of whatever is printed at the end.
  std::string remaining() {
    if (arguments_.format != Format::json) return std::move(text_);
    return runs_.empty() ? std::string{} : report::json(runs_, meta());
  }
  int status() const { return status_; }

 private:
  std::string rendered(probe::Run run) {
    show_transcripts(arguments_, run);
    if (arguments_.format == Format::json) {
      runs_.push_back(std::move(run));
      return {};
    }
    if (arguments_.format == Format::text) return report::text(run, text_options(arguments_));
    std::string text;
    for (const auto& door : run.doors) text += report::json_line(run, door, meta());
    return text;
  }

  const Arguments& arguments_;
  Journal* journal_;
  std::vector<probe::Run> runs_;
  std::string text_;
  int status_;
};

// Who may be asked, and when.
struct Limits {
  std::optional<Scope> scope;
  DoNotProbe do_not_probe;

  bool may_ask(const mail::IpAddress& address) const {
    if (scope && !scope->networks.contains(address.unmapped())) return false;
    return !do_not_probe.networks.contains(address.unmapped());
  }
  bool is_time() const {
    const auto now = Now::now();
    return !scope ||
           ((!scope->from || *scope->from <= now) && (!scope->until || now < *scope->until));
  }
};

Result<Limits> read_limits(const Arguments& arguments) {
  Limits limits;
  if (!arguments.many.scope.empty()) {
    auto scope = load_scope(arguments.many.scope);
    if (!scope) return tl::unexpected(scope.error());
    limits.scope = std::move(*scope);
    if (!limits.is_time())
      return failure("does not allow asking at this time", {arguments.many.scope});
  }
  if (!arguments.many.do_not_probe.empty()) {
    auto list = load_do_not_probe(arguments.many.do_not_probe);
    if (!list) return tl::unexpected(list.error());
    limits.do_not_probe = std::move(*list);
  }
  return limits;
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  for (const char c : probe::random_word(12)) seed = seed * 31 + static_cast<unsigned char>(c);
  return seed;
}

// The same words make the same run: what a journal of another one says is of no use.
std::string about(const Arguments& arguments, const TargetList& list) {
  std::uint64_t sum = 14695981039346656037U;  // FNV-1a
  const auto add = [&sum](std::string_view text) {
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
    sum = (sum ^ 0xff) * 1099511628211U;
  };
  for (const auto& host : list.hosts) add(host);
  for (const auto& network : list.networks) {
    add(network.address.to_string() + "/" + std::to_string(network.prefix));
  }
  for (const auto* technique : arguments.run.techniques) add(technique->name);
  for (const auto port : arguments.run.ports) add(std::to_string(port));
  return std::to_string(list.size()) + " targets, " + std::to_string(sum);
}

void tell_what_was_left(const TargetQueue& queue, const Arguments& arguments) {
  if (arguments.quiet) return;
  if (queue.passed_over() > 0) {
    std::fprintf(stderr, "relayproof: %llu targets passed over: they are not to be probed\n",
                 static_cast<unsigned long long>(queue.passed_over()));
  }
  if (queue.left() > 0) {
    std::fprintf(stderr, "relayproof: %llu targets not asked: the time of the scope file is over\n",
                 static_cast<unsigned long long>(queue.left()));
  }
}

int ask_all(const Arguments& arguments, const Limits& limits, TargetQueue& queue,
            Journal* journal) {
  net::Loop loop;
  auto network = net::system_network(loop, arguments.network);
  if (!network) return complain(network.error());
  const auto proxied = proxied_network(**network, loop, arguments.places);
  if (!proxied) return complain(proxied.error());
  net::Network& asked_by = *proxied ? **proxied : **network;
  Progress progress(arguments.quiet);
  probe::RunOptions options = arguments.run;
  if (options.from.empty() && limits.scope) options.from = limits.scope->contact;
  options.progress = [&progress](std::size_t count) { progress.done(count); };
  options.may_ask = [&limits](const mail::IpAddress& address) { return limits.may_ask(address); };
  const auto announce = [&](const probe::Plan& plan) {
    progress.expect(plan.most_refusals);
    if (arguments.quiet || arguments.format != Format::text) return;
    std::fputs((announcement(plan) + "\n").c_str(), stderr);
  };
  Results results(arguments, journal);
  const auto done = loop.run(
      probe::ask_many(asked_by, std::move(options), queue, results, arguments.many.pace, announce));
  if (!done) return complain(done.error());
  const std::string text = results.remaining();
  if (!text.empty()) {
    const auto written = write_output(arguments.output, text);
    if (!written) return complain(written.error());
  }
  tell_what_was_left(queue, arguments);
  return queue.left() > 0 ? worse(results.status(), unknown) : results.status();
}

}  // namespace

int probe(const Arguments& arguments) {
  const auto limits = read_limits(arguments);
  if (!limits) return complain(limits.error());
  auto list = collect_targets(arguments, limits->scope ? &*limits->scope : nullptr);
  if (!list) return complain(list.error());
  std::uint64_t seed = random_seed();
  std::unique_ptr<Journal> journal;
  if (!arguments.many.resume.empty()) {
    auto opened =
        open_journal(arguments.many.resume, arguments.output, about(arguments, *list), seed);
    if (!opened) return complain(opened.error());
    journal = std::move(*opened);
    seed = journal->seed();
  }
  const bool shuffled = limits->scope && !arguments.many.in_order;
  TargetQueue queue(std::move(*list), shuffled ? std::optional(seed) : std::nullopt);
  if (journal) queue.leave_out(journal->done());
  queue.only([&limits](const probe::TargetSpec& target) {
    return !limits->do_not_probe.holds(target.host);
  });
  queue.while_true([&limits] { return limits->is_time(); });
  return ask_all(arguments, *limits, queue, journal.get());
}

}  // namespace relayproof::cli
