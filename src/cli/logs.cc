#include "report/logs.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <limits>

#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/exit_status.h"
#include "cli/log_follow.h"
#include "cli/log_queue.h"
#include "cli/log_reading.h"
#include "cli/output.h"
#include "cli/seen_in_logs.h"
#include "cli/this_machine.h"
#include "logs/block_reader.h"

namespace relayproof::cli {
namespace {

// How long a filter takes at most to say that it has given a message back.
constexpr logs::Time filter_seconds = 60;

logs::Time now() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int /*signal*/) { interrupted = 1; }

// Whether the log is of the machine it is read on, so that its configuration and queue count.
bool is_of_this_machine(const LogArguments& arguments) {
  return std::all_of(arguments.files.begin(), arguments.files.end(),
                     [](const std::string& path) { return path.starts_with("/var/log/"); });
}

mail::IpSet set_of(const std::vector<mail::Network>& networks) {
  mail::IpSetBuilder builder;
  for (const auto& network : networks) builder.add(network);
  return builder.build();
}

// That of --config, or of this machine. Without --config, one that is not there or cannot be read
// is no failure: the report says that the domains are not known.
Result<std::optional<Configuration>> configuration_of(const Arguments& arguments) {
  const auto& path = arguments.logs.config;
  if (path.empty() && !is_of_this_machine(arguments.logs)) return std::nullopt;
  auto configuration = load_configuration(arguments.inside, path);
  if (configuration) return std::optional(std::move(*configuration));
  if (!path.empty()) return tl::unexpected(configuration.error());
  return std::nullopt;
}

std::vector<std::string> own_domains(const Arguments& arguments,
                                     const std::optional<Configuration>& configuration) {
  auto domains = arguments.inside.responsible;
  if (configuration) {
    const auto& claims = configuration->loaded.policy.answers_for;
    domains.insert(domains.end(), claims.begin(), claims.end());
  }
  return domains;
}

// What the server writes by itself, else what syslog writes on most machines.
std::vector<LogFile> logs_here(const std::optional<Configuration>& configuration) {
  const auto own = configuration ? log_of_its_own(configuration->path, "") : std::string();
  auto files = own.empty() ? std::vector<LogFile>() : rotated_logs(own);
  return files.empty() ? usual_logs() : files;
}

Result<LogReading> make_reading(const Arguments& arguments) {
  LogReading reading;
  const auto& asked = arguments.logs;
  auto files = named_logs(asked.files);
  if (!files) return tl::unexpected(files.error());
  const auto configuration = configuration_of(arguments);
  if (!configuration) return tl::unexpected(configuration.error());
  reading.files = asked.files.empty() ? logs_here(*configuration) : std::move(*files);
  reading.join.own_domains = own_domains(arguments, *configuration);
  const bool here = is_of_this_machine(asked);
  const auto host = here ? completed_by_this_machine(arguments.inside.host) : arguments.inside.host;
  reading.join.trusted = trusted_of(arguments.inside, host);
  if (!asked.clients.empty()) reading.join.only_clients = set_of(asked.clients);
  reading.join.since = asked.since.value_or(reading.join.since);
  reading.join.until = asked.until.value_or(reading.join.until);
  if (!asked.queue_file.empty()) {
    auto queue = read_queue_file(asked.queue_file);
    if (!queue) return tl::unexpected(queue.error());
    reading.queue = std::move(*queue);
  } else if (here) {
    reading.queue = ask_queue();
  }
  return reading;
}

// Tells of messages that go outside once the log is followed, of each source the first ones, and
// then ever fewer.
class Alerts {
 public:
  Alerts(const Arguments& arguments, const report::ReadLogs& read)
      : arguments_(arguments), read_(read) {}

  void begin() {
    if (!on_ && !arguments_.quiet) {
      std::fputs("Read what was there; from here on I tell as it happens. Ctrl-C ends it.\n",
                 stderr);
    }
    on_ = true;
  }
  void operator()(const logs::Source& source, const logs::Relayed& relayed) const {
    using logs::Standing;
    const bool matters = source.standing == Standing::stranger ||
                         source.standing == Standing::unclear || !arguments_.logs.clients.empty();
    if (!on_ || !matters || !is_due(source.messages)) return;
    const report::RelayAlert alert{source.standing,   source.name,      source.client_name,
                                   relayed.when,      relayed.queue_id, relayed.sender,
                                   relayed.recipient, source.messages};
    const auto line = arguments_.format == Format::text
                          ? report::alert_text(alert, read_, text_options(arguments_))
                          : report::alert_json_line(alert);
    (void)write_output({}, line);
  }

