#include "cli/past_use.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "cli/disk_files.h"
#include "cli/log_reading.h"
#include "cli/seen_in_logs.h"
#include "logs/civil_time.h"
#include "report/audit.h"

namespace relayproof::cli {
namespace {

using logs::Source;
using logs::Standing;
using report::grouped;

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30U;
constexpr std::size_t most_named = 3;

logs::Time week_ago() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count() -
         logs::Time{past_days} * 24 * 3600;
}

// Of a server that has files of its own: opened here, so that no link leads out of them.
class Opened {
 public:
  Opened() = default;
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (number_ >= 0) ::close(number_);
  }
  std::vector<LogFile> open(const LogPath& log) {
    number_ = DiskFiles(log.root).open_file(log.path);
    if (number_ < 0) return {};
    auto files = named_logs({"/proc/self/fd/" + std::to_string(number_)});
    return files ? std::move(*files) : std::vector<LogFile>();
  }

 private:
  int number_ = -1;
};

// Those of a server that shares this machine's files are found with what rotation left of them.
std::vector<LogFile> logs_of(const FoundInstance& instance, Opened& opened, std::string& name) {
  const auto paths = log_paths_of(instance);
  const bool shares = !instance.master || instance.master->root.empty();
  if (shares && (paths.empty() || !paths.front().own)) {
    auto files = usual_logs();
    if (!files.empty()) name = files.back().path;
    return files;
  }
  if (paths.empty()) return {};
  name = paths.front().path;
  return opened.open(paths.front());
}

std::uint64_t bytes_of(const std::vector<LogFile>& files) {
  std::uint64_t bytes = 0;
  for (const auto& file : files) {
    struct stat status {};
    if (::stat(file.path.c_str(), &status) == 0)
      bytes += static_cast<std::uint64_t>(status.st_size);
  }
  return bytes;
}

std::string minute(logs::Time time) {
  if (time == logs::no_time) return "-";
  auto text = logs::utc_text(local_of_utc(time)).substr(0, 16);
  text[10] = ' ';
  return text;
}

mail::IpSet rewritten(const FoundInstance& instance) {
  mail::IpSet as;
  for (const auto& door : instance.configuration.loaded.policy.doors) {
    for (const auto& seen : door.seen) as = as | mail::IpSet::of(seen.as);
  }
  return as;
}

std::string name_of(const Source& source) {
  return source.client ? source.client->to_string() : escape_foreign(source.name, 60);
}

// The busiest first.
std::string names_of(std::vector<const Source*> sources) {
  std::stable_sort(sources.begin(), sources.end(),
                   [](const Source* a, const Source* b) { return a->messages > b->messages; });
  std::string text;
  for (std::size_t i = 0; i < sources.size() && i < most_named; ++i) {
    text += (text.empty() ? "" : ", ") + name_of(*sources[i]);
  }
  if (sources.size() > most_named) text += fmt::format(" and {} more", sources.size() - most_named);
  return text;
}

std::string count(std::uint64_t number, const char* one, const char* many) {
  return grouped(number) + " " + (number == 1 ? one : many);
}

}  // namespace

std::optional<PastUse> past_use(const FoundInstance& instance, const mail::IpSet& trusted) {
  LogReading reading;
  const auto since = week_ago();
  PastUse use;
  Opened opened;
  for (auto& file : logs_of(instance, opened, use.log)) {
    if (file.written >= since) reading.files.push_back(std::move(file));
  }
  if (reading.files.empty() || bytes_of(reading.files) > most_bytes) return std::nullopt;
  reading.join.since = since;
  reading.join.own_domains = instance.configuration.loaded.policy.answers_for;
  reading.join.trusted = trusted;
  auto summary = read_logs(std::move(reading));
  if (!summary || summary->events == 0) return std::nullopt;
  use.summary = std::move(*summary);
  return use;
}

std::optional<report::Abuse> abuse_of(const FoundInstance& instance, const PastUse& use) {
  const auto as = rewritten(instance);
  std::vector<const Source*> sources;
  report::Abuse abuse;
  abuse.instance = instance.name;
  abuse.log = use.log;
  logs::Time first = logs::no_time;
  std::uint64_t domains = 0;
  for (const auto& source : use.summary.sources) {
    const bool hidden = source.client && as.contains(*source.client);
    if (source.standing != Standing::stranger && !hidden) continue;
    sources.push_back(&source);
    abuse.messages += source.messages;
    abuse.queued += source.queued;
    domains = std::max(domains, source.domains);
    if (first == logs::no_time || (source.first != logs::no_time && source.first < first)) {
      first = source.first;
    }
  }
  if (abuse.messages == 0) return std::nullopt;
  for (const auto* source : sources) abuse.clients.push_back(name_of(*source));
  abuse.says = fmt::format(
      "log of {} days: {} to {}{} for {} without a password, first {}", past_days,
      count(abuse.messages, "message", "messages"), sources.size() > 1 ? "at least " : "",
      count(domains, "outside domain", "outside domains"), names_of(sources), minute(first));
  if (abuse.queued != 0) abuse.says += fmt::format("; {} still queued", grouped(abuse.queued));
  return abuse;
}

std::string use_of(const PastUse& use, const mail::IpSet& clients) {
  std::vector<const Source*> sources;
  std::uint64_t messages = 0;
  for (const auto& source : use.summary.sources) {
    const bool counts =
        source.standing == Standing::near && source.client && clients.contains(*source.client);
    if (!counts) continue;
    sources.push_back(&source);
    messages += source.messages;
  }
  if (sources.empty()) return {};
  return fmt::format("{} sent {} in {} days", names_of(sources),
                     count(messages, "message", "messages"), past_days);
}

}  // namespace relayproof::cli
