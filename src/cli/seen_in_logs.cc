#include "cli/seen_in_logs.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "base/file_system.h"
#include "base/text.h"
#include "cli/ask_program.h"
#include "cli/disk_files.h"
#include "logs/seen.h"
#include "probe/own_domain.h"

namespace relayproof::cli {
namespace {

constexpr std::uint64_t most_of_a_file = std::uint64_t{8} << 20U;
constexpr std::array log_files = std::to_array<std::string_view>(
    {"/var/log/mail.log", "/var/log/maillog", "/var/log/mail", "/var/log/mail/mail.log",
     "/var/log/postfix.log", "/var/log/exim4/mainlog", "/var/log/exim/mainlog",
     "/var/log/exim/main.log", "/var/log/syslog", "/var/log/messages"});
// syslog and journal write behind the server's back: so long a line may be under way.
constexpr auto patience = std::chrono::milliseconds(1500);
constexpr auto pause = std::chrono::milliseconds(150);

struct Log {
  std::string name;
  std::string text;
};

std::vector<Log> logs_of(const FoundInstance& instance) {
  std::vector<Log> logs;
  for (const auto& log : log_paths_of(instance)) {
    auto text = DiskFiles(log.root).read_end(log.path, most_of_a_file);
    if (!text.empty()) logs.push_back({log.path, std::move(text)});
  }
  if (!instance.container.empty()) {
    auto text = ask_program({instance.engine, "logs", "--since", "10m", "--", instance.container});
    if (text) logs.push_back({instance.engine + " logs " + instance.container, std::move(*text)});
  } else {
    auto text = ask_program({"journalctl", "--since", "-10min", "--output", "short-iso", "--quiet",
                             "--no-pager", "_COMM=smtpd", "+", "_COMM=postscreen", "+",
                             "_COMM=sendmail", "+", "_COMM=sendmail-mta"});
    if (text) logs.push_back({"journal", std::move(*text)});
  }
  return logs;
}

// `relayproof-k3v` of `<relayproof-k3v@club.example>`.
std::string token_of(const probe::Control& control) {
  std::string_view text = control.attempt.rcpt_to;
  if (text.starts_with('<')) text.remove_prefix(1);
  return std::string(text.substr(0, text.find_first_of("@>")));
}

std::vector<std::string> tokens_of(const probe::DoorResult& door) {
  constexpr std::size_t shortest = 12;
  std::vector<std::string> tokens;
  for (const auto& control : door.controls) {
    if (control.name != probe::unknown_control || control.kind == probe::OutcomeKind::not_run) {
      continue;
    }
    auto token = token_of(control);
    if (token.size() >= shortest) tokens.push_back(std::move(token));
  }
  return tokens;
}

class LookUp {
 public:
  explicit LookUp(const probe::Run& run) : run_(run) {}

  // True if every door was found.
  bool in(const std::vector<Log>& logs) {
    bool all = true;
    for (const auto& door : run_.doors) {
      if (has(door)) continue;
      const bool found = look_for(door, logs);
      all = all && (found || tokens_of(door).empty());
    }
    return all;
  }

  void add_words() {
    for (const auto& door : run_.doors) {
      if (has(door) || !door.seen_as) continue;
      const auto saw = mail::IpAddress::parse(*door.seen_as);
      if (!saw) continue;
      found_.push_back({door.target, door.source, saw->unmapped(), false, *door.seen_as, ""});
    }
  }

  std::vector<crosscheck::SeenAs> take() { return std::move(found_); }

 private:
  bool has(const probe::DoorResult& door) const {
    return std::any_of(found_.begin(), found_.end(), [&](const crosscheck::SeenAs& seen) {
      return seen.door.address == door.target.address && seen.door.port == door.target.port &&
             seen.door.tls == door.target.tls;
    });
  }

  bool look_for(const probe::DoorResult& door, const std::vector<Log>& logs) {
    for (const auto& token : tokens_of(door)) {
      for (const auto& log : logs) {
        const auto seen = logs::find_seen(log.text, token, 1);
        if (seen.empty()) continue;
        found_.push_back(
            {door.target, door.source, seen.front().client, true, seen.front().line, log.name});
        return true;
      }
    }
    return false;
  }

  const probe::Run& run_;
  std::vector<crosscheck::SeenAs> found_;
};

}  // namespace

std::string log_of_its_own(const std::string& configuration, const std::string& root) {
  constexpr std::string_view name = "maillog_file";
  const std::string text =
      DiskFiles(root).read_end(path_in(configuration, "main.cf"), most_of_a_file);
  std::string found;
  for (const auto line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || trim(line.substr(0, equals)) != name) continue;
    found = std::string(trim(line.substr(equals + 1)));
  }
  return found.starts_with('/') ? found : std::string();
}

std::vector<LogPath> log_paths_of(const FoundInstance& instance) {
  const std::string root = instance.master ? instance.master->root : "";
  std::vector<LogPath> found;
  const auto own = log_of_its_own(instance.configuration.path, root);
  const DiskFiles files(root);
  const auto add = [&](const std::string& path) {
    const auto info = files.info(path);
    if (info.kind == FileInfo::Kind::file && info.size != 0) {
      found.push_back({root, path, path == own});
    }
  };
  if (!own.empty()) add(own);
  for (const auto path : log_files) {
    if (path != own) add(std::string(path));
  }
  return found;
}

std::vector<crosscheck::SeenAs> seen_by_servers(const probe::Run& run,
                                                const std::vector<FoundInstance>& instances) {
  LookUp look(run);
  const auto until = std::chrono::steady_clock::now() + patience;
  for (bool all = false; !all;) {
    std::vector<Log> logs;
    for (const auto& instance : instances) {
      if (!instance.master) continue;
      for (auto& log : logs_of(instance)) logs.push_back(std::move(log));
    }
    all = look.in(logs);
    if (logs.empty() || std::chrono::steady_clock::now() >= until) break;
    if (!all) std::this_thread::sleep_for(pause);
  }
  look.add_words();
  return look.take();
}

}  // namespace relayproof::cli