 private:
  // 1 to 10, 20, 30 … 100, 200 …
  static bool is_due(std::uint64_t count) {
    std::uint64_t step = 1;
    while (step * 10 < count) step *= 10;
    return count % step == 0;
  }

  const Arguments& arguments_;
  const report::ReadLogs& read_;
  bool on_ = false;
};

std::vector<std::string> names_of(const std::vector<LogFile>& files) {
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.path);
  return names;
}

std::string render(const Arguments& arguments, const report::ReadLogs& read) {
  switch (arguments.format) {
    case Format::json:
      return report::logs_json(read);
    case Format::jsonl:
      return report::logs_json_line(read);
    case Format::text:
      break;
  }
  return report::logs_text(read, text_options(arguments));
}

int status_of(const logs::Summary& summary) {
  constexpr int statuses[] = {critical, warning, ok};
  return statuses[static_cast<std::size_t>(report::verdict_of(summary))];
}

std::optional<Error> no_mail_log(const logs::Summary& summary) {
  if (summary.events > 0 || summary.lines == 0) return std::nullopt;
  return Error{
      "no line of a mail server that I know (Postfix, Exim, OpenSMTPD, Sendmail) is in these logs",
      std::nullopt};
}

int tell(const Arguments& arguments, const report::ReadLogs& read) {
  if (const auto error = no_mail_log(read.summary)) return complain(*error);
  const auto written = write_output(arguments.output, render(arguments, read));
  return written ? status_of(read.summary) : complain(written.error());
}

// The last file, or the journal, from its beginning until somebody interrupts; `idle` is called
// when all has been read that is there.
Result<bool> follow(const LogReading& reading, logs::Joiner& joiner,
                    const std::function<void()>& idle) {
  struct sigaction action {};
  action.sa_handler = interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  logs::StampReader stamps(utc_of_local, 0);
  logs::Batch batch;
  const auto take = [&](std::string_view lines) {
    stamps.set_written(now());
    logs::read_block(lines, stamps, batch);
    joiner.add(batch);
  };
  const auto stopped = [] { return interrupted != 0; };
  if (reading.files.empty()) {
    const auto journal = follow_journal(reading.join.since);
    if (!journal) return tl::unexpected(journal.error());
    return follow_stream(journal->output(), "the journal", take, idle, stopped);
  }
  const auto& last = reading.files.back();
  if (last.path == "-") return follow_stream(STDIN_FILENO, "standard input", take, idle, stopped);
  return follow_log(last, take, idle, stopped);
}

// Those in front of the last one, which is followed.
Result<bool> read_older(LogReading reading, logs::Joiner& joiner) {
  if (reading.files.size() < 2) return true;
  reading.files.pop_back();
  return read_logs(reading, joiner);
}

int read_and_follow(const Arguments& arguments, LogReading reading) {
  auto files = in_order_of_time(reading.files);
  if (!files) return complain(files.error());
  reading.files = std::move(*files);
  const logs::Summary none;
  const report::ReadLogs frame{none, names_of(reading.files), false, 0, local_of_utc};
  Alerts alerts(arguments, frame);
  reading.join.on_relay = [&](const auto& source, const auto& relayed) { alerts(source, relayed); };
  logs::Joiner joiner(reading.join);
  const auto read = read_older(reading, joiner);
  if (!read) return complain(read.error());
  const auto idle = [&] {
    joiner.settle_before(now() - filter_seconds);
    alerts.begin();
  };
  const auto followed = follow(reading, joiner, idle);
  if (!followed) return complain(followed.error());
  const auto summary = joiner.finish(std::nullopt);
  return tell(arguments, {summary, frame.files, false, 0, local_of_utc});
}

}  // namespace

int logs(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  auto reading = make_reading(arguments);
  if (!reading) return complain(reading.error());
  if (arguments.logs.follow) return read_and_follow(arguments, std::move(*reading));
  const auto names = names_of(reading->files);
  const bool queue_known = reading->queue.has_value();
  const auto summary = read_logs(std::move(*reading));
  if (!summary) return complain(summary.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return tell(arguments, {*summary, names, queue_known, took.count(), local_of_utc});
}

}  // namespace relayproof::cli
